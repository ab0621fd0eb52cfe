using Microsoft.CodeAnalysis.Testing;
using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

/// <summary>Stores of what an earlier statement has read and the store's own has changed.</summary>
public class DirectEntryWriteCarriedFixTests
{
    private const string RawKeys = """
        pteguard.raw_entry_pointers = ulong*, uint*
        pteguard.entry_pointer_names = ^(pt|table)$
        pteguard.read_accessor = Paging.Read
        pteguard.write_accessor = Paging.Write
        pteguard.modify_accessor = Paging.Update
        """;

    [Theory]
    [InlineData("ulong e = Read(&pt[i]); [|pt[i] = e | 4|];", "ulong e = Read(&pt[i]); Update(&pt[i], 0, 4);")]
    [InlineData("ulong e = pt[i]; [|pt[i] = e | 4|];", "ulong e = pt[i]; Update(&pt[i], 0, 4);")]
    [InlineData("ulong e = pt[i]; if ((e & 1) == 0) return; [|pt[i] = e & ~4UL|];", "ulong e = pt[i]; if ((e & 1) == 0) return; Update(&pt[i], 4UL, 0);")]
    [InlineData("ulong e = pt[i]; [|pt[i] = (e & ~4UL) | 2|];", "ulong e = pt[i]; Update(&pt[i], 4UL, 2);")]
    [InlineData("ulong e = pt[i]; if (c) [|pt[i] = e | 4|]; else [|pt[i] = e & ~4UL|];", "ulong e = pt[i]; if (c) Update(&pt[i], 0, 4); else Update(&pt[i], 4UL, 0);")]
    [InlineData("ulong e; e = *pt; if ((e & 1) != 0) { i++; [|*pt = e | m|]; }", "ulong e; e = *pt; if ((e & 1) != 0) { i++; Update(pt, 0, m); }")]
    [InlineData("ulong e = pt[i]; for (int n = 0; n < 4; n++) { if ((e & 2) != 0) return; } [|pt[i] = e | 4|];", "ulong e = pt[i]; for (int n = 0; n < 4; n++) { if ((e & 2) != 0) return; } Update(&pt[i], 0, 4);")]
    public Task A_mask_on_a_copy_becomes_a_modification_of_the_entry(string before, string after) => VerifyRaw(before, after);

    [Theory]
    [InlineData("Pte e = PtepGet(p); [|*p = e.MkOld()|];", "Pte e = PtepGet(p); PtepModify(p, static old => old.MkOld());")]
    [InlineData("Pte e = *p; if (e.IsNone) return; [|*p = e.MkOld().Wrprotect()|];", "Pte e = *p; if (e.IsNone) return; PtepModify(p, static old => old.MkOld().Wrprotect());")]
    [InlineData("Pte e = *p; [|*p = new Pte(e.Value | m)|];", "Pte e = *p; PtepModify(p, old => new Pte(old.Value | m));")]
    [InlineData("Pte e = p[i]; [|p[i] = e | 4|];", "Pte e = p[i]; PtepModify(&p[i], static old => old | 4);")]
    public Task A_function_of_a_copy_becomes_a_modification_of_the_entry(string before, string after) => VerifyTyped(before, after);

