namespace PteGuard.Analyzers.Tests.Rules;

/// <content>Loop bodies: a snapshot for each turn, never one for two loops.</content>
internal static partial class HoistedShapes
{
    private static IEnumerable<(string Name, KernelShapesTests.Shape Shape)> Loops() =>
    [
        Named("a copy of a range: two tests share, and the read behind the helper stays",
            """
                void Shape(Pte* dst, Pte* src, int left)
                {
                    for (; left > 0; src++, dst++, left--)
                    {
                        if (R(src).IsNone)
                            continue;
                        if (!R2(src).IsPresent)
                        {
                            Copy(dst, src, ref left);
                            Use(SwapOffset(R(src)));
                        }
                    }
                }
            """,
            """
                void Shape(Pte* dst, Pte* src, int left)
                {
                    for (; left > 0; src++, dst++, left--)
                    {
                        var pte = R(src);
                        if (pte.IsNone)
                            continue;
                        if (!pte.IsPresent)
                        {
                            Copy(dst, src, ref left);
                            Use(SwapOffset(R(src)));
                        }
                    }
                }
            """),
        Named("a collapse: one local in each of two loops",
            """
                int Shape(Pte* start, Pte* end)
                {
                    var count = 0;
                    Pte* pte;
                    for (pte = start; pte < end; pte++)
                    {
                        if (R(pte).IsNone)
                            continue;
                        if (!R2(pte).IsPresent)
                            return -1;
                        Use(R2(pte).Pfn);
                    }

                    for (pte = start; pte < end; pte++)
                    {
                        if (R(pte).IsNone)
                            continue;
                        count += (int)R2(pte).Pfn;
                    }

                    return count;
                }
            """,
            """
                int Shape(Pte* start, Pte* end)
                {
                    var count = 0;
                    Pte* pte;
                    for (pte = start; pte < end; pte++)
                    {
                        var pteval = R(pte);
                        if (pteval.IsNone)
                            continue;
                        if (!pteval.IsPresent)
                            return -1;
                        Use(pteval.Pfn);
                    }

                    for (pte = start; pte < end; pte++)
                    {
                        var pteval = R(pte);
                        if (pteval.IsNone)
                            continue;
                        count += (int)pteval.Pfn;
                    }

                    return count;
                }
            """),
        Named("statistics of a node, in a do loop",
            """
                void Shape(Pte* pte, ulong addr, ulong end)
                {
                    do
                    {
                        if (!R(pte).IsPresent)
                            continue;
                        s_stats[0] += R2(pte).IsDirty ? 1 : 0;
                    }
                    while (pte++ != null && (addr += 4096) != end);
                }
            """,
            """
                void Shape(Pte* pte, ulong addr, ulong end)
                {
                    do
                    {
                        var pteval = R(pte);
                        if (!pteval.IsPresent)
                            continue;
                        s_stats[0] += pteval.IsDirty ? 1 : 0;
                    }
                    while (pte++ != null && (addr += 4096) != end);
                }
            """),

        // People moved the third read, behind the accessed bit's clearing, up to the first two. That is right
        // only because it asks for the dirty bit, which the call leaves alone: nothing in the code says so.
        Named("generations by index: the read behind the young bit's clearing stays",
            """
                int Shape(Pte* pte, int count, ulong addr)
                {
                    var young = 0;
                    for (var i = 0; i < count; i++, addr += 4096)
                    {
                        if (!R(pte + i).IsPresent)
                            continue;
                        Use(R2(pte + i).Pfn);
                        if (!TestAndClearYoung(addr, pte + i))
                            continue;
                        young += R(pte + i).IsDirty ? 1 : 0;
                    }

                    return young;
                }
            """,
            """
                int Shape(Pte* pte, int count, ulong addr)
                {
                    var young = 0;
                    for (var i = 0; i < count; i++, addr += 4096)
                    {
                        var pteval = R(pte + i);
                        if (!pteval.IsPresent)
                            continue;
                        Use(pteval.Pfn);
                        if (!TestAndClearYoung(addr, pte + i))
                            continue;
                        young += R(pte + i).IsDirty ? 1 : 0;
                    }

                    return young;
                }
            """),
        Named("generations around a page: the same with a table of its own",
            """
                void Shape(Walk walk, ulong start)
                {
                    Pte* table = walk.Pte - 8;
                    for (var i = 0; i < 16; i++)
                    {
                        if (R(table + i).IsNone || !R2(table + i).Young)
                            continue;
                        if (TestAndClearYoung(start, table + i) && R(table + i).IsDirty)
                            s_stats[1]++;
                    }
                }
            """,
            """
                void Shape(Walk walk, ulong start)
                {
                    Pte* table = walk.Pte - 8;
                    for (var i = 0; i < 16; i++)
                    {
                        var entry = R(table + i);
                        if (entry.IsNone || !entry.Young)
                            continue;
                        if (TestAndClearYoung(start, table + i) && R(table + i).IsDirty)
                            s_stats[1]++;
                    }
                }
            """),
        Named("residency of a range, none and swapped and present",
            """
                void Shape(Pte* ptep, byte[] vec, int count)
                {
                    for (var i = 0; i < count; i++, ptep++)
                    {
                        if (R(ptep).IsNone)
                            vec[i] = 0;
                        else if (R2(ptep).IsPresent)
                            vec[i] = 1;
                        else
                            vec[i] = (byte)SwapOffset(R2(ptep));
                    }
                }
            """,
            """
                void Shape(Pte* ptep, byte[] vec, int count)
                {
                    for (var i = 0; i < count; i++, ptep++)
                    {
                        var pte = R(ptep);
                        if (pte.IsNone)
                            vec[i] = 0;
                        else if (pte.IsPresent)
                            vec[i] = 1;
                        else
                            vec[i] = (byte)SwapOffset(pte);
                    }
                }
            """),
        Named("a loop that its condition's read decides about",
            """
                void Shape(Pte* pte)
                {
                    while (R(pte).IsPresent)
                    {
                        Use(R2(pte).Pfn);
                        pte++;
                    }
                }
            """,
            """
                void Shape(Pte* pte)
                {
                    while (R(pte) is var pteval && pteval.IsPresent)
                    {
                        Use(pteval.Pfn);
                        pte++;
                    }
                }
            """),
        Named("a range brought in from swap, under a lock that is dropped for each",
            """
                void Shape(Mm mm, Pmd* pmd, ulong addr, ulong end)
                {
                    for (; addr < end; addr += 4096)
                    {
                        var ptep = PteOffsetMapLock(mm, pmd, addr, out var ptl);
                        if (ptep == null)
                            break;
                        if (IsSwap(R(ptep)))
                            Use(SwapOffset(R2(ptep)));
                        PteUnmapUnlock(ptep, ptl);
                        Reschedule();
                    }
                }
            """,
            """
                void Shape(Mm mm, Pmd* pmd, ulong addr, ulong end)
                {
                    for (; addr < end; addr += 4096)
                    {
                        var ptep = PteOffsetMapLock(mm, pmd, addr, out var ptl);
                        if (ptep == null)
                            break;
                        var pte = R(ptep);
                        if (IsSwap(pte))
                            Use(SwapOffset(pte));
                        PteUnmapUnlock(ptep, ptl);
                        Reschedule();
                    }
                }
            """),
    ];
}
