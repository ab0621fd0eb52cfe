namespace PteGuard.Analyzers.Tests.Rules;

/// <summary>The ten functions that people left with as many reads as they had.</summary>
internal static class KeptShapes
{
    public static readonly Dictionary<string, KernelShapesTests.Shape> All = new()
    {
        ["a fault looks again under the lock after each allocation"] = Same("""
            int Shape(Fault vmf)
            {
                vmf.Pte = PteOffsetMapLock(vmf.Mm, vmf.Pmd, vmf.Address, out vmf.Lock);
                if (vmf.Pte == null || !PteSame(R(vmf.Pte), vmf.OrigPte))
                    return 1;
                PteUnmapUnlock(vmf.Pte, vmf.Lock);
                Allocate();
                vmf.Pte = PteOffsetMapLock(vmf.Mm, vmf.Pmd, vmf.Address, out vmf.Lock);
                if (vmf.Pte == null || !PteSame(R(vmf.Pte), vmf.OrigPte))
                    return 2;
                return 0;
            }
        """),
        ["a hint fault reads, drops the lock and compares"] = Same("""
            bool Shape(Pte* ptep, PtLock ptl, Pte orig)
            {
                ptl.Enter();
                if (!PteSame(R(ptep), orig))
                    return false;
                ptl.Exit();
                Allocate();
                ptl.Enter();
                var same = PteSame(R(ptep), orig);
                ptl.Exit();
                return same;
            }
        """),
        ["a copy from user space has two lock sections"] = Same("""
            bool Shape(Pte* ptep, PtLock ptl, Pte orig)
            {
                lock (s_gate)
                {
                    if (!PteSame(R(ptep), orig))
                        return false;
                }

                lock (s_gate)
                    return PteSame(R(ptep), orig);
            }
        """),
        ["an access to device memory maps twice"] = Same("""
            bool Shape(Mm mm, Pmd* pmd, ulong addr)
            {
                var ptep = PteOffsetMapLock(mm, pmd, addr, out var ptl);
                if (ptep == null)
                    return false;
                var pte = R(ptep);
                PteUnmapUnlock(ptep, ptl);
                Allocate();
                ptep = PteOffsetMapLock(mm, pmd, addr, out ptl);
                if (ptep == null)
                    return false;
                var same = PteSame(pte, R(ptep));
                PteUnmapUnlock(ptep, ptl);
                return same;
            }
        """),
        ["a fault compares with what it read before it had the lock"] = Same("""
            bool Shape(Fault vmf, Pte* pte)
            {
                vmf.OrigPte = R(pte);
                vmf.Lock.Enter();
                var entry = vmf.OrigPte;
                return PteSame(R(pte), entry);
            }
        """),
        ["a shadow is populated: none without the lock, none with it"] = Same("""
            void Shape(Pte* ptep, Pte fresh)
            {
                if (!R(ptep).IsNone)
                    return;
                lock (s_gate)
                {
                    if (R(ptep).IsNone)
                        SetPte(ptep, fresh);
                }
            }
        """),
        ["a shadow is depopulated: what is freed is what is there under the lock"] = Same("""
            void Shape(Pte* ptep, PtLock ptl)
            {
                Use(R(ptep).Pfn);
                ptl.Enter();
                if (!R(ptep).IsNone)
                    SetPte(ptep, default);
                ptl.Exit();
            }
        """),
        ["exclusive branches read once on either way"] = Same("""
            bool Shape(Fault vmf, bool hasOrig)
            {
                if (hasOrig)
                    return !PteSame(R(vmf.Pte), vmf.OrigPte);
                return !R(vmf.Pte).IsNone;
            }
        """),
        ["the pointer is another one by then"] = Same("""
            ulong Shape(Pte* pte, Pmd* pmd, ulong addr)
            {
                if (R(pte).IsNone)
                    return 0;
                pte = PteOffsetKernel(pmd, addr);
                return R(pte).Pfn;
            }
        """),

        // Of the ten, this is the one that people got wrong: both reads are made under one lock that nothing
        // between them drops. The first one is a comparison, and the second one takes what that has read.
        ["a page is replaced: could be hoisted, and is"] = new(
            """
            void Shape(Mm mm, Pmd* pmd, ulong addr, Pte orig, Page page)
            {
                var ptep = PteOffsetMapLock(mm, pmd, addr, out var ptl);
                if (ptep == null)
                    return;
                if (!PteSame(R(ptep), orig))
                {
                    PteUnmapUnlock(ptep, ptl);
                    return;
                }

                Account(page);
                Use(R2(ptep).Pfn);
                PteUnmapUnlock(ptep, ptl);
            }
        """,
            """
            void Shape(Mm mm, Pmd* pmd, ulong addr, Pte orig, Page page)
            {
                var ptep = PteOffsetMapLock(mm, pmd, addr, out var ptl);
                if (ptep == null)
                    return;
                var pte = R(ptep);
                if (!PteSame(pte, orig))
                {
                    PteUnmapUnlock(ptep, ptl);
                    return;
                }

                Account(page);
                Use(pte.Pfn);
                PteUnmapUnlock(ptep, ptl);
            }
        """),
    };

    public static TheoryData<string> Names => [.. All.Keys];

    private static KernelShapesTests.Shape Same(string members) => new(members, members);
}
