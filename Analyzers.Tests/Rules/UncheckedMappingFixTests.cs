using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public partial class UncheckedMappingFixTests
{
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
