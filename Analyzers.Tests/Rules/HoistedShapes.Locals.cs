namespace PteGuard.Analyzers.Tests.Rules;

/// <content>Where a local holds the entry already, or seems to.</content>
internal static partial class HoistedShapes
{
    private static IEnumerable<(string Name, KernelShapesTests.Shape Shape)> Locals() =>
    [
        Named("an existing local that is changed before the last question is left alone",
            """
                void Shape(Pte* dst, Pte* src)
                {
                    var pte = R(src);
                    if (IsDevice(pte.Value))
                    {
                        pte = pte.Wrprotect();
                        if (R2(src).IsDirty)
                            pte = pte.MkDirty();
                    }

                    Use(SwapOffset(R2(src)));
                    SetPte(dst, pte);
                }
            """,
            """
                void Shape(Pte* dst, Pte* src)
                {
                    var pte2 = R(src);
                    var pte = pte2;
                    if (IsDevice(pte.Value))
                    {
                        pte = pte.Wrprotect();
                        if (pte2.IsDirty)
                            pte = pte.MkDirty();
                    }

                    Use(SwapOffset(pte2));
                    SetPte(dst, pte);
                }
            """),
        Named("a frame number's entry is marked, and compared with what it was",
            """
                void Shape(Pte* pte, bool write)
                {
                    var entry = R(pte);
                    if (write)
                        entry = entry.MkDirty();
                    entry = entry.MkOld();
                    if (entry.Value != R2(pte).Value + 1)
                        SetPte(pte, entry);
                }
            """,
            """
                void Shape(Pte* pte, bool write)
                {
                    var pteval = R(pte);
                    var entry = pteval;
                    if (write)
                        entry = entry.MkDirty();
                    entry = entry.MkOld();
                    if (entry.Value != pteval.Value + 1)
                        SetPte(pte, entry);
                }
            """),

        // People went on to forward what was stored to the read behind the store, so that one read was left.
        // Hardware may have set bits in between: that read stays here.
        Named("a page is write-protected: the local is used again, and the read behind the store stays",
            """
                void Shape(Pte* ptep, Pte zero)
                {
                    var entry = R(ptep);
                    if (entry.IsNone || R2(ptep).IsDirty)
                        return;
                    SetPte(ptep, zero);
                    Use(R(ptep).Value);
                }
            """,
            """
                void Shape(Pte* ptep, Pte zero)
                {
                    var entry = R(ptep);
                    if (entry.IsNone || entry.IsDirty)
                        return;
                    SetPte(ptep, zero);
                    Use(R(ptep).Value);
                }
            """),
        Named("a frame number is inserted: the local that is there already",
            """
                bool Shape(Pte* pte, ulong pfn)
                {
                    Pte entry = R(pte);
                    if (!R2(pte).IsNone)
                        return R2(pte).Pfn == pfn;
                    SetPte(pte, new Pte(pfn << 12));
                    return true;
                }
            """,
            """
                bool Shape(Pte* pte, ulong pfn)
                {
                    Pte entry = R(pte);
                    if (!entry.IsNone)
                        return entry.Pfn == pfn;
                    SetPte(pte, new Pte(pfn << 12));
                    return true;
                }
            """),
        Named("a device collects: the local of each turn",
            """
                void Shape(Pte* ptep, int count)
                {
                    for (var i = 0; i < count; i++, ptep++)
                    {
                        Pte pte;
                        pte = R(ptep);
                        if (pte.IsNone)
                            continue;
                        s_stats[0] += R2(ptep).IsDirty ? 1 : 0;
                    }
                }
            """,
            """
                void Shape(Pte* ptep, int count)
                {
                    for (var i = 0; i < count; i++, ptep++)
                    {
                        Pte pte;
                        pte = R(ptep);
                        if (pte.IsNone)
                            continue;
                        s_stats[0] += pte.IsDirty ? 1 : 0;
                    }
                }
            """),
        Named("a page is cleaned: the local serves until it gets the old entry",
            """
                void Shape(Walk walk)
                {
                    while (Step(walk))
                    {
                        var entry = R(walk.Pte);
                        if (!R2(walk.Pte).IsDirty && !R2(walk.Pte).Young)
                            continue;
                        entry = ClearFlush(walk.Address, walk.Pte);
                        SetPte(walk.Pte, entry.Wrprotect());
                    }
                }
            """,
            """
                void Shape(Walk walk)
                {
                    while (Step(walk))
                    {
                        var entry = R(walk.Pte);
                        if (!entry.IsDirty && !entry.Young)
                            continue;
                        entry = ClearFlush(walk.Address, walk.Pte);
                        SetPte(walk.Pte, entry.Wrprotect());
                    }
                }
            """),
        // People left two of four reads, since the check for null shares the condition.
        Named("an entry goes out of use: the comparison gives what the rest needs",
            """
                void Shape(Mm mm, Pmd* pmd, ulong addr, Pte swap)
                {
                    var ptep = PteOffsetMapLock(mm, pmd, addr, out var ptl);
                    if (ptep == null || !PteSame(R(ptep), swap))
                        return;
                    var pte = new Pte(R2(ptep).Pfn);
                    if (R2(ptep).IsDirty)
                        pte = pte.MkDirty();
                    if (R2(ptep).Young)
                        pte = pte.MkOld();
                    SetPte(ptep, pte);
                    PteUnmapUnlock(ptep, ptl);
                }
            """,
            """
                void Shape(Mm mm, Pmd* pmd, ulong addr, Pte swap)
                {
                    var ptep = PteOffsetMapLock(mm, pmd, addr, out var ptl);
                    if (ptep == null || !(R(ptep) is var pte2 && PteSame(pte2, swap)))
                        return;
                    var pte = new Pte(pte2.Pfn);
                    if (pte2.IsDirty)
                        pte = pte.MkDirty();
                    if (pte2.Young)
                        pte = pte.MkOld();
                    SetPte(ptep, pte);
                    PteUnmapUnlock(ptep, ptl);
                }
            """),
    ];
}
