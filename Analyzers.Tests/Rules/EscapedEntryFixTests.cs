using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public class EscapedEntryFixTests
{
    [Fact]
    public Task What_is_only_read_is_passed_as_a_snapshot() => VerifyMembers(
        """
            void F(Pte* ptep, Pte* q, ulong x, int i)
            {
                ByIn(in [|*ptep|]);
                ByIn(in [|ptep[i]|]);
                Word(in [|q->Value|]);
                Word(in [|ptep[1]|].Value);
                Word(in [|*(ulong*)q|]);
                ReadOnly(in [|*ptep|]);
                ReadOnly(ref [|*ptep|]);
                ref Pte r = ref ptep[3];
                ByIn(in [|r|]);
                x += Sum(x, in [|*ptep|]);
                var made = new Reader(in [|*ptep|]);
            }
        """,
        """
            void F(Pte* ptep, Pte* q, ulong x, int i)
            {
                var pte = PtepGet(ptep);
                ByIn(in pte);
                var pte2 = PtepGet(&ptep[i]);
                ByIn(in pte2);
                var pte3 = PtepGet(q);
                Word(in pte3.Value);
                var pte4 = PtepGet(&ptep[1]);
                Word(in pte4.Value);
                var pte5 = PtepGet(q);
                Word(in pte5.Value);
                var pte6 = PtepGet(ptep);
                ReadOnly(in pte6);
                var pte7 = PtepGet(ptep);
                ReadOnly(ref pte7);
                ref Pte r = ref ptep[3];
                var pte8 = PtepGet(&ptep[3]);
                ByIn(in pte8);
                var pte9 = PtepGet(ptep);
                x += Sum(x, in pte9);
                var pte10 = PtepGet(ptep);
                var made = new Reader(in pte10);
            }
        """);

    [Fact]
    public Task Several_arguments_keep_their_order_and_the_same_entry_is_read_once() => VerifyMembers(
        """
            void F(Pte* p, Pte* q)
            {
                Both(in [|*p|], in [|*q|]);
                Both(in [|*p|], in [|*p|]);
            }
        """,
        """
            void F(Pte* p, Pte* q)
            {
                var pte = PtepGet(p);
                var pte2 = PtepGet(q);
                Both(in pte, in pte2);
                var pte3 = PtepGet(p);
                Both(in pte3, in pte3);
            }
        """);

    [Fact]
    public Task A_lone_statement_gets_braces() => VerifyMembers(
        """
            void F(Pte* p, bool c)
            {
                if (c)
                    ByIn(in [|*p|]); // a comment
            }
        """,
        """
            void F(Pte* p, bool c)
            {
                if (c)
                {
                    var pte = PtepGet(p);
                    ByIn(in pte); // a comment
                }
            }
        """);

    [Theory]
    [InlineData("x = Sum(Next(), in [|*p|]);", "x = Sum(Next(), PtepGet(p));")]
    [InlineData("ByIn(in [|*p++|]);", "ByIn(PtepGet(p++));")]
    [InlineData("ByIn(in [|*Find()|]);", "ByIn(PtepGet(Find()));")]
    [InlineData("ByIn(e: in [|*Find()|]);", "ByIn(e: PtepGet(Find()));")]
    [InlineData("ByIn(/* the entry */ in [|*Find()|]);", "ByIn(/* the entry */ PtepGet(Find()));")]
    [InlineData("Word(in [|Find()->Value|]);", "Word(PtepGet(Find()).Value);")]
    [InlineData("if (c && Is(in [|*p|])) return;", "if (c && Is(PtepGet(p))) return;")]
    [InlineData("while (Is(in [|*p|])) { }", "while (Is(PtepGet(p))) { }")]
    [InlineData("Func<bool> f = () => Is(in [|*p|]);", "Func<bool> f = () => Is(PtepGet(p));")]
    [InlineData("x = c ? Sum(1, in [|*p|]) : 0;", "x = c ? Sum(1, PtepGet(p)) : 0;")]
    [InlineData("bool Local() => Is(in [|*p|]);", "bool Local() => Is(PtepGet(p));")]
    [InlineData("_ = new Reader(in [|*Find()|]);", "_ = new Reader(PtepGet(Find()));")]
    public Task Where_no_local_fits_the_value_itself_is_passed(string before, string after) => VerifyBody(before, after);

    [Theory]
    [InlineData("ByRef(ref [|*p|]);")]
    [InlineData("ByOut(out [|*p|]);")]
    [InlineData("Take([|new Span<Pte>(p, 4)|]);")]
    [InlineData("ref readonly Pte r = ref Same(in [|*p|]);")]
    [InlineData("var h = new Holder(in [|*p|]);")]
    [InlineData("Holder h = default; h.Keep(in [|*p|]);")]
    [InlineData("Spin(in [|*p|]);")]
    [InlineData("WithPointer(in [|*p|], p);")]
    [InlineData("After(in [|*p|], Next());")]
    [InlineData("After(in [|*p|], x++);")]
    [InlineData("Overloaded(in [|*Find()|]);")]
    [InlineData("ReadOnly(in [|*Find()|]);")]
    [InlineData("ByBare(in [|*bare|]);")]
    [InlineData("Word32(in [|*(uint*)p|]);")]
    [InlineData("ByIn(in [|new Span<Pte>(p, 4)[0]|]);")]
    [InlineData("ByIn(\n#if OTHER\n in [|*q|]\n#else\n in [|*p|]\n#endif\n );")]
    [InlineData("dynamic d = null; d.M(ref [|*p|]);")]
    public Task Where_a_copy_may_not_serve_there_is_no_fix(string body)
    {
        body = body.Replace("#if OTHER\n in [|*q|]", "#if OTHER\n in *q", StringComparison.Ordinal);
        return VerifyBody(body, body);
    }

    [Fact]
    public Task The_reader_is_qualified_where_its_name_means_something_else() => VerifyMembers(
        """
            void F(Pte* p) => ByIn(in [|*p|]);

            Pte PtepGet(Pte* p) => default;
        """,
        """
            void F(Pte* p) => ByIn(Paging.PtepGet(p));

            Pte PtepGet(Pte* p) => default;
        """);

    [Fact]
    public Task A_raw_word_is_passed_as_its_reader_gives_it() => VerifyMembers(
        """
            [EntryPointer(typeof(Paging), Read = nameof(Paging.Read))] ulong* table;
            void F(int i)
            {
                Word(in [|table[i]|]);
            }
        """,
        """
            [EntryPointer(typeof(Paging), Read = nameof(Paging.Read))] ulong* table;
            void F(int i)
            {
                var entry = Read(&table[i]);
                Word(in entry);
            }
        """);

    private static Task VerifyBody(string before, string after) => Verify.FixAsync<EscapedEntryAnalyzer, EscapedEntryFix>(InBody(before), InBody(after));

    private static Task VerifyMembers(string before, string after) => Verify.FixAsync<EscapedEntryAnalyzer, EscapedEntryFix>(InClass(before), InClass(after));

    private static string InBody(string body) => InClass($$"""
            void F(Pte* p, Pte* q, BareEntry* bare, ulong x, bool c)
            {
                {{body}}
            }
        """);

    private static string InClass(string members) => $$"""
        using System;
        using PteGuard;
        using static Paging;

        unsafe class C
        {
        {{members}}

            ref struct Holder { public Holder(in Pte e) { } public void Keep(in Pte e) { } }
            class Reader { public Reader(in Pte e) { } }
            static Pte* Find() => null;
            static ulong Next() => 0;
            static void ByIn(in Pte e) { }
            static void ByRef(ref Pte e) { }
            static void ByOut(out Pte e) { e = default; }
            static void ByBare(in BareEntry e) { }
            static void ReadOnly(ref readonly Pte e) { }
            static void Word(in ulong e) { }
            static void Word32(in uint e) { }
            static void Both(in Pte a, in Pte b) { }
            static void After(in Pte e, ulong x) { }
            static void WithPointer(in Pte e, Pte* p) { }
            static void Take(Span<Pte> e) { }
            static void Overloaded(in Pte e) { }
            static void Overloaded(Pte e) { }
            static ulong Sum(ulong x, in Pte e) => x;
            static bool Is(in Pte e) => true;
            static ref readonly Pte Same(in Pte e) => ref e;
            static void Spin(in Pte e) { while (e.IsNone) { } }
        }
        """;
}
