using Microsoft.CodeAnalysis.Testing;
using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

/// <summary>Where PTE0001's fix may declare a snapshot, and what it may be called there.</summary>
public class DirectEntryReadScopeTests
{
    [Fact]
    public Task A_snapshot_for_the_header_of_a_switch_is_declared_around_it() => VerifyMembers(
        """
            void F(Pte* p, bool c)
            {
                switch (Use([|*p|], [|*p|]))
                {
                    case 1:
                        break;
                }

                if (c)
                    Use([|*p|], [|*p|]);
            }
        """,
        """
            void F(Pte* p, bool c)
            {
                var pte = PtepGet(p);
                switch (Use(pte, pte))
                {
                    case 1:
                        break;
                }

                if (c)
                    Use(pte, pte);
            }
        """);

    [Fact]
    public Task The_sections_of_a_switch_are_one_scope() => VerifyMembers(
        """
            void F(Pte* p, int n)
            {
                switch (n)
                {
                    case 1:
                        Use([|*p|], [|*p|]);
                        break;
                    case 2:
                        Use([|*p|], [|*p|]);
                        break;
                }
            }
        """,
        """
            void F(Pte* p, int n)
            {
                switch (n)
                {
                    case 1:
                        var pte = PtepGet(p);
                        Use(pte, pte);
                        break;
                    case 2:
                        var pte2 = PtepGet(p);
                        Use(pte2, pte2);
                        break;
                }
            }
        """);

    [Fact]
    public Task A_snapshot_is_not_taken_before_its_pointer_is_declared() => VerifyMembers(
        """
            void F(Pte* p)
            {
                Pte* a = p, b = Next([|*a|], [|*a|]);
                int i = 1, n = Use([|p[i]|], [|p[i]|]);
                int k = 1, m = Use([|*p|], [|*p|]);
                for (int j = 1, e = Use([|p[j]|], [|p[j]|]); j < e; j++) { }
                for (Pte* q = p, r = Next([|*q|], [|*q|]); q < r; q++) { }
            }
        """,
        """
            void F(Pte* p)
            {
                Pte* a = p, b = Next([|*a|], [|*a|]);
                int i = 1, n = Use([|p[i]|], [|p[i]|]);
                var pte = PtepGet(p);
                int k = 1, m = Use(pte, pte);
                for (int j = 1, e = Use([|p[j]|], [|p[j]|]); j < e; j++) { }
                for (Pte* q = p, r = Next([|*q|], [|*q|]); q < r; q++) { }
            }
        """);

    [Fact]
    public Task Comments_in_a_replaced_pointer_stay() => VerifyMembers(
        """
            void F(Pte* p) => Use([|p /* base */ [/* first */ 0]|], default);

            void G(Pte* p)
            {
                Use([|*p|], [|p /* the same */ [0]|]);
            }
        """,
        """
            void F(Pte* p) => Use(PtepGet(&p /* base */ [/* first */ 0]), default);

            void G(Pte* p)
            {
                var pte = PtepGet(p);
                Use(pte, /* the same */ pte);
            }
        """);

    private static Task VerifyMembers(string before, string after) =>
        Verify.FixAsync<DirectEntryReadAnalyzer, DirectEntryReadFix>(InClass(before), InClass(after), configure: test => test.FixedState.MarkupHandling = MarkupMode.Allow);

    private static string InClass(string members) => $$"""
        using static Paging;

        unsafe class C
        {
        {{members}}

            static int Use(Pte left, Pte right) => 0;
            static Pte* Next(Pte left, Pte right) => null;
        }
        """;
}
