using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace PteGuard;

/// <summary>What the runtime tells the checker. Every call stands behind <see cref="CheckSwitch.IsOn"/>.</summary>
internal static unsafe class Check
{
    /// <summary>The pte tables that are or were part of an address space, by where they lie: null while they are, where they were taken out afterwards.</summary>
    private static readonly ConcurrentDictionary<nuint, StackTrace?> s_attached = new();

    /// <summary>How often memory became a pte table: what is known of an earlier one says nothing of a later.</summary>
    private static readonly ConcurrentDictionary<nuint, int> s_lives = new();

    public static int LifeOf(nuint table) => s_lives.GetValueOrDefault(table);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Mapped<TArch>(Pte<TArch>* ptep)
        where TArch : unmanaged, IArchitecture<TArch>
        => CheckedThread.Current.Map(TableOf(ptep), Bytes<TArch>());

    /// <summary>A mapping is about to be ended; that may still be refused.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Unmapping<TArch>(Pte<TArch>* ptep)
        where TArch : unmanaged, IArchitecture<TArch>
        => CheckedThread.Current.JudgeUnmap((nuint)ptep);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Unmapped<TArch>(Pte<TArch>* ptep)
        where TArch : unmanaged, IArchitecture<TArch>
        => CheckedThread.Current.Unmap((nuint)ptep);

    /// <summary>The lock that a mapping is ended with must be its own.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Unlocking<TArch>(Pte<TArch>* ptep, PtLock ptl)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (TArch.HasSplitPteLocks && PhysicalMemory.Contains(ptep) && ptl != PageTable.LockOf(PhysicalMemory.ToAddress((void*)TableOf(ptep))))
            ContractCheck.Report("PTE0010", "A mapping is ended with the lock of another table.", (nuint)ptep, null);
    }

    /// <summary>A pointer into a table that is there to stay, without a mapping.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Unchecked<TArch>(Pte<TArch>* ptep)
        where TArch : unmanaged, IArchitecture<TArch>
        => CheckedThread.Current.Forget(TableOf(ptep));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Read<TArch>(Pte<TArch>* ptep)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (ptep is null)
        {
            ContractCheck.Report("PTE0002", "An entry is read through null: the map found no table, and its result was not tested.", 0, null);
            Throw.NullPointer(nameof(ptep));
        }

        // A private copy is nobody else's business.
        if (PhysicalMemory.Contains(ptep))
            CheckedThread.Current.Use((nuint)ptep);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Store<TArch>(Pte<TArch>* ptep)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Read(ptep);
        if (!PhysicalMemory.Contains(ptep) || !s_attached.TryGetValue(TableOf(ptep), out StackTrace? detached))
            return;
        if (detached is not null)
            ContractCheck.Report("PTE0012", "A store goes to a table that was detached: after locking, compare the entry with a value that is not empty, or the pmd.", (nuint)ptep, detached);
        else if (TArch.HasSplitPteLocks && !PageTable.LockOf(PhysicalMemory.ToAddress((void*)TableOf(ptep))).IsHeld)
            ContractCheck.Report("PTE0011", "An entry is stored to without the lock of its table.", (nuint)ptep, null);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Attached(Pgtable table) => s_attached[(nuint)table.Pointer] = null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Detached(Pgtable table)
    {
        if (s_attached.ContainsKey((nuint)table.Pointer))
            s_attached[(nuint)table.Pointer] = Places.Here();
    }

    /// <summary>A table is nobody else's: it was just allocated, or is laid by, and has no past.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Private(Pgtable table, int bytes)
    {
        s_attached.TryRemove((nuint)table.Pointer, out _);
        s_lives.AddOrUpdate((nuint)table.Pointer, 1, static (_, lives) => lives + 1);
        ShadowEntries.Forget((nuint)table.Pointer, bytes);
    }

    private static nuint Bytes<TArch>()
        where TArch : unmanaged, IArchitecture<TArch>
        => (nuint)TArch.PtrsPerPte * sizeof(ulong);

    private static nuint TableOf<TArch>(Pte<TArch>* ptep)
        where TArch : unmanaged, IArchitecture<TArch>
        => (nuint)ptep & ~(Bytes<TArch>() - 1);
}
