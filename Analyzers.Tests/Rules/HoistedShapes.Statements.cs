namespace PteGuard.Analyzers.Tests.Rules;

/// <content>Reads of one statement, of assertions, and of statements that follow one another.</content>
internal static partial class HoistedShapes
{
    private static IEnumerable<(string Name, KernelShapesTests.Shape Shape)> Statements() =>
    [
        Named("both reads in one statement",
            """
                ulong Shape(Pte* ptep)
                {
                    return R(ptep).IsPresent ? R2(ptep).Pfn : 0;
                }
            """,
            """
                ulong Shape(Pte* ptep)
                {
                    var pte = R(ptep);
                    return pte.IsPresent ? pte.Pfn : 0;
                }
            """),
        Named("both reads as arguments of one call",
            """
                void Shape(Pte* ptep)
                {
                    Console.WriteLine("{0} {1}", R(ptep).Value, R2(ptep).IsDirty);
                }
            """,
            """
                void Shape(Pte* ptep)
                {
                    var pte = R(ptep);
                    Console.WriteLine("{0} {1}", pte.Value, pte.IsDirty);
                }
            """),
        Named("predicates in warnings that are always built in",
            """
                void Shape(Pte* ptep)
                {
                    var bad = R(ptep).IsNone;
                    bad |= R2(ptep).IsDirty;
                    if (bad)
                        throw new InvalidOperationException();
                }
            """,
            """
                void Shape(Pte* ptep)
                {
                    var pte = R(ptep);
                    var bad = pte.IsNone;
                    bad |= pte.IsDirty;
                    if (bad)
                        throw new InvalidOperationException();
                }
            """),
        Named("a table of the kernel's own memory map: none, then used",
            """
                ulong Shape(Pmd* pmd, ulong addr)
                {
                    var pte = PteOffsetKernel(pmd, addr);
                    if (R(pte).IsNone)
                        return 0;
                    return R2(pte).Pfn << 12;
                }
            """,
            """
                ulong Shape(Pmd* pmd, ulong addr)
                {
                    var pte = PteOffsetKernel(pmd, addr);
                    var pteval = R(pte);
                    if (pteval.IsNone)
                        return 0;
                    return pteval.Pfn << 12;
                }
            """),
        Named("a dump of tables: flags and frame",
            """
                void Shape(Pte* pte, int[] dump)
                {
                    dump[0] = (int)R(pte).Value & 0xFFF;
                    dump[1] = (int)R2(pte).Pfn;
                }
            """,
            """
                void Shape(Pte* pte, int[] dump)
                {
                    var pteval = R(pte);
                    dump[0] = (int)pteval.Value & 0xFFF;
                    dump[1] = (int)pteval.Pfn;
                }
            """),
        Named("a copy of the pointer reads the same entry",
            """
                bool Shape(Pte* ptep)
                {
                    if (R(ptep).IsNone)
                        return false;
                    var start = ptep;
                    return IsZeroPage(R2(start).Pfn);
                }
            """,
            """
                bool Shape(Pte* ptep)
                {
                    var pte = R(ptep);
                    if (pte.IsNone)
                        return false;
                    var start = ptep;
                    return IsZeroPage(pte.Pfn);
                }
            """),
    ];
}
