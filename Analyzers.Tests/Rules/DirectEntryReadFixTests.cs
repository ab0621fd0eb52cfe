using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public class DirectEntryReadFixTests
{
    private const string RawKeys = """
        pteguard.raw_entry_pointers = ulong*, uint*
        pteguard.entry_pointer_names = ^(pml4|pdpt?|pd|pt|table)$
        pteguard.read_accessor = Paging.Read
        pteguard.write_accessor = Paging.Write
        pteguard.modify_accessor = Paging.Update
        """;

    [Theory]
    [InlineData("var e = [|*p|];", "var e = Paging.PtepGet(p);")]
    [InlineData("var e = [|p[1]|];", "var e = Paging.PtepGet(&p[1]);")]
    [InlineData("var e = [|p[i]|];", "var e = Paging.PtepGet(&p[i]);")]
    [InlineData("var e = [|p[i++]|];", "var e = Paging.PtepGet(&p[i++]);")]
    [InlineData("var e = [|*p++|];", "var e = Paging.PtepGet(p++);")]
    [InlineData("var e = [|*++p|];", "var e = Paging.PtepGet(++p);")]
    [InlineData("var e = [|*(p + i)|];", "var e = Paging.PtepGet(p + i);")]
    [InlineData("var e = ([|*p|]);", "var e = (Paging.PtepGet(p));")]
    [InlineData("var e = checked([|*p|]);", "var e = checked(Paging.PtepGet(p));")]
    [InlineData("var e = i > 0 ? [|*p|] : [|*q|];", "var e = i > 0 ? Paging.PtepGet(p) : Paging.PtepGet(q);")]
    [InlineData("var e = [|p->IsPresent|];", "var e = Paging.PtepGet(p).IsPresent;")]
    [InlineData("var e = ([|*p|]).IsPresent;", "var e = Paging.PtepGet(p).IsPresent;")]
    [InlineData("var e = [|p[i]|].Value;", "var e = Paging.PtepGet(&p[i]).Value;")]
    [InlineData("var e = [|p->MkOld|]();", "var e = Paging.PtepGet(p).MkOld();")]
    [InlineData("var e = [|p->Value|].CompareTo(1UL);", "var e = Paging.PtepGet(p).Value.CompareTo(1UL);")]
    [InlineData("var e = [|p->Value|] is 1 or 3;", "var e = Paging.PtepGet(p).Value is 1 or 3;")]
    [InlineData("var e = [|*p|] is { IsPresent: true, IsDirty: false };", "var e = Paging.PtepGet(p) is { IsPresent: true, IsDirty: false };")]
    [InlineData("var e = [|*p|] switch { { IsPresent: true } => 1, _ => 2 };", "var e = Paging.PtepGet(p) switch { { IsPresent: true } => 1, _ => 2 };")]
    [InlineData("var e = [|*p|] with { Value = 1 };", "var e = Paging.PtepGet(p) with { Value = 1 };")]
    [InlineData("var e = [|*p|] == [|*q|];", "var e = Paging.PtepGet(p) == Paging.PtepGet(q);")]
    [InlineData("var e = $\"{[|*p|]} and {[|q->Value|]:x}\";", "var e = $\"{Paging.PtepGet(p)} and {Paging.PtepGet(q).Value:x}\";")]
    [InlineData("object e = [|*p|];", "object e = Paging.PtepGet(p);")]
    [InlineData("_ = [|*p|];", "_ = Paging.PtepGet(p);")]
    [InlineData("Pte[] e = [[|*p|], [|*q|]];", "Pte[] e = [Paging.PtepGet(p), Paging.PtepGet(q)];")]
    [InlineData("Func<bool> e = () => [|p->IsPresent|];", "Func<bool> e = () => Paging.PtepGet(p).IsPresent;")]
    [InlineData("var e = *&i + (int)([|*(Pte*)address|]).Value;", "var e = *&i + (int)Paging.PtepGet((Pte*)address).Value;")]
    [InlineData("var e = [|*(ulong*)p|];", "var e = Paging.PtepGet(p).Value;")]
    [InlineData("var e = [|**pp|];", "var e = Paging.PtepGet(*pp);")]
    [InlineData("var e = [|pp[i]->Value|];", "var e = Paging.PtepGet(pp[i]).Value;")]
    [InlineData("var e = [|(*pp)->Value|];", "var e = Paging.PtepGet(*pp).Value;")]
    [InlineData("*p = [|*q|];", "*p = Paging.PtepGet(q);")]
    [InlineData("SetBoth([|*p|], [|*q|]);", "SetBoth(Paging.PtepGet(p), Paging.PtepGet(q));")]
    [InlineData("ref Pte r = ref *p; var e = [|r|].Value;", "ref Pte r = ref *p; var e = Paging.PtepGet(p).Value;")]
    [InlineData("var e = [|Unsafe.Read<Pte>(p)|];", "var e = Paging.PtepGet(p);")]
    [InlineData("if (i > 0) M([|*p|], 0);", "if (i > 0) M(Paging.PtepGet(p), 0);")]
    [InlineData("for (; [|p->IsPresent|]; p++) { }", "for (; Paging.PtepGet(p).IsPresent; p++) { }")]
    [InlineData("var e = (ulong)([|*p|]).Value;", "var e = (ulong)Paging.PtepGet(p).Value;")]
    [InlineData("var e = !([|*p|]).IsNone;", "var e = !Paging.PtepGet(p).IsNone;")]
    public Task A_read_becomes_a_call_of_the_reader(string before, string after) => VerifyBody(before, after);

    [Fact]
    public Task Raw_entries_are_read_through_the_configured_reader() => Verify.FixAsync<DirectEntryReadAnalyzer, DirectEntryReadFix>(
        """
        unsafe class C
        {
            ulong* pml4;

            ulong Walk(ulong* pd, ulong address, ulong* other)
            {
                var entry = [|pd[(address >> 21) & 511]|];
                if (([|pd[0]|] & 1) == 0)
                    return other[0];

                ulong* table = (ulong*)([|pml4[(int)(address >> 39)]|] & ~0xFFFUL);
                return [|table[[|table[1]|] & 511]|] + (uint)[|*(table + 3)|];
            }
        }
        """,
        """
        unsafe class C
        {
            ulong* pml4;

            ulong Walk(ulong* pd, ulong address, ulong* other)
            {
                var entry = Paging.Read(&pd[(address >> 21) & 511]);
                if ((Paging.Read(&pd[0]) & 1) == 0)
                    return other[0];

                ulong* table = (ulong*)(Paging.Read(&pml4[(int)(address >> 39)]) & ~0xFFFUL);
                return Paging.Read(&table[Paging.Read(&table[1]) & 511]) + (uint)Paging.Read(table + 3);
            }
        }
        """,
        RawKeys);

    [Fact]
    public Task The_reader_is_qualified_where_its_name_means_something_else() => Verify.FixAsync<DirectEntryReadAnalyzer, DirectEntryReadFix>(
        """
        using static Paging;

        unsafe class Inherits
        {
            Pte F(Pte* p) => [|*p|];
        }

        unsafe class HasItsOwn
        {
            static Pte PtepGet(Pte* p) => default;
            Pte F(Pte* p) => [|*p|];
            Pmd G(Pmd* p) => [|*p|];
        }

        unsafe class HasALocal
        {
            Pte F(Pte* p)
            {
                var PtepGet = [|*p|];
                return PtepGet;
            }
        }
        """,
        """
        using static Paging;

        unsafe class Inherits
        {
            Pte F(Pte* p) => PtepGet(p);
        }

        unsafe class HasItsOwn
        {
            static Pte PtepGet(Pte* p) => default;
            Pte F(Pte* p) => Paging.PtepGet(p);
            Pmd G(Pmd* p) => PmdpGet(p);
        }

        unsafe class HasALocal
        {
            Pte F(Pte* p)
            {
                var PtepGet = Paging.PtepGet(p);
                return PtepGet;
            }
        }
        """);

    [Fact]
    public Task Comments_and_white_space_stay() => VerifyMembers(
        """
            bool F(Pte* p, Pte* q, Pte* r)
            {
                /* before */ Use(/* in front */ [|*p|] /* behind */); // end
                Use([|*/* inside */q|]);
                return [|r // wrapped
                    ->IsPresent|];
            }

            Pte G(Pte* p) { return[|*p|]; }
        """,
        """
            bool F(Pte* p, Pte* q, Pte* r)
            {
                /* before */ Use(/* in front */ Paging.PtepGet(p) /* behind */); // end
                Use(Paging.PtepGet(/* inside */q));
                return Paging.PtepGet(r) // wrapped
                    .IsPresent;
            }

            Pte G(Pte* p) { return Paging.PtepGet(p); }
        """);

    [Fact]
    public Task Line_endings_and_tabs_stay()
    {
        const string Before = "unsafe class C\r\n{\r\n\tbool F(Pte* p)\r\n\t{\r\n\t\tif (p != null)\r\n\t\t\treturn [|p->IsPresent|] && [|p->IsDirty|];\r\n\r\n\t\tif (p == null) return ([|p->IsPresent|] == [|p->IsDirty|]);\r\n\t\treturn false;\r\n\t}\r\n}\r\n";
        const string After = "unsafe class C\r\n{\r\n\tbool F(Pte* p)\r\n\t{\r\n\t\tif (p != null)\r\n\t\t{\r\n\t\t\tvar pte = Paging.PtepGet(p);\r\n\t\t\treturn pte.IsPresent && pte.IsDirty;\r\n\t\t}\r\n\r\n\t\tif (p == null)\r\n\t\t{\r\n\t\t\tvar pte = Paging.PtepGet(p);\r\n\t\t\treturn (pte.IsPresent == pte.IsDirty);\r\n\t\t}\r\n\t\treturn false;\r\n\t}\r\n}\r\n";
        return Verify.FixAsync<DirectEntryReadAnalyzer, DirectEntryReadFix>(Before, After);
    }

    [Fact]
    public Task Every_kind_of_body_has_room_for_a_reader() => Verify.FixAsync<DirectEntryReadAnalyzer, DirectEntryReadFix>(
        """
        using System.Collections.Generic;
        using System.Threading.Tasks;

        namespace N;

        unsafe class C(nint address)
        {
            static Pte* s_p;
            Pte _field = [|*s_p|];
            Pte Property => [|*s_p|];
            Pte Initialized { get; } = [|*s_p|];
            Pte this[int i] { get { return [|s_p[i]|]; } }
            C(Pte* p) : this((nint)([|*p|]).Value) => _field = [|*p|];
            ~C() => System.Console.WriteLine([|s_p->Value|]);
            public static implicit operator Pte(C c) => [|*s_p|];

            void Locals(Pte* p)
            {
                Pte Local() => [|*p|];
                Local();
                fixed (Pte* pinned = &_field)
                    System.Console.WriteLine([|pinned->Value|]);
            }
        }

        class D
        {
            async Task<ulong> Async(nint address)
            {
                await Task.Yield();
                unsafe { return [|((Pte*)address)->Value|] + [|((Pte*)address)->Value|]; }
            }
        }
        """,
        """
        using System.Collections.Generic;
        using System.Threading.Tasks;

        namespace N;

        unsafe class C(nint address)
        {
            static Pte* s_p;
            Pte _field = Paging.PtepGet(s_p);
            Pte Property => Paging.PtepGet(s_p);
            Pte Initialized { get; } = Paging.PtepGet(s_p);
            Pte this[int i] { get { return Paging.PtepGet(&s_p[i]); } }
            C(Pte* p) : this((nint)Paging.PtepGet(p).Value) => _field = Paging.PtepGet(p);
            ~C() => System.Console.WriteLine(Paging.PtepGet(s_p).Value);
            public static implicit operator Pte(C c) => Paging.PtepGet(s_p);

            void Locals(Pte* p)
            {
                Pte Local() => Paging.PtepGet(p);
                Local();
                fixed (Pte* pinned = &_field)
                    System.Console.WriteLine(Paging.PtepGet(pinned).Value);
            }
        }

        class D
        {
            async Task<ulong> Async(nint address)
            {
                await Task.Yield();
                unsafe { var pte = Paging.PtepGet((Pte*)address); return pte.Value + pte.Value; }
            }
        }
        """);

#if NEWEST_ROSLYN
    [Fact]
    public Task An_iterator_has_room_between_its_yields() => Verify.FixAsync<DirectEntryReadAnalyzer, DirectEntryReadFix>(
        """
        using System.Collections.Generic;

        class D
        {
            IEnumerable<ulong> Iterator(nint address)
            {
                ulong value;
                unsafe { value = [|((Pte*)address)->Value|]; }
                yield return value;
            }
        }
        """,
        """
        using System.Collections.Generic;

        class D
        {
            IEnumerable<ulong> Iterator(nint address)
            {
                ulong value;
                unsafe { value = Paging.PtepGet((Pte*)address).Value; }
                yield return value;
            }
        }
        """);
#endif

    [Fact]
    public Task Top_level_statements_have_room_too() => Verify.FixAsync<DirectEntryReadAnalyzer, DirectEntryReadFix>(
        """
        unsafe
        {
            Pte* ptep = Other.First;
            if ([|ptep->IsPresent|] && [|ptep->IsDirty|])
                return;
        }

        var value = Other.Value([|Other.First->Value|], [|Other.First->Value|]);

        static unsafe class Other
        {
            public static Pte* First;
            public static int Value(ulong a, ulong b) => 0;
        }
        """,
        """
        unsafe
        {
            Pte* ptep = Other.First;
            var pte = Paging.PtepGet(ptep);
            if (pte.IsPresent && pte.IsDirty)
                return;
        }

        var pte2 = Paging.PtepGet(Other.First);
        var value = Other.Value(pte2.Value, pte2.Value);

        static unsafe class Other
        {
            public static Pte* First;
            public static int Value(ulong a, ulong b) => 0;
        }
        """,
        configure: test =>
        {
            test.TestState.OutputKind = OutputKind.ConsoleApplication;
            test.CompilerDiagnostics = Microsoft.CodeAnalysis.Testing.CompilerDiagnostics.None;
        });

    [Fact]
    public Task Without_a_reader_that_can_be_called_there_is_no_fix()
    {
        const string Source = """
            using System;

            unsafe class C
            {
                static Pte s_entry;

                bool Bare(BareEntry* p) => [|p->IsPresent|];

                void NoAddress(Pte* p, int n)
                {
                    var span = new Span<Pte>(p, n);
                    var first = [|span[0]|];
                    ref Pte moving = ref *p;
                    moving = ref p[1];
                    var second = [|moving|];
                    ref Pte walking = ref *p;
                    p++;
                    var third = [|walking|];
                }

                uint Narrow(Pte* p) => [|*(uint*)p|];

                void ChangesACopy(Pte* p)
                {
                    ref readonly Pte r = ref *p;
                    [|r|].Clear();
                }
            }
            """;
        return Verify.FixAsync<DirectEntryReadAnalyzer, DirectEntryReadFix>(Source, Source);
    }

    private static Task VerifyMembers(string before, string after) =>
        Verify.FixAsync<DirectEntryReadAnalyzer, DirectEntryReadFix>(InClass(before), InClass(after));

    private static string InClass(string members) => $$"""
        unsafe class C
        {
        {{members}}

            void Use(Pte pte) { }
        }
        """;

    private static Task VerifyBody(string before, string after) =>
        Verify.FixAsync<DirectEntryReadAnalyzer, DirectEntryReadFix>(InBody(before), InBody(after));

    private static string InBody(string body) => $$"""
        using System;
        using System.Runtime.CompilerServices;

        unsafe class C
        {
            void F(Pte* p, Pte* q, Pte** pp, int i, nint address)
            {
                {{body}}
            }

            void M(Pte pte, int x) { }
            void SetBoth(Pte a, Pte b) { }
        }
        """;
}
