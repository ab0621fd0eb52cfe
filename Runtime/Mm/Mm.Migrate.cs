namespace PteGuard;

public sealed unsafe partial class Mm<TArch>
{
    private readonly FaultQueue _migrationWaiters = new();

    /// <summary>The addresses whose pages are on the move, each once.</summary>
    private readonly HashSet<ulong> _migrating = [];

    /// <summary>Moves the page at an address to another frame, while others go on using the address (<c>migrate_pages</c> with one page).</summary>
    /// <remarks>
    /// A migration entry stands for the page while it is copied; who faults on it waits until that is over. Contents, protection and marks stay; a huge
    /// page is split first. Takes the mmap lock for reading.
    /// </remarks>
    /// <param name="addr">Where, in bytes.</param>
    /// <returns>False, and nothing has moved: there is no page in a private region; or somebody else refers to it, as another address space, a pin, a swap slot or
    /// the rest of a split huge page does; or there is no memory; or the page was dropped meanwhile.</returns>
    [MayBlock]
    public bool MigratePage(ulong addr)
    {
        MmapLock.EnterRead();
        try
        {
            return FindVma(addr) is { } vma && new Migration<TArch>(vma, addr).TryRun();
        }
        finally
        {
            MmapLock.ExitRead();
        }
    }

    /// <summary>The lock of the entry is held, and a migration entry will be set before it is released.</summary>
    internal void BeginMigration(ulong addr)
    {
        lock (_migrating)
            _migrating.Add(addr);
    }

    /// <summary>The entry is no migration entry any more, and no lock is held.</summary>
    internal void EndMigration(ulong addr)
    {
        lock (_migrating)
            _migrating.Remove(addr);
        _migrationWaiters.Wake(addr, addr + 1);
    }

    /// <summary>Whether somebody will wake who waits at an address: asked with the lock of its migration entry held. Others may have made the entry, and be gone.</summary>
    internal bool IsMigrating(ulong addr)
    {
        lock (_migrating)
            return _migrating.Contains(addr);
    }

    /// <summary>Queues for the end of a migration. The lock of the entry is held, so that end is yet to come.</summary>
    internal FaultWaiter AwaitMigration(ulong addr, bool isWrite)
        => _migrationWaiters.Enqueue(new UserfaultEvent(addr, UserfaultMode.None, isWrite));
}
