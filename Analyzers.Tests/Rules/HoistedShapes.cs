namespace PteGuard.Analyzers.Tests.Rules;

/// <summary>The functions in which people made several reads one.</summary>
internal static partial class HoistedShapes
{
    public static readonly Dictionary<string, KernelShapesTests.Shape> All = Chains().Concat(Loops()).Concat(Fields()).Concat(Locals()).Concat(Statements()).ToDictionary(shape => shape.Name, shape => shape.Shape);

    public static TheoryData<string> Names => [.. All.Keys];

    private static (string Name, KernelShapesTests.Shape Shape) Named(string name, string before, string after) => (name, new(before, after));

    private static IEnumerable<(string Name, KernelShapesTests.Shape Shape)> Chains() =>
    [
        Named("an else-if chain of four kinds of entry",
            """
                int Shape(Pte* pte)
                {
                    if (R(pte).IsNone)
                        return 0;
                    else if (IsSwap(R2(pte)))
                        return 1;
                    else if (R2(pte).IsDirty)
                        return 2;
                    return IsZeroPage(R2(pte).Pfn) ? 3 : 4;
                }
            """,
            """
                int Shape(Pte* pte)
                {
                    var pteval = R(pte);
                    if (pteval.IsNone)
                        return 0;
                    else if (IsSwap(pteval))
                        return 1;
                    else if (pteval.IsDirty)
                        return 2;
                    return IsZeroPage(pteval.Pfn) ? 3 : 4;
                }
            """),
        Named("a gate page, with a store to an out parameter between",
            """
                int Shape(Pte* pte, out Page page, Page[] pages)
                {
                    page = null;
                    if (R(pte).IsNone)
                        return -1;
                    page = pages[0];
                    if (page == null)
                    {
                        if (IsZeroPage(R2(pte).Pfn) || !R2(pte).IsPresent)
                            return -2;
                        page = pages[(int)R2(pte).Pfn];
                    }

                    return 0;
                }
            """,
            """
                int Shape(Pte* pte, out Page page, Page[] pages)
                {
                    page = null;
                    var pteval = R(pte);
                    if (pteval.IsNone)
                        return -1;
                    page = pages[0];
                    if (page == null)
                    {
                        if (IsZeroPage(pteval.Pfn) || !pteval.IsPresent)
                            return -2;
                        page = pages[(int)pteval.Pfn];
                    }

                    return 0;
                }
            """),
        Named("six questions for the statistics of a process",
            """
                void Shape(Pte* pte, Page[] pages)
                {
                    Page page = null;
                    if (R(pte).IsPresent)
                    {
                        page = pages[R2(pte).Pfn];
                        s_stats[0] += R2(pte).IsDirty ? 1 : 0;
                        s_stats[1] += R2(pte).Young ? 1 : 0;
                    }
                    else if (IsSwap(R2(pte)))
                    {
                        Use(SwapOffset(R2(pte)));
                    }
                }
            """,
            """
                void Shape(Pte* pte, Page[] pages)
                {
                    Page page = null;
                    var pteval = R(pte);
                    if (pteval.IsPresent)
                    {
                        page = pages[pteval.Pfn];
                        s_stats[0] += pteval.IsDirty ? 1 : 0;
                        s_stats[1] += pteval.Young ? 1 : 0;
                    }
                    else if (IsSwap(pteval))
                    {
                        Use(SwapOffset(pteval));
                    }
                }
            """),
        Named("four questions for the statistics of a huge mapping",
            """
                bool Shape(Pte* pte)
                {
                    var mapped = R(pte).IsPresent;
                    if (!mapped && IsSwap(R2(pte)))
                        mapped = IsDevice(SwapOffset(R2(pte)));
                    return mapped && !R2(pte).IsNone;
                }
            """,
            """
                bool Shape(Pte* pte)
                {
                    var pteval = R(pte);
                    var mapped = pteval.IsPresent;
                    if (!mapped && IsSwap(pteval))
                        mapped = IsDevice(SwapOffset(pteval));
                    return mapped && !pteval.IsNone;
                }
            """),
        Named("a fault handler that must wait, without a lock: one moment is more consistent than two",
            """
                bool Shape(Pte* pte, bool missing)
                {
                    var wait = false;
                    if (R(pte).IsNone)
                        wait = true;
                    if (!R2(pte).IsPresent && missing)
                        wait = true;
                    return wait;
                }
            """,
            """
                bool Shape(Pte* pte, bool missing)
                {
                    var wait = false;
                    var pteval = R(pte);
                    if (pteval.IsNone)
                        wait = true;
                    if (!pteval.IsPresent && missing)
                        wait = true;
                    return wait;
                }
            """),
        Named("a guard against null that leaves",
            """
                int Shape(Pte* pte)
                {
                    if (pte == null || !R(pte).IsPresent)
                        return 0;
                    return R2(pte).IsDirty ? 2 : 1;
                }
            """,
            """
                int Shape(Pte* pte)
                {
                    if (pte == null || !(R(pte) is var pteval && pteval.IsPresent))
                        return 0;
                    return pteval.IsDirty ? 2 : 1;
                }
            """),
        Named("a huge table allocated: the guard and both predicates in one condition",
            """
                bool Shape(Pte* pte) => pte != null && !R(pte).IsNone && !R2(pte).IsDirty;
            """,
            """
                bool Shape(Pte* pte) => pte != null && R(pte) is var pteval && !pteval.IsNone && !pteval.IsDirty;
            """),
        Named("a guest's access: a validated pointer, read for the check and for the answer",
            """
                int Shape(Pte* ptep, bool write, out ulong pfn)
                {
                    pfn = 0;
                    if (write && !R(ptep).IsDirty)
                    {
                        if (R2(ptep).IsNone)
                            return -1;
                        return -2;
                    }

                    return 0;
                }
            """,
            """
                int Shape(Pte* ptep, bool write, out ulong pfn)
                {
                    pfn = 0;
                    if (write && R(ptep) is var pte && !pte.IsDirty)
                    {
                        if (pte.IsNone)
                            return -1;
                        return -2;
                    }

                    return 0;
                }
            """),
        Named("a switch over the state and what its sections do",
            """
                ulong Shape(Pte* pte)
                {
                    switch (R(pte).IsPresent)
                    {
                        case true:
                            return R2(pte).Pfn;
                        default:
                            return SwapOffset(R2(pte));
                    }
                }
            """,
            """
                ulong Shape(Pte* pte)
                {
                    var pteval = R(pte);
                    switch (pteval.IsPresent)
                    {
                        case true:
                            return pteval.Pfn;
                        default:
                            return SwapOffset(pteval);
                    }
                }
            """),
    ];
}
