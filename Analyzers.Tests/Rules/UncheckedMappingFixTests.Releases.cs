namespace PteGuard.Analyzers.Tests.Rules;

/// <content>What the reaction has to release.</content>
public partial class UncheckedMappingFixTests
{
    [Fact]
    public Task What_the_path_holds_is_released_the_last_first() => VerifyMembers(
        """
            int Two(Mm mm, Pmd* src, Pmd* dst, ulong addr)
            {
                var srcPte = PteOffsetMapLock(mm, src, addr, out var srcPtl);
                if (srcPte == null)
                    return -1;

                var dstPte = PteOffsetMap(dst, addr);
                SetPte([|dstPte|], PtepGet(srcPte));
                PteUnmap(dstPte);
                PteUnmapUnlock(srcPte, srcPtl);
                return 0;
            }

            void BothUnchecked(Mm mm, Pmd* src, Pmd* dst, ulong addr)
            {
                var pml = PmdLock(mm, src);
                var first = PteOffsetMap(src, addr);
                Use(PtepGet([|first|]));
                var second = PteOffsetMap(dst, addr);
                Use(PtepGet([|second|]));
                PteUnmap(second);
                PteUnmap(first);
                pml.Exit();
            }

            void Nolock(Mm mm, Pmd* src, Pmd* dst, ulong addr)
            {
                var pte = PteOffsetMapNolock(mm, src, addr, out PtLock ptl);
                if (pte == null)
                    return;

                PteUnmap(pte);
                var second = PteOffsetMap(dst, addr);
                Use(PtepGet([|second|]));
                PteUnmap(second);
            }
        """,
        """
            int Two(Mm mm, Pmd* src, Pmd* dst, ulong addr)
            {
                var srcPte = PteOffsetMapLock(mm, src, addr, out var srcPtl);
                if (srcPte == null)
                    return -1;

                var dstPte = PteOffsetMap(dst, addr);
                if (dstPte == null)
                {
                    PteUnmapUnlock(srcPte, srcPtl);
                    return 0;
                }

                SetPte(dstPte, PtepGet(srcPte));
                PteUnmap(dstPte);
                PteUnmapUnlock(srcPte, srcPtl);
                return 0;
            }

            void BothUnchecked(Mm mm, Pmd* src, Pmd* dst, ulong addr)
            {
                var pml = PmdLock(mm, src);
                var first = PteOffsetMap(src, addr);
                if (first == null)
                {
                    pml.Exit();
                    return;
                }

                Use(PtepGet(first));
                var second = PteOffsetMap(dst, addr);
                if (second == null)
                {
                    PteUnmap(first);
                    pml.Exit();
                    return;
                }

                Use(PtepGet(second));
                PteUnmap(second);
                PteUnmap(first);
                pml.Exit();
            }

            void Nolock(Mm mm, Pmd* src, Pmd* dst, ulong addr)
            {
                var pte = PteOffsetMapNolock(mm, src, addr, out PtLock ptl);
                if (pte == null)
                    return;

                PteUnmap(pte);
                var second = PteOffsetMap(dst, addr);
                if (second == null)
                    return;

                Use(PtepGet(second));
                PteUnmap(second);
            }
        """);

    [Fact]
    public Task A_locked_mapping_ends_with_the_unmapper_that_unlocks_wherever_it_is_declared() => VerifyMembers(
        """
            [PteGuard.MapsEntry(Unmap = nameof(End), Lock = "ptl", Locked = true)] static Pte* Map(Pmd* pmd, out PtLock ptl) => throw null;
            [PteGuard.UnmapsEntry] static void End(Pte* pte) { }
            [PteGuard.UnmapsEntry(Unlock = "ptl")] static void EndUnlock(PtLock ptl, Pte* pte) { }

            void F(Pmd* pmd)
            {
                var first = Map(pmd, out var ptl);
                if (first == null)
                    return;
                var second = Map(pmd, out var other);
                Use(PtepGet([|second|]));
            }

            void Unlocked(Pmd* pmd)
            {
                var first = Map(pmd, out var ptl);
                if (first == null)
                    return;
                ptl.Exit();
                var second = Map(pmd, out var other);
                Use(PtepGet([|second|]));
            }
        """,
        """
            [PteGuard.MapsEntry(Unmap = nameof(End), Lock = "ptl", Locked = true)] static Pte* Map(Pmd* pmd, out PtLock ptl) => throw null;
            [PteGuard.UnmapsEntry] static void End(Pte* pte) { }
            [PteGuard.UnmapsEntry(Unlock = "ptl")] static void EndUnlock(PtLock ptl, Pte* pte) { }

            void F(Pmd* pmd)
            {
                var first = Map(pmd, out var ptl);
                if (first == null)
                    return;
                var second = Map(pmd, out var other);
                if (second == null)
                {
                    EndUnlock(ptl, first);
                    return;
                }
                Use(PtepGet(second));
            }

            void Unlocked(Pmd* pmd)
            {
                var first = Map(pmd, out var ptl);
                if (first == null)
                    return;
                ptl.Exit();
                var second = Map(pmd, out var other);
                if (second == null)
                {
                    End(first);
                    return;
                }
                Use(PtepGet(second));
            }
        """);
}
