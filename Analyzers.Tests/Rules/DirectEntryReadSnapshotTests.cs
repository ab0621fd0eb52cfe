using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

/// <summary>PTE0001's fix where one decision reads an entry several times.</summary>
public partial class DirectEntryReadSnapshotTests
{
    [Fact]
    public Task Reads_of_one_statement_share_a_local_declared_in_front_of_it() => VerifyMembers(
        """
            bool Return(Pte* ptep) 
            {
                // Both bits must be of one moment.
                return [|ptep->IsPresent|] && [|ptep->IsDirty|];
            }

            void Condition(Pte* p)
            {
                if ([|p->IsPresent|] || [|p->IsDirty|])
                    Use(0);
                else if ([|p->IsNone|])
                    Use(1);
            }

            void Declaration(Pte* ptep, Pmd* pmdp)
            {
                bool a = [|ptep->IsPresent|], b = [|ptep->IsDirty|];
                var sum = [|pmdp->Value|] + [|pmdp->Value|];
            }

            void Switch(Pte* pte)
            {
                switch ([|pte->Value|])
                {
                    case 0 when [|pte->IsNone|]:
                        break;
                }
            }

            void Loop(Pte* ptep)
            {
                for (var v = [|ptep->Value|] + [|ptep->Value|]; v > 0; v--)
                    Use(0);

                foreach (var e in new Pte[] { [|*ptep|], [|*ptep|] })
                    Use(1);
            }

            void Spelling(Pte* ptep, int i)
            {
                Use(([|*(ptep + i)|]).Value + [|ptep[i]|].Value + [|(&ptep[i])->Value|]);
                Use(([|*ptep|]).Value + [|ptep[0]|].Value);
            }

            void Arguments(Pte* ptep, int i)
            {
                Both([|*ptep|], [|*ptep|]);
                var range = new Range { First = [|ptep->Value|], Last = [|ptep->Value|] };
            }

            void Order(Pte* ptep, Pte* other)
            {
                Use([|other->Value|] + [|ptep->Value|] + [|ptep->Value|]);
            }
        """,
        """
            bool Return(Pte* ptep) 
            {
                // Both bits must be of one moment.
                var pte = PtepGet(ptep);
                return pte.IsPresent && pte.IsDirty;
            }

            void Condition(Pte* p)
            {
                var pte = PtepGet(p);
                if (pte.IsPresent || pte.IsDirty)
                    Use(0);
                else if (pte.IsNone)
                    Use(1);
            }

            void Declaration(Pte* ptep, Pmd* pmdp)
            {
                var pte = PtepGet(ptep);
                bool a = pte.IsPresent, b = pte.IsDirty;
                var pmd = PmdpGet(pmdp);
                var sum = pmd.Value + pmd.Value;
            }

            void Switch(Pte* pte)
            {
                var pteval = PtepGet(pte);
                switch (pteval.Value)
                {
                    case 0 when pteval.IsNone:
                        break;
                }
            }

            void Loop(Pte* ptep)
            {
                var pte = PtepGet(ptep);
                for (var v = pte.Value + pte.Value; v > 0; v--)
                    Use(0);

                var pte2 = PtepGet(ptep);
                foreach (var e in new Pte[] { pte2, pte2 })
                    Use(1);
            }

            void Spelling(Pte* ptep, int i)
            {
                var pte = PtepGet(ptep + i);
                Use(pte.Value + pte.Value + pte.Value);
                var pte2 = PtepGet(ptep);
                Use(pte2.Value + pte2.Value);
            }

            void Arguments(Pte* ptep, int i)
            {
                var pte = PtepGet(ptep);
                Both(pte, pte);
                var pte2 = PtepGet(ptep);
                var range = new Range { First = pte2.Value, Last = pte2.Value };
            }

            void Order(Pte* ptep, Pte* other)
            {
                var pte = PtepGet(other);
                var pte2 = PtepGet(ptep);
                Use(pte.Value + pte2.Value + pte2.Value);
            }
        """);

