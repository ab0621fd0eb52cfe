namespace PteGuard;

public static unsafe partial class PageTable
{
    private const string FlushOfTranslations = "A flush of translations";

    /// <summary>
    /// After a fault that found nothing to change: makes this processor see the live entry (<c>flush_tlb_fix_spurious_fault</c>,
    /// which is given the entry since Linux 6.4). On x86 there is nothing to do.
    /// </summary>
    /// <param name="vma">The region.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="ptep">Its live entry, not a copy, in a mapped table whose lock is held.</param>
    public static void FlushTlbFixSpuriousFault<TArch>(Vma<TArch> vma, ulong addr, Pte<TArch>* ptep)
        where TArch : unmanaged, IArchitecture<TArch>
        => TArch.FlushTlbFixSpuriousFault(vma, addr, ptep);

    /// <summary>Drops the translations of a page (<c>flush_tlb_page</c>): as <see cref="FlushTlbMm"/>.</summary>
    /// <param name="vma">The region.</param>
    /// <param name="addr">A virtual address in the page, in bytes.</param>
    public static void FlushTlbPage<TArch>(Vma<TArch> vma, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
        => Flush(vma.Mm, addr & ~((1UL << TArch.PageShift) - 1), (addr | ((1UL << TArch.PageShift) - 1)) + 1);

    /// <summary>Drops the translations of a range (<c>flush_tlb_range</c>): as <see cref="FlushTlbMm"/>.</summary>
    /// <param name="vma">The region.</param>
    /// <param name="start">The first virtual address, in bytes.</param>
    /// <param name="end">The address after the last.</param>
    public static void FlushTlbRange<TArch>(Vma<TArch> vma, ulong start, ulong end)
        where TArch : unmanaged, IArchitecture<TArch>
        => Flush(vma.Mm, start, end);

    /// <summary>Drops the translations of an address space (<c>flush_tlb_mm</c>): afterwards no <see cref="SoftMmu{TArch}"/> completes an access through an entry that was changed before.</summary>
    /// <remarks>
    /// May be called with page-table locks held. Costs nothing while no memory management unit is attached, except where a
    /// flush also waits for threads that have interrupts off (<see cref="LocalIrqSave"/>): on x86 with PAE, for any.
    /// </remarks>
    /// <param name="mm">The address space.</param>
    /// <exception cref="InvalidOperationException">This thread has interrupts off, and a flush waits for those who do.</exception>
    public static void FlushTlbMm<TArch>(Mm<TArch> mm)
        where TArch : unmanaged, IArchitecture<TArch>
        => Flush(mm, 0, ulong.MaxValue);

    /// <summary>Refuses what flushes before it has changed anything, where the flush would be refused.</summary>
    private static void RequireFlush<TArch>()
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (TArch.FlushWaitsForIrqs)
            LocalIrq.RequireOn(FlushOfTranslations);
    }

    private static void Flush<TArch>(Mm<TArch> mm, ulong start, ulong end)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (TArch.FlushWaitsForIrqs)
            LocalIrq.Synchronize(FlushOfTranslations);
        mm.Processors.Flush(start, end);
    }
}
