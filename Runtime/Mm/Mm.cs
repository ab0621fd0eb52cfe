using System.Runtime.CompilerServices;

namespace PteGuard;

/// <summary>
/// An address space (<c>struct mm_struct</c>): a tree of page tables, and the regions that say what belongs in it. Any number
/// of them live side by side and are used from any number of threads.
/// </summary>
/// <remarks>
/// Locks, in the order in which they are taken: <see cref="MmapLock"/>, the lock of a pmd, the lock of a pte table. The methods of
/// this class that change or search regions take the mmap lock themselves, unless they say that the caller holds it.
/// </remarks>
/// <typeparam name="TArch">The architecture.</typeparam>
public sealed unsafe partial class Mm<TArch> : IDisposable
    where TArch : unmanaged, IArchitecture<TArch>
{
    private readonly Page _pgdPage;
    private Pgd<TArch>* _pgd;
    private long _pgtablesBytes;
    private bool _isExiting;

    /// <summary>An address space whose tables and pages come from <see cref="Arena.Default"/>.</summary>
    /// <exception cref="ArenaExhaustedException">There is no memory for the root table.</exception>
    public Mm()
        : this(Arena.Default)
    {
    }

    /// <summary>An address space whose tables and pages come from an arena, which must outlive it.</summary>
    /// <param name="arena">The arena; may be shared with other address spaces.</param>
    /// <exception cref="ArenaExhaustedException">There is no memory for the root table.</exception>
    /// <exception cref="NotSupportedException">The architecture has no MMU.</exception>
    public Mm(Arena arena)
    {
        ArgumentNullException.ThrowIfNull(arena);
        if (!TArch.HasMmu)
            Throw.NoMmu("An address space");
        Arena = arena;
        TableFragments = new TableFragments(arena);
        if (!PageTable.TryAllocTable(this, TArch.PtrsPerPgd, TArch.NonePgd, out _pgdPage))
            throw new ArenaExhaustedException("The arena has no memory for the root table of an address space.");
        _pgd = (Pgd<TArch>*)_pgdPage.Pointer;
    }

    internal bool IsDisposed => _pgd is null;

    /// <summary>
    /// Whether the address space is going away. Set under the mmap lock and before a grace period: who asked inside either,
    /// and heard no, has the tables until he leaves it.
    /// </summary>
    internal bool IsExiting => Volatile.Read(ref _isExiting);

    /// <summary>Where tables and pages come from.</summary>
    public Arena Arena { get; }

    /// <summary>The root table.</summary>
    /// <exception cref="ObjectDisposedException">The address space is disposed.</exception>
    public Pgd<TArch>* Pgd
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            ObjectDisposedException.ThrowIf(_pgd is null, this);
            return _pgd;
        }
    }

    /// <summary>The bytes that page tables take up now, the root and deposited tables among them (<c>mm_pgtables_bytes</c>).</summary>
    public long PgtablesBytes => Interlocked.Read(ref _pgtablesBytes);

    /// <summary>The lock of what has no lock of its own: entries above the pmd (<c>mm->page_table_lock</c>).</summary>
    public PtLock PageTableLock => new(&_pgdPage.Descriptor->Lock);

    /// <summary>The lock of the regions.</summary>
    public MmapLock MmapLock { get; } = new();

    /// <summary>Where pte tables come from, on architectures where they share frames.</summary>
    internal TableFragments TableFragments { get; }

    /// <summary>The memory management units that translate through these tables.</summary>
    internal Processors Processors { get; } = new();

    /// <summary>Unmaps everything and frees all tables. Nobody else may be using the address space.</summary>
    /// <remarks>Waits for mappings that are left over in other threads to end.</remarks>
    /// <exception cref="InvalidOperationException">A table was neither freed nor attached: the accounting does not return to zero. Or this thread has a table mapped, or a memory management unit is attached.</exception>
    [MayBlock]
    public void Dispose()
    {
        if (_pgd is null)
            return;
        if (Processors.Any)
            throw new InvalidOperationException("A SoftMmu is still attached to the address space: dispose it first.");
        if (Rcu.IsReading)
            Throw.InsideMapping("Disposing an address space");

        MmapLock.EnterWrite();
        Volatile.Write(ref _isExiting, true);
        MmapLock.ExitWrite();
        Rcu.Synchronize();
        foreach (Vma<TArch> vma in _regions)
            PageTable.UntrackPfn(vma, 0, 0, mmWrLocked: false);
        Teardown.FreeAll(this);
        Checkpoint.Hit(Checkpoint.TablesFreed);
        foreach (Vma<TArch> vma in _regions)
            vma.IsDetached = true;
        _regions.Clear();
        _pgd = null;
        PageTable.FreeTable(this, _pgdPage);
        MmapLock.Dispose();

        if (PgtablesBytes != 0)
            throw new InvalidOperationException($"{PgtablesBytes} bytes of page tables of the address space were neither attached to it nor freed.");
    }

    internal void AccountTables(long bytes) => Interlocked.Add(ref _pgtablesBytes, bytes);
}
