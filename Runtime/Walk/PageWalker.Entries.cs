namespace PteGuard;

/// <summary>What a derived class overrides.</summary>
public abstract unsafe partial class PageWalker<TArch>
{
    /// <summary>Before a region, or the part of it that lies in the range: whether to walk it (<c>test_walk</c>).</summary>
    /// <param name="vma">The region, also <see cref="Vma"/>.</param>
    /// <param name="start">The first virtual address, in bytes.</param>
    /// <param name="endAddr">The address after the last.</param>
    /// <returns>0: walk it. Positive: pass it over, without a report of holes. Negative: end the walk with this result.</returns>
    protected virtual int TestWalk(Vma<TArch> vma, ulong start, ulong endAddr) => 0;

    /// <summary>A pud entry that is not empty, where the level is not folded. No lock is held.</summary>
    /// <remarks>A huge one is passed over afterwards, whatever <see cref="Action"/> says, unless that is <see cref="WalkAction.Again"/>.</remarks>
    /// <param name="pudp">The live entry.</param>
    /// <param name="addr">The first virtual address that it stands for, in bytes, in the range.</param>
    /// <param name="nextAddr">The address after the last.</param>
    /// <returns>0, or what to end the walk with.</returns>
    protected virtual int PudEntry(Pud<TArch>* pudp, ulong addr, ulong nextAddr) => 0;

    /// <summary>A pmd entry that is not empty: a table, a huge page, a migration entry, device memory. No lock is held.</summary>
    /// <remarks>
    /// Read it once, with <see cref="PageTable.PmdpGetLockless"/>. Who takes the table's lock himself and finds no table sets
    /// <see cref="Action"/> to <see cref="WalkAction.Again"/> and returns 0: the entry is looked at anew.
    /// </remarks>
    /// <param name="pmdp">The live entry.</param>
    /// <param name="addr">The first virtual address that it stands for, in bytes, in the range.</param>
    /// <param name="nextAddr">The address after the last.</param>
    /// <returns>0, or what to end the walk with.</returns>
    protected virtual int PmdEntry(Pmd<TArch>* pmdp, ulong addr, ulong nextAddr) => 0;

    /// <summary>A pte entry of whatever kind, empty ones too. The table is mapped, its lock held: do not block.</summary>
    /// <param name="ptep">The live entry.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="nextAddr">The address of the next page.</param>
    /// <returns>0, or what to end the walk with.</returns>
    protected virtual int PteEntry(Pte<TArch>* ptep, ulong addr, ulong nextAddr) => 0;

    /// <summary>A range without tables: between regions (then <see cref="Vma"/> is null), or under an empty entry of any directory. No lock is held.</summary>
    /// <param name="addr">The first virtual address, in bytes, in the range.</param>
    /// <param name="nextAddr">The address after the last.</param>
    /// <returns>0, or what to end the walk with.</returns>
    protected virtual int PteHole(ulong addr, ulong nextAddr) => 0;

    /// <summary>After the pte entries of one table, before its lock is released, however the walk goes on: where translations are flushed.</summary>
    /// <param name="addr">The first virtual address that was shown to <see cref="PteEntry"/>, in bytes.</param>
    /// <param name="nextAddr">The address after the last.</param>
    protected virtual void PteTableEnd(ulong addr, ulong nextAddr)
    {
    }
}