    [Fact]
    public Task Where_the_first_read_is_guarded_the_snapshot_is_a_pattern_variable() => VerifyMembers(
        """
            bool Guarded(Pte* p) => p != null && [|p->IsPresent|] && [|p->IsDirty|];

            bool Nested(Pte* p, bool force) => force || (p != null && ([|p->IsPresent|] || [|p->IsDirty|]));

            void Condition(Pte* p, Pte* q)
            {
                if (p != null && [|p->IsPresent|] && [|p->IsDirty|])
                    Use(0);

                while ([|p->IsPresent|] || [|p->IsDirty|])
                    p++;

                do
                    p++;
                while ([|p->IsPresent|] && ![|p->IsDirty|]);

                for (; [|p->IsPresent|] && [|p->IsDirty|]; p++)
                    Use(1);
            }

            ulong Choice(Pte* p) => [|p->IsPresent|] ? [|p->Pfn|] : 0;

            void InLambda(Pte* p)
            {
                Func<bool> f = () => [|p->IsPresent|] && [|p->IsDirty|];
                Func<bool> g = () => !([|p->IsPresent|] && [|p->IsDirty|]);
                Debug.Assert([|p->IsPresent|] == [|p->IsDirty|]);
            }

            void ElseIf(Pte* p, int x)
            {
                if (x == 0)
                    Use(0);
                else if ([|p->IsPresent|] && [|p->IsDirty|])
                    Use(1);
            }
        """,
        """
            bool Guarded(Pte* p) => p != null && PtepGet(p) is var pte && pte.IsPresent && pte.IsDirty;

            bool Nested(Pte* p, bool force) => force || (p != null && PtepGet(p) is var pte && (pte.IsPresent || pte.IsDirty));

            void Condition(Pte* p, Pte* q)
            {
                if (p != null && PtepGet(p) is var pte && pte.IsPresent && pte.IsDirty)
                    Use(0);

                while (PtepGet(p) is var pte2 && (pte2.IsPresent || pte2.IsDirty))
                    p++;

                do
                    p++;
                while (PtepGet(p) is var pte3 && pte3.IsPresent && !pte3.IsDirty);

                for (; PtepGet(p) is var pte4 && pte4.IsPresent && pte4.IsDirty; p++)
                    Use(1);
            }

            ulong Choice(Pte* p) => PtepGet(p) is var pte && pte.IsPresent ? pte.Pfn : 0;

            void InLambda(Pte* p)
            {
                Func<bool> f = () => PtepGet(p) is var pte && pte.IsPresent && pte.IsDirty;
                Func<bool> g = () => !(PtepGet(p) is var pte && pte.IsPresent && pte.IsDirty);
                Debug.Assert(PtepGet(p) is var pte2 && pte2.IsPresent == pte2.IsDirty);
            }

            void ElseIf(Pte* p, int x)
            {
                if (x == 0)
                    Use(0);
                else if (PtepGet(p) is var pte && pte.IsPresent && pte.IsDirty)
                    Use(1);
            }
        """);

    [Fact]
    public Task A_lone_statement_gets_a_block() => VerifyMembers(
        """
            void F(Pte* p, int x)
            {
                if (x > 0)
                    // Why.
                    Both([|*p|], [|*p|]); // And so.
                else
                    Both([|*p|], [|*p|]);

                if (x > 1) Both([|*p|], [|*p|]);

                while (x > 2) x += Sum([|*p|],
                    [|*p|]);

                if (x > 3)
                    Use(0);
                else if ([|p->IsPresent|])
                    Use(1);
                else if ([|p->IsDirty|])
                    Use(2);

            again:
                Both([|*p|], [|*p|]);
                switch (x)
                {
                    case 1:
                        Both([|p[1]|], [|p[1]|]);
                        goto again;
                }

                x++; Both([|p[2]|], [|p[2]|]);
            }
        """,
        """
            void F(Pte* p, int x)
            {
                if (x > 0)
                {
                    // Why.
                    var pte = PtepGet(p);
                    Both(pte, pte); // And so.
                }
                else
                {
                    var pte = PtepGet(p);
                    Both(pte, pte);
                }

                if (x > 1)
                {
                    var pte = PtepGet(p);
                    Both(pte, pte);
                }

                while (x > 2)
                {
                    var pte = PtepGet(p);
                    x += Sum(pte,
                        pte);
                }

                if (x > 3)
                    Use(0);
                else
                {
                    var pte = PtepGet(p);
                    if (pte.IsPresent)
                        Use(1);
                    else if (pte.IsDirty)
                        Use(2);
                }

            again:
                var pte2 = PtepGet(p);
                Both(pte2, pte2);
                switch (x)
                {
                    case 1:
                        var pte = PtepGet(&p[1]);
                        Both(pte, pte);
                        goto again;
                }

                x++; var pte3 = PtepGet(&p[2]); Both(pte3, pte3);
            }
        """);

    [Fact]
    public Task A_read_that_is_converted_already_joins_the_snapshot() => VerifyMembers(
        """
            bool F(Pte* ptep)
            {
                if (PtepGet(ptep).IsPresent && [|ptep->IsDirty|])
                    return true;

                return false;
            }

            bool G(Pte* ptep)
            {
                return ptep != null && PtepGet(ptep).IsPresent && [|ptep->IsDirty|];
            }
        """,
        """
            bool F(Pte* ptep)
            {
                var pte = PtepGet(ptep);
                if (pte.IsPresent && pte.IsDirty)
                    return true;

                return false;
            }

            bool G(Pte* ptep)
            {
                return ptep != null && PtepGet(ptep) is var pte && pte.IsPresent && pte.IsDirty;
            }
        """);

    private static Task VerifyUnchanged(string members) => VerifyMembers(members, members);

    private static Task VerifyMembers(string before, string after) =>
        Verify.FixAsync<DirectEntryReadAnalyzer, DirectEntryReadFix>(InClass(before), InClass(after));

    private static string InClass(string members) => $$"""
        using System;
        using System.Diagnostics;
        using static Paging;

        unsafe class C
        {
        {{members}}

            void Use(ulong x) { }
            void Both(Pte a, Pte b) { }
            int Sum(Pte a, Pte b) => 0;
            int Reset(Pte* p) => 0;
            struct Range { public ulong First, Last; }
        }
        """;
}
