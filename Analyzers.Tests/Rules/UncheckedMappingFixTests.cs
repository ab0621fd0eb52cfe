using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public class UncheckedMappingFixTests
{
    [Fact]
    public Task The_check_returns_what_the_method_can_return() => VerifyMembers(
        """
            void Void(Pmd* pmd, ulong addr)
            {
                // Where it is mapped.
                Pte* pte = PteOffsetMap(pmd, addr); // here
                Use(PtepGet([|pte|]));
                PteUnmap(pte);
            }

            bool Bool(Pmd* pmd, ulong addr)
            {
                var pte = PteOffsetMap(pmd, addr);
                return PtepGet([|pte|]).IsPresent;
            }

            int Number(Pmd* pmd, ulong addr, Pte* pte)
            {
                pte = PteOffsetMap(pmd, addr);
                SetPte([|pte|], default);
                return 1;
            }

            Pte Struct(Pmd* pmd, ulong addr)
            {
                Pte* pte;
                pte = PteOffsetMap(pmd, addr);
                return PtepGet([|pte|]);
            }

            Pte* Pointer(Pmd* pmd, ulong addr)
            {
                var pte = PteOffsetMap(pmd, addr);
                SetPte([|pte|], default);
                return pte;
            }

            string Reference(Pmd* pmd, ulong addr)
            {
                Func<bool> f = () =>
                {
                    var pte = PteOffsetMap(pmd, addr);
                    return PtepGet([|pte|]).IsPresent;
                };
                var inner = PteOffsetMap(pmd, addr);
                return PtepGet([|inner|]).ToString();
            }
        """,
        """
            void Void(Pmd* pmd, ulong addr)
            {
                // Where it is mapped.
                Pte* pte = PteOffsetMap(pmd, addr); // here
                if (pte == null)
                    return;

                Use(PtepGet(pte));
                PteUnmap(pte);
            }

            bool Bool(Pmd* pmd, ulong addr)
            {
                var pte = PteOffsetMap(pmd, addr);
                if (pte == null)
                    return false;

                return PtepGet(pte).IsPresent;
            }

            int Number(Pmd* pmd, ulong addr, Pte* pte)
            {
                pte = PteOffsetMap(pmd, addr);
                if (pte == null)
                    return 0;

                SetPte(pte, default);
                return 1;
            }

            Pte Struct(Pmd* pmd, ulong addr)
            {
                Pte* pte;
                pte = PteOffsetMap(pmd, addr);
                if (pte == null)
                    return default;

                return PtepGet(pte);
            }

            Pte* Pointer(Pmd* pmd, ulong addr)
            {
                var pte = PteOffsetMap(pmd, addr);
                if (pte == null)
                    return null;

                SetPte(pte, default);
                return pte;
            }

            string Reference(Pmd* pmd, ulong addr)
            {
                Func<bool> f = () =>
                {
                    var pte = PteOffsetMap(pmd, addr);
                    if (pte == null)
                        return false;

                    return PtepGet(pte).IsPresent;
                };
                var inner = PteOffsetMap(pmd, addr);
                if (inner == null)
                    return null;

                return PtepGet(inner).ToString();
            }
        """);

    [Fact]
    public Task The_check_goes_on_with_the_loop_or_back_to_the_retry_label() => VerifyMembers(
        """
            void Loop(Pmd* pmd, ulong addr)
            {
                for (var i = 0; i < 4; i++)
                {
                    Pte* pte = PteOffsetMap(pmd + i, addr);
                    Use(PtepGet([|pte|]));
                    PteUnmap(pte);
                }
            }

            bool While(Pmd* pmd, ulong addr, ulong end)
            {
                while (addr < end)
                {
                    Pte* pte = PteOffsetMap(pmd, addr);
                    Use(PtepGet([|pte|]));
                    PteUnmap(pte);
                    addr += 4096;
                }

                return true;
            }

            bool Retry(Pmd* pmd, ulong addr)
            {
            again:
                var value = PmdpGet(pmd);
                if (!value.IsPresent)
                    return false;

                Pte* pte = PteOffsetMap(pmd, addr);
                Use(PtepGet([|pte|]));
                PteUnmap(pte);
                return true;
            }

            void Try(Pmd* pmd, ulong addr)
            {
                TryMap(pmd, addr, out var pte);
                Use(PtepGet([|pte|]));
                PteUnmap(pte);
            }
        """,
        """
            void Loop(Pmd* pmd, ulong addr)
            {
                for (var i = 0; i < 4; i++)
                {
                    Pte* pte = PteOffsetMap(pmd + i, addr);
                    if (pte == null)
                        continue;

                    Use(PtepGet(pte));
                    PteUnmap(pte);
                }
            }

            bool While(Pmd* pmd, ulong addr, ulong end)
            {
                while (addr < end)
                {
                    Pte* pte = PteOffsetMap(pmd, addr);
                    if (pte == null)
                        return false;

                    Use(PtepGet(pte));
                    PteUnmap(pte);
                    addr += 4096;
                }

                return true;
            }

            bool Retry(Pmd* pmd, ulong addr)
            {
            again:
                var value = PmdpGet(pmd);
                if (!value.IsPresent)
                    return false;

                Pte* pte = PteOffsetMap(pmd, addr);
                if (pte == null)
                    goto again;

                Use(PtepGet(pte));
                PteUnmap(pte);
                return true;
            }

            void Try(Pmd* pmd, ulong addr)
            {
                if (!TryMap(pmd, addr, out var pte))
                    return;

                Use(PtepGet(pte));
                PteUnmap(pte);
            }
        """);

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
    public Task Where_no_reaction_is_sure_to_be_right_there_is_no_fix() => VerifyUnchanged(
        """
            bool PerhapsLocked(Mm mm, Pmd* pmd, ulong addr)
            {
                PtLock ptl = PteLockptr(mm, pmd);
                if (!ptl.TryEnter())
                    return false;
                Pte* pte = PteOffsetMap(pmd, addr);
                bool present = PtepGet([|pte|]).IsPresent;
                ptl.Exit();
                return present;
            }

            Pte Inline(Pmd* pmd, ulong addr) => PtepGet([|PteOffsetMap(pmd, addr)|]);

            void OnlyOnSomePaths(Pmd* pmd, ulong addr, bool b)
            {
                Pte* first = null;
                if (b)
                {
                    first = PteOffsetMap(pmd, addr);
                    if (first == null)
                        return;
                }

                var second = PteOffsetMap(pmd, addr);
                Use(PtepGet([|second|]));
                PteUnmap(second);
                if (first != null)
                    PteUnmap(first);
            }

            void OutParameter(Pmd* pmd, ulong addr, out Pte result)
            {
                var pte = PteOffsetMap(pmd, addr);
                result = PtepGet([|pte|]);
            }

            void OtherLocks(Pmd* pmd, ulong addr)
            {
                Monitor.Enter(s_lock);
                var pte = PteOffsetMap(pmd, addr);
                Use(PtepGet([|pte|]));
                Monitor.Exit(s_lock);
            }

            void Finally(Pmd* pmd, ulong addr)
            {
                try
                {
                }
                finally
                {
                    var pte = PteOffsetMap(pmd, addr);
                    Use(PtepGet([|pte|]));
                }
            }

            static readonly object s_lock = new();
        """);

    [Fact]
    public Task Other_reactions_are_offered_after_the_best()
    {
        const string Before = """
            unsafe class C
            {
                void F(Pmd* pmd, ulong addr)
                {
                    for (var i = 0; i < 4; i++)
                    {
                        var pte = Paging.PteOffsetMap(pmd, addr);
                        Paging.SetPte([|pte|], default);
                        Paging.PteUnmap(pte);
                    }
                }
            }
            """;
        const string After = """
            unsafe class C
            {
                void F(Pmd* pmd, ulong addr)
                {
                    for (var i = 0; i < 4; i++)
                    {
                        var pte = Paging.PteOffsetMap(pmd, addr);
                        if (pte == null)
                            return;

                        Paging.SetPte(pte, default);
                        Paging.PteUnmap(pte);
                    }
                }
            }
            """;
        return Verify.FixAsync<UncheckedMappingAnalyzer, UncheckedMappingFix>(Before, After, configure: test =>
        {
            test.CodeActionEquivalenceKey = "CheckForNullReturn";
        });
    }

    [Fact]
    public Task What_is_returned_is_what_the_type_calls_empty() => VerifyMembers(
        """
            enum Fault { Major = 4, Nothing = 0 }
            struct Entry { public static Entry None => default; }
            struct Plain { }

            Fault ZeroMember(Pmd* pmd)
            {
                var pte = PteOffsetMap(pmd, 0);
                Use(PtepGet([|pte|]));
                return Fault.Major;
            }

            Entry NoneMember(Pmd* pmd)
            {
                var pte = PteOffsetMap(pmd, 0);
                Use(PtepGet([|pte|]));
                return new();
            }

            Plain Default(Pmd* pmd) { var pte = PteOffsetMap(pmd, 0); Use(PtepGet([|pte|])); return new(); }

        #nullable enable
            string? Nullable(Pmd* pmd)
            {
                var @fixed = PteOffsetMap(pmd, 0);
                Use(PtepGet([|@fixed|]));
                return "";
            }

            // No string says that there was no table.
            string NotNull(Pmd* pmd)
            {
                var pte = PteOffsetMap(pmd, 0);
                Use(PtepGet([|pte|]));
                return "";
            }
        """,
        """
            enum Fault { Major = 4, Nothing = 0 }
            struct Entry { public static Entry None => default; }
            struct Plain { }

            Fault ZeroMember(Pmd* pmd)
            {
                var pte = PteOffsetMap(pmd, 0);
                if (pte == null)
                    return Fault.Nothing;

                Use(PtepGet(pte));
                return Fault.Major;
            }

            Entry NoneMember(Pmd* pmd)
            {
                var pte = PteOffsetMap(pmd, 0);
                if (pte == null)
                    return Entry.None;

                Use(PtepGet(pte));
                return new();
            }

            Plain Default(Pmd* pmd) { var pte = PteOffsetMap(pmd, 0); if (pte == null) return default; Use(PtepGet(pte)); return new(); }

        #nullable enable
            string? Nullable(Pmd* pmd)
            {
                var @fixed = PteOffsetMap(pmd, 0);
                if (@fixed == null)
                    return null;

                Use(PtepGet(@fixed));
                return "";
            }

            // No string says that there was no table.
            string NotNull(Pmd* pmd)
            {
                var pte = PteOffsetMap(pmd, 0);
                Use(PtepGet([|pte|]));
                return "";
            }
        """,
        test => test.FixedState.MarkupHandling = Microsoft.CodeAnalysis.Testing.MarkupMode.Allow);

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

    private static Task VerifyUnchanged(string members) => VerifyMembers(members, members);

    private static Task VerifyMembers(string before, string after, Action<Verify.CodeFixVerifierTest<UncheckedMappingAnalyzer, UncheckedMappingFix>>? configure = null) =>
        Verify.FixAsync(InClass(before), InClass(after), configure: configure);

    private static string InClass(string members) => $$"""
        using System;
        using System.Threading;
        using static Paging;

        unsafe class C
        {
        {{members}}

            void Use(Pte pte) { }
        }
        """;
}
