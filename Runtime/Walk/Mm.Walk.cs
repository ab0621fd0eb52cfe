namespace PteGuard;

public sealed unsafe partial class Mm<TArch>
{
    /// <summary>The first region that ends after an address, whether it begins there or later; null: none. The mmap lock is held.</summary>
    internal Vma<TArch>? RegionEndingAfter(ulong addr)
    {
        int index = FirstEndingAfter(addr);
        return index < _regions.Count ? _regions[index] : null;
    }

    /// <summary>Walks a range with the mmap lock taken for reading.</summary>
    private int WalkRead(PageWalker<TArch> walker, ulong start, ulong end, bool holesAllowed)
    {
        MmapLock.EnterRead();
        try
        {
            if (!holesAllowed)
                RequireNoHole(start, end);
            return walker.Walk(this, start, end);
        }
        finally
        {
            MmapLock.ExitRead();
        }
    }
}
