namespace PteGuard;

public static unsafe partial class PageTable
{
    /// <summary>
    /// Turns interrupts off for this thread (<c>local_irq_save</c>): what the kernel's lockless walk of its own tables does
    /// (<c>gup_fast</c>), on every architecture. Nests; ended by <see cref="LocalIrqRestore"/>, by the same thread.
    /// </summary>
    /// <remarks>
    /// A read-side section, as <see cref="RcuReadLock"/>: tables seen in it stay readable. Where an entry is two words (x86 with
    /// PAE), it is more: whoever empties a pmd, or flushes translations, waits for it before anything else is
    /// installed, so that an entry read by <see cref="PtepGetLockless"/> or <see cref="PmdpGetLockless"/>, if present, is
    /// never made of two. Inside, nothing blocks, and no page-table lock is waited for: its holder may be flushing.
    /// Costs a few plain stores and no fence; no read inside is done before it, as those who wait for it see it.
    /// </remarks>
    public static void LocalIrqSave()
    {
        Rcu.Enter();
        LocalIrq.Save();
    }

    /// <summary>Ends what <see cref="LocalIrqSave"/> began; the outermost one turns interrupts on again (<c>local_irq_restore</c>).</summary>
    /// <remarks>What was read inside is not read later: a release.</remarks>
    /// <exception cref="InvalidOperationException">This thread has interrupts on.</exception>
    public static void LocalIrqRestore()
    {
        if (!LocalIrq.TryRestore())
            Throw.IrqsOn();
        Rcu.Leave();
    }
}
