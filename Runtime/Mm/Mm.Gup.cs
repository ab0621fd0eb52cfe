namespace PteGuard;

public sealed unsafe partial class Mm<TArch>
{
    /// <summary>Finds the page at an address and takes a reference to it, without a lock where the page is mapped already (<c>get_user_pages_fast</c>).</summary>
    /// <remarks>
    /// The reference keeps the page, not the mapping: what is stored through <see cref="Page.Pointer"/> is seen at the address for as
    /// long as the page stays mapped there, and a collapse leaves a page alone that somebody has a reference to. Who has written calls
    /// <see cref="Page.MarkDirty"/>, and everybody <see cref="Page.Put"/>.
    /// </remarks>
    /// <param name="addr">Where, in bytes.</param>
    /// <param name="write">Whether the page is to be written: it is made this address space's own first.</param>
    /// <param name="page">The page: where it is part of a huge one, that part.</param>
    /// <returns>False: there is no page to be had, as <see cref="Fault"/> would say; or the address space is going away.</returns>
    [MayBlock]
    public bool GetUserPagesFast(ulong addr, bool write, out Page page)
    {
        while (true)
        {
            switch (FastGup.Try(this, addr, write, out page))
            {
                case FastGup.Outcome.Found:
                    return true;
                case FastGup.Outcome.None:
                    return false;
            }

            VmFault fault = Fault(addr, (write ? FaultFlags.Write : FaultFlags.None) | FaultFlags.Tried);
            if ((fault & VmFault.Error) != 0)
                return false;
            if (fault == VmFault.Retry)
                Thread.Yield();
        }
    }
}
