using System.Runtime.CompilerServices;
using static PteGuard.X86;

namespace PteGuard;

/// <summary>
/// Ptes and pmds go through two words (<see cref="SplitCell"/>). What exchanges or compares a whole entry stays one step,
/// and so do the entries on top, which change with the mmap lock held.
/// </summary>
internal unsafe partial interface IX86Pae<TSelf>
{
    // The interrupt that flushes waits for who reads an entry without its lock; nobody can exchange one present entry
    // for another in the midst of that.
    static bool IArchitecture<TSelf>.FlushWaitsForIrqs => true;

    static Pte<TSelf> IArchitecture<TSelf>.PtepGet(Pte<TSelf>* ptep) => new(SplitCell.Load(ptep));

    static Pte<TSelf> IArchitecture<TSelf>.PtepGetLockless(Pte<TSelf>* ptep) => new(SplitCell.LoadLockless(ptep));

    static Pmd<TSelf> IArchitecture<TSelf>.PmdpGet(Pmd<TSelf>* pmdp) => new(SplitCell.Load(pmdp));

    static Pmd<TSelf> IArchitecture<TSelf>.PmdpGetLockless(Pmd<TSelf>* pmdp) => new(SplitCell.LoadLockless(pmdp));

    static void IArchitecture<TSelf>.PmdpGetLocklessStart() => LocalIrq.Save();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IArchitecture<TSelf>.PmdpGetLocklessEnd() => LocalIrq.TryRestore();

    static void IArchitecture<TSelf>.PmdpGetLocklessSync() => LocalIrq.Synchronize("Detaching a page table");

    static void IArchitecture<TSelf>.SetPte(Pte<TSelf>* ptep, Pte<TSelf> pte) => SplitCell.Store(ptep, pte.Value);

    static void IArchitecture<TSelf>.SetPmd(Pmd<TSelf>* pmdp, Pmd<TSelf> pmd) => SplitCell.Store(pmdp, pmd.Value);

    static void IArchitecture<TSelf>.PteClear(Mm<TSelf> mm, ulong address, Pte<TSelf>* ptep) => SplitCell.Clear(ptep);

    static void IArchitecture<TSelf>.PmdClear(Pmd<TSelf>* pmdp) => SplitCell.Clear(pmdp);

    static void IArchitecture<TSelf>.PtepSetWrprotect(Mm<TSelf> mm, ulong address, Pte<TSelf>* ptep)
        => SplitCell.ClearBits(ptep, (uint)Writable);
}