    [Theory]
    [InlineData("ulong e = pt[i]; e |= 4; [|pt[i] = e|];")]
    [InlineData("ulong e = pt[i]; e++; [|pt[i] = e | 4|];")]
    [InlineData("ulong e = pt[i]; if (c) e |= 2; [|pt[i] = e | 4|];")]
    [InlineData("ulong e = pt[i]; Work(); [|pt[i] = e | 4|];")]
    [InlineData("ulong e = pt[i]; [|pt[i] = e | Work()|];")]
    [InlineData("ulong e = pt[i]; [|pt[i] = e | Property|];")]
    [InlineData("ulong e = pt[i]; *other = 0; [|pt[i] = e | 4|];")]
    [InlineData("ulong e = pt[i]; _field = 0; [|pt[i] = e | 4|];")]
    [InlineData("ref ulong r = ref pt[0]; ulong e = pt[i]; [|r = 0|]; [|pt[i] = e | 4|];", "ref ulong r = ref pt[0]; ulong e = pt[i]; Write(&pt[0], 0); [|pt[i] = e | 4|];")]
    [InlineData("ulong e = pt[i]; ref ulong r = ref e; r = 0; [|pt[i] = e | 4|];", "ulong e = pt[i]; ref ulong r = ref e; r = 0; Write(&pt[i], e | 4);")]
    [InlineData("ulong e = pt[i]; using (new System.IO.MemoryStream()) { } [|pt[i] = e | 4|];")]
    [InlineData("ulong e = pt[i]; foreach (var x in \"abc\") { } [|pt[i] = e | 4|];")]
    [InlineData("ulong e = pt[i]; var s = $\"{e}\"; [|pt[i] = e | 4|];")]
    [InlineData("ulong e = pt[i]; new object(); [|pt[i] = e | 4|];")]
    [InlineData("ulong e = pt[i]; if (c) Work(); [|pt[i] = e | 4|];")]
    [InlineData("ulong e = pt[i], f = Work(); [|pt[i] = e | 4|];")]
    [InlineData("ulong e; { e = pt[i]; Work(); } [|pt[i] = e | 4|];")]
    [InlineData("ulong e; if ((e = pt[i]) != 0 && Work() == 0) [|pt[i] = e | 4|];")]
    [InlineData("ulong e; e = (e = pt[i]) & 7; [|pt[i] = e | 4|];")]
    [InlineData("ulong e = pt[i]; rp = 5; [|pt[i] = e | 4|];")]
    [InlineData("ulong e = pt[i]; rp++; [|pt[i] = e | 4|];")]
    [InlineData("ulong local = 0; if (c) pt = &local; ulong e = *pt; *other = 5; [|*pt = e | 4|];")]
    [InlineData("ulong e = pt[i]; var noisy = new Noisy(1); [|pt[i] = e | 4|];")]
    [InlineData("ulong e = pt[i]; _ = default(Noisy) + default(Noisy); [|pt[i] = e | 4|];")]
    [InlineData("ulong e = pt[i]; [|pt[i] = e | (ulong)default(Noisy)|];")]
    [InlineData("ulong e = pt[i]; var s = \"\" + i; [|pt[i] = e | 4|];")]
    [InlineData("ulong e = pt[i]; fixed (char* s = \"\") { [|pt[i] = e | 4|]; }")]
    [InlineData("ulong e = pt[i]; lock (this) { [|pt[i] = e | 4|]; }")]
    [InlineData("ulong e = pt[i]; try { [|pt[i] = e | 4|]; } finally { }")]
    [InlineData("ulong e = pt[i]; [|pt[i] = e | (i > (int)Work() ? 1UL : 2UL)|];")]
    [InlineData("ulong e = pt[i]; [|pt[i] = e | (new ulong[1])[Work()]|];")]
    [InlineData("ulong e = pt[i]; Action a = () => { }; [|pt[i] = e | 4|];")]
    [InlineData("ulong e = pt[i]; again: [|pt[i] = e | 4|]; e = 1; if (c) goto again;", "ulong e = pt[i]; again: Write(&pt[i], e | 4); e = 1; if (c) goto again;")]
    [InlineData("ulong e = pt[i] & 7; [|pt[i] = e | 4|];")]
    [InlineData("ulong e = pt[i], f = e; [|pt[i] = e | f|];")]
    [InlineData("ulong e = pt[i]; [|pt[i] = e + 4|];")]
    [InlineData("ulong e = pt[i]; [|pt[i] = e|];")]
    [InlineData("uint e = (uint)pt[i]; [|pt[i] = e | 4|];")]
    [InlineData("ulong e = 0; if (c) e = pt[i]; [|pt[i] = e | 4|];", "ulong e = 0; if (c) e = pt[i]; Write(&pt[i], e | 4);")]
    public Task A_copy_that_may_differ_from_the_entry_is_left_to_people(string before, string? after = null) => VerifyRaw(before, after ?? before);

    [Theory]
    [InlineData("Pte e = *p; [|*p = Oldest(e)|];")]
    [InlineData("Pte e = *p; [|*q = default|]; [|*p = e.MkOld()|];", "Pte e = *p; SetPte(q, default); [|*p = e.MkOld()|];")]
    [InlineData("Pte e = *p; e.Clear(); [|*p = e.MkOld()|];", "Pte e = *p; e.Clear(); SetPte(p, e.MkOld());")]
    [InlineData("Pte e = *p; [|q->Clear()|]; [|*p = e.MkOld()|];", "Pte e = *p; PtepModify(q, static entry => { entry.Clear(); return entry; }); [|*p = e.MkOld()|];")]
    [InlineData("ulong v = p->Value; [|p->Value = v | 1|];")]
    [InlineData("Pte e = *p; [|*p = e.IsNone ? default : e.MkOld()|];")]
    [InlineData("Pte e = *p; e.Young = c; [|*p = e.MkOld()|];")]
    [InlineData("Pte e = *p; [|*p = e.IsNone ? e.MkOld() : e|];")]
    public Task A_function_that_is_not_only_the_copys_is_left_to_people(string before, string? after = null) => VerifyTyped(before, after ?? before);

    private static Task VerifyRaw(string before, string after) =>
        Verify.FixAsync<DirectEntryWriteAnalyzer, DirectEntryWriteFix>(In(before), In(after), RawKeys, test => test.FixedState.MarkupHandling = MarkupMode.Allow);

    private static Task VerifyTyped(string before, string after) =>
        Verify.FixAsync<DirectEntryWriteAnalyzer, DirectEntryWriteFix>(In(before), In(after), configure: test => test.FixedState.MarkupHandling = MarkupMode.Allow);

    private static string In(string body) => $$"""
        using System;
        using static Paging;

        unsafe class C
        {
            ulong _field;
            static ulong Property => 0;
            static ulong Work() => 0;
            static Pte Oldest(Pte e) => e;

            struct Noisy
            {
                public Noisy(int x) { Work(); }
                public static Noisy operator +(Noisy a, Noisy b) { Work(); return a; }
                public static explicit operator ulong(Noisy a) => Work();
            }

            void F(Pte* p, Pte* q, ulong* pt, ulong* other, int i, bool c, ulong m, ref ulong rp)
            {
                {{body}}
            }
        }
        """;
}
