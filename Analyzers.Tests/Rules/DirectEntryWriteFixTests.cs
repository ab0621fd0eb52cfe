using Microsoft.CodeAnalysis.Testing;
using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public class DirectEntryWriteFixTests
{
    private const string RawKeys = """
        pteguard.raw_entry_pointers = ulong*, uint*
        pteguard.entry_pointer_names = ^(pml4|pdpt?|pd|pt|table)$
        pteguard.read_accessor = Paging.Read
        pteguard.write_accessor = Paging.Write
        pteguard.modify_accessor = Paging.Update
        """;

    [Fact]
    public Task A_store_becomes_a_call_of_the_writer() => VerifyMembers(
        """
            void F(Pte* p, Pte* q, Pmd* pmd, int i, ulong v)
            {
                [|*p = default|];
                [|*p = new Pte(v)|];
                [|*p = new(v)|];
                [|*p = new Pte { Value = v }|];
                [|p[i] = *q|];
                [|p[i++] = *q++|];
                [|*p++ = default|];
                [|(*p) = default|]; // kept
                [|p->Value = v|];
                [|p[i].Value = v + 1|];
                [|(*pmd).Value = v|];
                [|*(ulong*)p = v|];
                [|*p /* target */ = /* value */ *q|];
                for ([|*p = default|]; i > 0; [|*q = default|])
                    [|*p = i > 1 ? new Pte(v) : default|];
                Action a = () => [|*p = default|];
            }

            void Reference(Pte* p)
            {
                ref Pte r = ref p[3];
                [|r = default|];
            }

            void Body(Pte* p) => [|*p = default|];
        """,
        """
            void F(Pte* p, Pte* q, Pmd* pmd, int i, ulong v)
            {
                SetPte(p, default);
                SetPte(p, new Pte(v));
                SetPte(p, new(v));
                SetPte(p, new Pte { Value = v });
                SetPte(&p[i], *q);
                SetPte(&p[i++], *q++);
                SetPte(p++, default);
                SetPte(p, default); // kept
                SetPte(p, new Pte { Value = v });
                SetPte(&p[i], new Pte { Value = v + 1 });
                SetPmd(pmd, new Pmd { Value = v });
                SetPte(p, new Pte { Value = v });
                /* target */ SetPte(p, /* value */ *q);
                for (SetPte(p, default); i > 0; SetPte(q, default))
                    SetPte(p, i > 1 ? new Pte(v) : default);
                Action a = () => SetPte(p, default);
            }

            void Reference(Pte* p)
            {
                ref Pte r = ref p[3];
                SetPte(&p[3], default);
            }

            void Body(Pte* p) => SetPte(p, default);
        """);

    [Fact]
    public Task A_change_becomes_a_call_of_the_modifier_with_a_function() => VerifyMembers(
        """
            const ulong Flag = 4;

            void F(Pte* p, Pte* q, int i, ulong x, Pte pte)
            {
                [|*p = (*p).MkOld()|];
                [|*p = p->MkOld().MkDirty()|];
                [|*p = PtepGet(p).MkOld()|];
                [|*p = *p with { Value = x }|];
                [|*p |= Flag|];
                [|*p |= x|];
                [|p->Young = false|];
                [|p[i].Young = x > 1|];
                [|p->Clear()|];
                [|p++->Clear()|];
                [|p->Value |= Flag|];
                [|p->Value++|];
                [|*p = new Pte((*p).Value | x)|];
            }

            void Body(Pte* p) => [|p->Young = false|];
        """,
        """
            const ulong Flag = 4;

            void F(Pte* p, Pte* q, int i, ulong x, Pte pte)
            {
                PtepModify(p, static old => old.MkOld());
                PtepModify(p, static old => old.MkOld().MkDirty());
                PtepModify(p, static old => old.MkOld());
                PtepModify(p, old => old with { Value = x });
                PtepModify(p, static old => old | Flag);
                PtepModify(p, old => old | x);
                PtepModify(p, static e => { e.Young = false; return e; });
                PtepModify(&p[i], e => { e.Young = x > 1; return e; });
                PtepModify(p, static e => { e.Clear(); return e; });
                PtepModify(p++, static e => { e.Clear(); return e; });
                PtepModify(p, static e => { e.Value |= Flag; return e; });
                PtepModify(p, static e => { e.Value++; return e; });
                PtepModify(p, old => new Pte(old.Value | x));
            }

            void Body(Pte* p) => PtepModify(p, static e => { e.Young = false; return e; });
        """);

    [Fact]
    public Task Setting_and_clearing_bits_becomes_a_call_of_the_modifier_with_masks() => Verify.FixAsync<DirectEntryWriteAnalyzer, DirectEntryWriteFix>(
        """
        unsafe class C
        {
            void F(ulong* pt, int i, ulong x, ulong y, uint narrow)
            {
                [|pt[i] = x|];
                [|pt[i] = 0|];
                [|*(pt + i) = x | 1|];
                [|pt[i] |= x|];
                [|pt[i] |= 1|];
                [|pt[i] |= narrow|];
                [|pt[i] &= ~x|];
                [|pt[i] &= ~(x | y)|];
                [|pt[i] &= x|];
                [|pt[i] &= x | y|];
                [|pt[i] &= 0xFFF|];
                [|pt[i] &= ~narrow|];
                [|pt[i] = pt[i] | x|];
                [|pt[i] = (pt[i] & ~x) | y|];
                [|pt[i] = pt[i] & ~0xFFFUL | (x << 12)|];
                [|pt[0] = x | *pt|];
                [|pt[i] |= pt[i + 1]|];
            }
        }
        """,
        """
        unsafe class C
        {
            void F(ulong* pt, int i, ulong x, ulong y, uint narrow)
            {
                Paging.Write(&pt[i], x);
                Paging.Write(&pt[i], 0);
                Paging.Write(pt + i, x | 1);
                Paging.Update(&pt[i], 0, x);
                Paging.Update(&pt[i], 0, 1);
                Paging.Update(&pt[i], 0, narrow);
                Paging.Update(&pt[i], x, 0);
                Paging.Update(&pt[i], x | y, 0);
                Paging.Update(&pt[i], ~x, 0);
                Paging.Update(&pt[i], ~(x | y), 0);
                Paging.Update(&pt[i], ~(ulong)0xFFF, 0);
                Paging.Update(&pt[i], ~(ulong)(~narrow), 0);
                Paging.Update(&pt[i], 0, x);
                Paging.Update(&pt[i], x, y);
                Paging.Update(&pt[i], 0xFFFUL, x << 12);
                Paging.Update(&pt[0], 0, x);
                Paging.Update(&pt[i], 0, pt[i + 1]);
            }
        }
        """,
        RawKeys);

    [Fact]
    public Task A_store_inside_a_store_is_used_as_a_value_and_stays() => VerifyMembers(
        """
            void F(Pte* p, Pte* q) => [|*p = [|*q = default|]|];
        """,
        """
            void F(Pte* p, Pte* q) => SetPte(p, [|*q = default|]);
        """,
        test => test.FixedState.MarkupHandling = MarkupMode.Allow);

    [Fact]
    public Task Where_no_call_means_the_same_there_is_no_fix() => VerifyUnchanged(
        """
            ulong _field;

            Pte F(Pte* p, Pte* q, Pmd* pmd, BareEntry* bare, int i, ref ulong byRef)
            {
                // The value is used.
                var x = [|*p = default|];
                Func<Pte> f = () => [|*p = default|];

                // No modifier, or no accessor at all.
                [|pmd->Value |= 1|];
                [|bare->Low = 1|];

                // A function may run several times, later, elsewhere.
                [|*p |= _field|];
                [|*p |= byRef|];
                [|*p |= q->Value|];
                [|*p = Next(*p)|];
                [|*p = new Pte((*p).Value | (ulong)i++)|];
                [|*Other() = Other()->MkOld()|];
                ulong local = 1;
                ulong* address = &local;
                [|*p |= local|];
                ([|*p|], i) = (default, 1);
                return [|*q = x|];
            }

            static Pte* Other() => null;
            static Pte Next(Pte pte) => pte;
        """);

    [Fact]
    public Task Without_masks_that_fit_there_is_no_fix()
    {
        const string Source = """
            unsafe class C
            {
                void F(ulong* pt, int i, ulong x)
                {
                    [|pt[i] ^= x|];
                    [|pt[i] += x|];
                    [|pt[i]++|];
                    [|pt[i] = (pt[i] | x) & 3|];
                    [|pt[i] = pt[i] << 1|];
                    var old = [|pt[i] |= x|];
                }
            }
            """;
        return Verify.FixAsync<DirectEntryWriteAnalyzer, DirectEntryWriteFix>(Source, Source, RawKeys);
    }

    [Fact]
    public Task Comments_are_kept_once() => VerifyMembers(
        """
            void F(Pte* p, Pte v, bool c)
            {
                [|*p = /* new */ v|] /* behind */; // end
                [|p[0] /* first */ = v|];
                [|p[1] // line
                    = v|];
                [|*p /* a */ = /* b */ (*p).MkOld()|] /* c */;
                [|p->Young = // why
                    c|]; // end
            }
        """,
        """
            void F(Pte* p, Pte v, bool c)
            {
                SetPte(p, /* new */ v) /* behind */; // end
                /* first */ SetPte(&p[0], v);
                // line
                SetPte(&p[1], v);
                /* a */ /* b */ PtepModify(p, static old => old.MkOld()) /* c */;
                PtepModify(p, e => { e.Young = // why
                    c; return e; }); // end
            }
        """);

    [Fact]
    public Task Between_directives_there_is_no_fix() => VerifyUnchanged(
        """
            void F(Pte* p, Pte v)
            {
                [|*p =
        #if RESET
                    default
        #else
                    v|]
        #endif
                    ;
                [|*p =
        #pragma warning disable CS0219
                    v|];
        #pragma warning restore CS0219
            }
        """);

    [Fact]
    public Task An_action_stays_an_action() => VerifyMembers(
        """
            void Run(Action action) { }
            void Either(Action action) { }
            void Either(Func<Pte> function) { }

            void F(Pte* p)
            {
                Action typed = () => [|p->Clear()|];
                var natural = () => [|p->Clear()|];
                natural = () => { };
                Run(() => [|p->Clear()|]);
                Either(() => [|p->Clear()|]);
            }
        """,
        """
            void Run(Action action) { }
            void Either(Action action) { }
            void Either(Func<Pte> function) { }

            void F(Pte* p)
            {
                Action typed = () => PtepModify(p, static e => { e.Clear(); return e; });
                var natural = () => [|p->Clear()|];
                natural = () => { };
                Run(() => PtepModify(p, static e => { e.Clear(); return e; }));
                Either(() => [|p->Clear()|]);
            }
        """,
        test => test.FixedState.MarkupHandling = MarkupMode.Allow);

    [Fact]
    public Task Masks_are_evaluated_in_the_order_of_the_source()
    {
        const string Source = """
            unsafe class C
            {
                static ulong Next() => 0;
                static ulong Last() => 0;
                void F(ulong* pt, int i, ulong x)
                {
                    [|pt[i] = (pt[i] & Next()) | Last()|];
                    [|pt[i] = x | (pt[i] & ~1ul)|];
                    [|pt[i] = Next() | (pt[i] & Last())|];
                    [|pt[i] = x | (pt[i] & (x = 1))|];
                    [|pt[i] = (ulong)(i = 2) | pt[i]|];
                }
            }
            """;
        return Verify.FixAsync<DirectEntryWriteAnalyzer, DirectEntryWriteFix>(
            Source,
            Source.Replace("[|pt[i] = (pt[i] & Next()) | Last()|]", "Paging.Update(&pt[i], ~Next(), Last())").Replace("[|pt[i] = x | (pt[i] & ~1ul)|]", "Paging.Update(&pt[i], 1ul, x)"),
            RawKeys,
            test => test.FixedState.MarkupHandling = MarkupMode.Allow);
    }

    private static Task VerifyUnchanged(string members) => VerifyMembers(members, members);

    private static Task VerifyMembers(string before, string after, Action<Verify.CodeFixVerifierTest<DirectEntryWriteAnalyzer, DirectEntryWriteFix>>? configure = null) =>
        Verify.FixAsync(InClass(before), InClass(after), configure: configure);

    private static string InClass(string members) => $$"""
        using System;
        using static Paging;

        unsafe class C
        {
        {{members}}
        }
        """;
}
