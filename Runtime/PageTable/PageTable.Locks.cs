using System.Runtime.CompilerServices;

namespace PteGuard;

public static unsafe partial class PageTable
{
    /// <summary>The lock of the pte table that a pmd refers to at this moment (<c>pte_lockptr</c>).</summary>
    /// <remarks>
    /// The pmd may change before the lock is used, and then it is another table's. Right only with the pmd's own lock
    /// held, or for a private copy; otherwise take the lock that <see cref="PteOffsetMapNolock"/> gives with the mapping.
    /// </remarks>
    /// <param name="mm">The address space.</param>
    /// <param name="pmd">An entry that refers to a table.</param>
    /// <exception cref="ArgumentException">The entry does not refer to a table in physical memory: a huge page's frame has no page-table lock.</exception>
    [LockPointer(Replacement = nameof(PteOffsetMapNolock))]
    public static PtLock PteLockptr<TArch>(Mm<TArch> mm, [ReadsEntry] Pmd<TArch>* pmd)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Pmd<TArch> value = PmdpGet(pmd);
        if (value.IsBad || PhysicalMemory.FindArena(TArch.PmdTableAddress(value.Value)) is null)
            Throw.NotATable(nameof(pmd), "pmd", value.Value);
        return PteTableLock(mm, value);
    }

    /// <summary>The lock that guards a pmd entry (<c>pmd_lockptr</c>): of the table that the entry lies in, or of the address space.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="pmd">The live entry; the lock is found from where it lies.</param>
    /// <exception cref="ArgumentException">The pointer is not into physical memory, as one to a copy is not.</exception>
    public static PtLock PmdLockptr<TArch>(Mm<TArch> mm, Pmd<TArch>* pmd)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (!PhysicalMemory.Contains(pmd))
            Throw.ForeignPointer(nameof(pmd));
        return TArch.HasSplitPmdLocks ? LockOf(TableOf(pmd)) : mm.PageTableLock;
    }

    /// <summary>Takes the lock that guards a pmd entry, and returns it (<c>pmd_lock</c>).</summary>
    /// <remarks>It comes before the lock of a pte table.</remarks>
    /// <param name="mm">The address space.</param>
    /// <param name="pmd">The live entry.</param>
    /// <exception cref="ArgumentException">The pointer is not into physical memory, as one to a copy is not.</exception>
    [AcquiresLock]
    public static PtLock PmdLock<TArch>(Mm<TArch> mm, Pmd<TArch>* pmd)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        PtLock lockOfPmd = PmdLockptr(mm, pmd);
        lockOfPmd.Enter();
        return lockOfPmd;
    }

    /// <summary>The lock of the table that a snapshot of a pmd refers to, so of the very table that was mapped from it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static PtLock PteTableLock<TArch>(Mm<TArch> mm, Pmd<TArch> pmd)
        where TArch : unmanaged, IArchitecture<TArch>
        => TArch.HasSplitPteLocks ? LockOf(TArch.PmdTableAddress(pmd.Value)) : mm.PageTableLock;

    /// <summary>The physical address of the table that a pmd entry lies in, which may take several frames.</summary>
    private static ulong TableOf<TArch>(Pmd<TArch>* pmd)
        where TArch : unmanaged, IArchitecture<TArch>
        => PhysicalMemory.ToAddress(pmd) & ~(ulong)(Math.Max(TArch.PtrsPerPmd * sizeof(ulong), PhysicalMemory.FrameSize) - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static PtLock LockOf(ulong address)
        => new(&PhysicalMemory.Descriptor(address >> PhysicalMemory.FrameShift)->Lock);
}
