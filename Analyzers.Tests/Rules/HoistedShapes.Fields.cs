namespace PteGuard.Analyzers.Tests.Rules;

/// <content>Pointers that a walk's or a fault's state holds.</content>
internal static partial class HoistedShapes
{
    private static IEnumerable<(string Name, KernelShapesTests.Shape Shape)> Fields() =>
    [
        Named("a walk's entry is checked by kind",
            """
                bool Shape(Walk walk)
                {
                    if (IsSwap(R(walk.Pte)))
                        return SwapOffset(R2(walk.Pte)) == walk.Pfn;
                    return R2(walk.Pte).IsPresent && R2(walk.Pte).Pfn == walk.Pfn;
                }
            """,
            """
                bool Shape(Walk walk)
                {
                    var pteval = R(walk.Pte);
                    if (IsSwap(pteval))
                        return SwapOffset(pteval) == walk.Pfn;
                    return pteval.IsPresent && pteval.Pfn == walk.Pfn;
                }
            """),
        Named("a walk's entry is mapped, and looked at for two reasons",
            """
                bool Shape(Walk walk, bool migration)
                {
                    if (migration)
                    {
                        if (!IsSwap(R(walk.Pte)))
                            return false;
                        if (R2(walk.Pte).IsNone)
                            return false;
                    }

                    return true;
                }
            """,
            """
                bool Shape(Walk walk, bool migration)
                {
                    if (migration)
                    {
                        var pteval = R(walk.Pte);
                        if (!IsSwap(pteval))
                            return false;
                        if (pteval.IsNone)
                            return false;
                    }

                    return true;
                }
            """),
        Named("a page is taken from everybody: a snapshot for each step of the walk",
            """
                void Shape(Walk walk)
                {
                    while (Step(walk))
                    {
                        if (!R(walk.Pte).IsPresent)
                            return;
                        Use(R2(walk.Pte).Pfn);
                        s_stats[2] += R2(walk.Pte).IsDirty ? 1 : 0;
                    }
                }
            """,
            """
                void Shape(Walk walk)
                {
                    while (Step(walk))
                    {
                        var pteval = R(walk.Pte);
                        if (!pteval.IsPresent)
                            return;
                        Use(pteval.Pfn);
                        s_stats[2] += pteval.IsDirty ? 1 : 0;
                    }
                }
            """),
        Named("a page is unmapped: the frame is kept in a local of its own",
            """
                void Shape(Walk walk, Page[] pages)
                {
                    while (Step(walk))
                    {
                        var pfn = R(walk.Pte).Pfn;
                        var page = pages[pfn - walk.Pfn];
                        if (page.IsDirty || IsZeroPage(R2(walk.Pte).Pfn))
                            SetPte(walk.Pte, default);
                    }
                }
            """,
            """
                void Shape(Walk walk, Page[] pages)
                {
                    while (Step(walk))
                    {
                        var pteval = R(walk.Pte);
                        var pfn = pteval.Pfn;
                        var page = pages[pfn - walk.Pfn];
                        if (page.IsDirty || IsZeroPage(pteval.Pfn))
                            SetPte(walk.Pte, default);
                    }
                }
            """),
        Named("a page is migrated: the frame, behind an assertion",
            """
                void Shape(Walk walk)
                {
                    Debug.Assert(walk.Pte != null);
                    var pfn = R(walk.Pte).Pfn;
                    Debug.Assert(R2(walk.Pte).IsPresent);
                    Use(pfn);
                }
            """,
            """
                void Shape(Walk walk)
                {
                    Debug.Assert(walk.Pte != null);
                    var pteval = R(walk.Pte);
                    var pfn = pteval.Pfn;
                    Debug.Assert(pteval.IsPresent);
                    Use(pfn);
                }
            """),
        Named("a page comes back: the old entry's bits go into the new one",
            """
                void Shape(Walk walk, Pte fresh)
                {
                    var pte = fresh;
                    if (R(walk.Pte).IsDirty)
                        pte = pte.MkDirty();
                    if (!R2(walk.Pte).Young)
                        pte = pte.MkOld();
                    if (IsDevice(R2(walk.Pte).Value))
                        pte = pte.Wrprotect();
                    SetPte(walk.Pte, pte);
                }
            """,
            """
                void Shape(Walk walk, Pte fresh)
                {
                    var pte = fresh;
                    var pteval = R(walk.Pte);
                    if (pteval.IsDirty)
                        pte = pte.MkDirty();
                    if (!pteval.Young)
                        pte = pte.MkOld();
                    if (IsDevice(pteval.Value))
                        pte = pte.Wrprotect();
                    SetPte(walk.Pte, pte);
                }
            """),
        Named("a fault's entry, under the lock that came with it",
            """
                void Shape(Fault vmf, Page page)
                {
                    var pte = PteOffsetMapLock(vmf.Mm, vmf.Pmd, vmf.Address, out var ptl);
                    if (pte == null)
                        return;
                    if (R(pte).IsPresent)
                    {
                        Account(page);
                        Use(R2(pte).Pfn);
                    }

                    PteUnmapUnlock(pte, ptl);
                }
            """,
            """
                void Shape(Fault vmf, Page page)
                {
                    var pte = PteOffsetMapLock(vmf.Mm, vmf.Pmd, vmf.Address, out var ptl);
                    if (pte == null)
                        return;
                    var pteval = R(pte);
                    if (pteval.IsPresent)
                    {
                        Account(page);
                        Use(pteval.Pfn);
                    }

                    PteUnmapUnlock(pte, ptl);
                }
            """),
    ];
}
