using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

/// <summary>PTE0001's fix where a statement reads an entry to decide, and again to do what it decided.</summary>
public partial class DirectEntryReadDecisionTests
{
    [Fact]
    public Task A_method_of_the_entry_is_called_on_the_snapshot_too() => VerifyMembers(
        """
            string Holes(Pte* ptep)
            {
                return $"{[|ptep->MkOld|]().Value} and {[|ptep->Wrprotect|]().Pfn}";
            }
        """,
        """
            string Holes(Pte* ptep)
            {
                var pte = PtepGet(ptep);
                return $"{pte.MkOld().Value} and {pte.Wrprotect().Pfn}";
            }
        """);

    [Fact]
    public Task What_branches_do_shares_the_snapshot_of_the_condition() => VerifyMembers(
        """
            void If(Pte* table, int i)
            {
                if ([|table[i]|].IsPresent) new Page([|table[i]|].Pfn).Put();
            }

            void Throw(Pte* entry)
            {
                if (([|entry->Value|] & 1) != 0)
                    throw new InvalidOperationException($"at {[|entry->Value|] & 0xFFF:x}");
            }

            string Chain(Pte* ptep)
            {
                if ([|ptep->IsNone|])
                    return "none";
                else if (![|ptep->IsPresent|])
                    return "swap " + [|ptep->Value|];
                else if ([|ptep->IsDirty|])
                    return $"dirty {[|ptep->Pfn|]}";

                return "clean";
            }

            void Switch(Pte* pte)
            {
                switch ([|*pte|])
                {
                    case { IsNone: true }:
                        break;
                    case { IsPresent: true } when [|pte->IsDirty|]:
                        Use([|pte->Pfn|]);
                        break;
                    default:
                        Use([|pte->Value|]);
                        break;
                }
            }

            void Loops(Pte* p, Pte* end)
            {
                while ([|p->IsPresent|])
                {
                    Use([|p->Pfn|]);
                    p++;
                }

                for (; p < end && [|p->IsPresent|]; p++)
                    Use([|p->Pfn|]);
            }

            void Nested(Pte* p, Pte* q)
            {
                if ([|p->IsPresent|])
                {
                    if ([|p->Value|] == [|q->Value|] && [|q->IsDirty|])
                        Use([|q->Pfn|]);
                }
            }
        """,
        """
            void If(Pte* table, int i)
            {
                var entry = PtepGet(&table[i]);
                if (entry.IsPresent) new Page(entry.Pfn).Put();
            }

            void Throw(Pte* entry)
            {
                var value = PtepGet(entry);
                if ((value.Value & 1) != 0)
                    throw new InvalidOperationException($"at {value.Value & 0xFFF:x}");
            }

            string Chain(Pte* ptep)
            {
                var pte = PtepGet(ptep);
                if (pte.IsNone)
                    return "none";
                else if (!pte.IsPresent)
                    return "swap " + pte.Value;
                else if (pte.IsDirty)
                    return $"dirty {pte.Pfn}";

                return "clean";
            }

            void Switch(Pte* pte)
            {
                var pteval = PtepGet(pte);
                switch (pteval)
                {
                    case { IsNone: true }:
                        break;
                    case { IsPresent: true } when pteval.IsDirty:
                        Use(pteval.Pfn);
                        break;
                    default:
                        Use(pteval.Value);
                        break;
                }
            }

            void Loops(Pte* p, Pte* end)
            {
                while (PtepGet(p) is var pte && pte.IsPresent)
                {
                    Use(pte.Pfn);
                    p++;
                }

                for (; p < end && PtepGet(p) is var pte2 && pte2.IsPresent; p++)
                    Use(pte2.Pfn);
            }

            void Nested(Pte* p, Pte* q)
            {
                var pte = PtepGet(p);
                if (pte.IsPresent)
                {
                    var pte2 = PtepGet(q);
                    if (pte.Value == pte2.Value && pte2.IsDirty)
                        Use(pte2.Pfn);
                }
            }
        """);

    [Fact]
    public Task Where_the_condition_guards_the_first_read_the_snapshot_holds_on_the_way_to_the_others() => VerifyMembers(
        """
            void F(Pte* p, bool force)
            {
                if (p != null && [|p->IsPresent|])
                    Use([|p->Pfn|]);

                if (p == null || ![|p->IsPresent|])
                    Use(0);
                else
                    Use([|p->Pfn|]);

                // Whatever comes of the condition, the entry is read.
                if (force || [|p->IsDirty|])
                    Use([|p->Pfn|]);

                if (force && [|p->IsDirty|])
                    Use(0);
                else
                    Use([|p->Pfn|]);
            }
        """,
        """
            void F(Pte* p, bool force)
            {
                if (p != null && PtepGet(p) is var pte && pte.IsPresent)
                    Use(pte.Pfn);

                if (p == null || !(PtepGet(p) is var pte2 && pte2.IsPresent))
                    Use(0);
                else
                    Use(pte2.Pfn);

                // Whatever comes of the condition, the entry is read.
                var pte3 = PtepGet(p);
                if (force || pte3.IsDirty)
                    Use(pte3.Pfn);

                var pte4 = PtepGet(p);
                if (force && pte4.IsDirty)
                    Use(0);
                else
                    Use(pte4.Pfn);
            }
        """);

    [Fact]
    public Task Where_no_snapshot_holds_on_every_way_there_is_no_fix()
    {
        const string Members = """
            void F(Pte* p, Pte* end, bool b)
            {
                while (p < end || [|p->IsDirty|])
                    Use([|p->Pfn|]);

                if (b && [|p->IsPresent|])
                    Use([|p->Pfn|]);
                else if (b)
                    Use([|p->Value|]);
            }
            """;
        return VerifyMembers(Members, Members);
    }

    [Fact]
    public Task A_snapshot_and_its_reads_stay_on_one_side_of_conditional_compilation()
    {
        const string Members = """
            void F(Pte* p, ulong x)
            {
                if (x > 1)
            #if OTHER
                    Use(1);
            #else
                    Use([|p->Pfn|] + [|p->Value|]);
            #endif

            #if OTHER
                if (x == 0)
            #else
                if ([|p->IsPresent|])
            #endif
                    Use([|p->Value|]);
            }
            """;
        return VerifyMembers(Members, Members);
    }

    private static Task VerifyMembers(string before, string after) =>
        Verify.FixAsync<DirectEntryReadAnalyzer, DirectEntryReadFix>(InClass(before), InClass(after));

    private static string InClass(string members) => $$"""
        using System;
        using static Paging;

        unsafe class C
        {
        {{members}}

            static readonly object s_lock = new();
            static ulong s_sink;
            static bool IsGood(Pte pte) => pte.Value > 3;
            void Use(ulong x) { s_sink = x; }
            public static explicit operator ulong(C c) => s_sink++;
            struct Page { public Page(ulong pfn) { } public void Put() { } }
        }
        """;
}
