namespace PteGuard;

public sealed unsafe partial class Mm<TArch>
{
    /// <summary>Pins a page for direct memory access, faulting it in for writing as needed (<c>pin_user_pages_fast</c>).</summary>
    /// <remarks>
    /// Until <see cref="Page.Unpin"/> the page stays the one that is mapped here: fork copies it for the child instead of sharing it, and
    /// <see cref="SwapOut"/> leaves it. First without a lock: the page is pinned, then the entry, and whether a fork was write-protecting
    /// meanwhile, are looked at again (Linux 57efa1fe5957). If something changed, the mmap lock and the entry's are taken.
    /// </remarks>
    /// <param name="addr">Where, in bytes, in a region that may be written.</param>
    /// <param name="page">The frame that the address lies in, in units of the architecture's pages; of a huge page, the part. Default where the result is not <see cref="VmFault.None"/>.</param>
    /// <returns><see cref="VmFault.None"/>; <see cref="VmFault.Retry"/> where the page is on the move; or an error.</returns>
    [MayBlock]
    public VmFault PinPage(ulong addr, out Page page)
    {
        if (TArch.IsCanonical(addr) && Pinning.TryFast(this, addr, out page))
            return VmFault.None;
        while (true)
        {
            page = default;
            FaultWaiter? waiter = null;
            VmFault fault;
            MmapLock.EnterRead();
            try
            {
                fault = FindVma(addr) is { } vma ? Pinning.Slow(vma, addr, ref waiter, out page) : VmFault.SigSegv;
            }
            finally
            {
                MmapLock.ExitRead();
            }

            if (waiter is null)
                return fault;
            waiter.Wait();
        }
    }
}
