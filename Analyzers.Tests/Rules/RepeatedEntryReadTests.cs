using Microsoft.CodeAnalysis.Testing;
using PteGuard.Analyzers.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public class RepeatedEntryReadTests
{
    private const string Helpers = """
            static ulong s_sink;
            static int s_count;
            static readonly object s_gate = new();
            Pte* _field;
            Pte* Auto { get; set; }
            static bool IsGood(Pte pte) => pte.Value > 3;
            static void Look(ulong x) { }
            static void Spin() { while (!System.Threading.Thread.Yield()) { } }
            static void Note(ulong x) { s_sink = x; }
            static void Touch(Pte* p) { }
            static Pte* Next(Pte* p) => p;
            static Cursor Lower(int i) => new Cursor { Index = i };
            static Cursor Upper(int i) => new Cursor { Index = i + 256 };
            static extern void Elsewhere();
            static extern bool Check(Pte pte);
            void Advance() { _field++; }
            static void Move(Walk walk) { }
            static void Store(ref Pte pte) { }
            static void Done(out ulong result) { result = 0; }
        }

        unsafe class Walk { public Pte* Pte; public Pte Orig; public int Depth; public void Next() { Pte++; } }
        unsafe struct Cursor { public Pte* Pte; public int Index; public void Step() { Pte++; } }
        unsafe struct Fault { public Pte* Pte; public Pte Orig; public ulong Address; }
        class Page
        {
            public int Refs; public ulong Flags; static int s_count;
            public static Page operator +(Pte pte, Page page) { page.Refs++; return page; }
            public static Page operator +(Page page, int n) { page.Refs += n; return page; }
            public static Page operator ++(Page page) { page.Refs++; return page; }
            public static Page operator -(Page page) { page.Refs--; return page; }
            public static implicit operator int(Page page) => s_count++;
        }
        """;

    [Theory]
    [InlineData("Look(PtepGet(p).Value); Look({|PTE0005:PtepGet(p)|}.Value);")]
    [InlineData("Look(p->Value); Look({|PTE0005:p->Value|});")]
    [InlineData("Look(PtepGet(p).Value + {|PTE0005:PtepGet(p)|}.Value);")]
    [InlineData("if (PtepGet(p).IsPresent) Look({|PTE0005:PtepGet(p)|}.Pfn);")]
    [InlineData("if (PtepGet(p).IsPresent && {|PTE0005:PtepGet(p)|}.IsDirty) Look(0);")]
    [InlineData("if (PtepGet(p).IsNone) return; Look({|PTE0005:PtepGet(p)|}.Pfn);")]
    [InlineData("if (p == null || PtepGet(p).IsNone) return; Look({|PTE0005:PtepGet(p)|}.Pfn);")]
    [InlineData("Look(PtepGet(p).Value); Look({|PTE0005:p->Value|});")]
    [InlineData("Look(p->Value); Look({|PTE0005:PtepGet(p)|}.Value);")]
    [InlineData("Look(p[i].Value); Look(({|PTE0005:*(p + i)|}).Value);")]
    [InlineData("Look(PtepGet(&p[i]).Value); Look({|PTE0005:PtepGet(p + i)|}.Value);")]
    [InlineData("var r = p; Look(PtepGet(r).Value); Look({|PTE0005:PtepGet(p)|}.Value);")]
    [InlineData("Look(PtepGet(p).Value); { var r = p; Look({|PTE0005:PtepGet(r)|}.Value); }")]
    [InlineData("Look(*(ulong*)p); Look({|PTE0005:PtepGet(p)|}.Value);")]
    [InlineData("var w = (ulong*)p; Look(PtepGet(p).Value); Look({|PTE0005:*w|});")]
    [InlineData("void* v = p; if (v == null) return; Look(PtepGet(p).Value); Look({|PTE0005:*(ulong*)v|});")]
    [InlineData("Look(p->Value); Look({|PTE0005:p->Value|}); Look({|PTE0005:p->Value|});")]
    [InlineData("var a = PtepGet(p); var c = {|PTE0005:PtepGet(p)|};")]
    [InlineData("if (b) Look(PtepGet(p).Value); else Look(PtepGet(p).Pfn); Look({|PTE0005:PtepGet(p)|}.Value);")]
    [InlineData("while (PtepGet(p).IsPresent) { Look({|PTE0005:PtepGet(p)|}.Pfn); p++; }")]
    [InlineData("for (; p < q; p++) { if (PtepGet(p).IsNone) continue; Look({|PTE0005:PtepGet(p)|}.Pfn); }")]
    [InlineData("for (var n = 0; n < 4; n++) { if (PtepGet(p + n).IsNone) continue; Look({|PTE0005:PtepGet(&p[n])|}.Pfn); }")]
    [InlineData("Look(PtepGet(_field).Value); Look({|PTE0005:PtepGet(_field)|}.Value);")]
    [InlineData("Look(PtepGet(walk.Pte).Value); walk.Depth++; Look({|PTE0005:PtepGet(walk.Pte)|}.Value);")]
    [InlineData("Look(PtepGet(cursor.Pte).Value); Look({|PTE0005:PtepGet(cursor.Pte)|}.Value);")]
    [InlineData("Look(PtepGet(fault->Pte).Value); Look({|PTE0005:PtepGet(fault->Pte)|}.Value);")]
    [InlineData("Look(PtepGet(*pp).Value); Look({|PTE0005:PtepGet(*pp)|}.Value);")]
    [InlineData("if (PtepGet(p).IsPresent) { if (IsGood({|PTE0005:PtepGet(p)|})) Look({|PTE0005:PtepGet(p)|}.Pfn); }")]
    [InlineData("Look(PtepGet(p).Value); s_count++; counts[0] = 3; Look({|PTE0005:PtepGet(p)|}.Value);")]
    [InlineData("Look(PtepGet(p).Value); *count += 1; Look({|PTE0005:PtepGet(p)|}.Value);")]
    [InlineData("Look(PtepGetLockless(p).Value); Look({|PTE0005:PtepGetLockless(p)|}.Value);")]
    [InlineData("ptl.Enter(); Look(PtepGet(p).Value); Note(1); Elsewhere(); Look({|PTE0005:PtepGet(p)|}.Value); ptl.Exit();")]
    [InlineData("lock (s_gate) { Look(PtepGet(p).Value); Note(1); Look({|PTE0005:PtepGet(p)|}.Value); }")]
    [InlineData("var l = PteOffsetMapLock(mm, pmd, 0, out var t); if (l == null) return; if (PtepGet(l).IsPresent) { page.Refs++; Note(1); Look({|PTE0005:PtepGet(l)|}.Pfn); } PteUnmapUnlock(l, t);")]
    [InlineData("System.Func<bool> f = () => PtepGet(p).IsPresent && {|PTE0005:PtepGet(p)|}.IsDirty;")]
    [InlineData("try { Look(PtepGet(p).Value); } finally { Look(PtepGet(p).Value); }")]
    [InlineData("if (PteSame(PtepGet(p), old)) Look({|PTE0005:PtepGet(p)|}.Pfn);")]
    [InlineData("SetPte(p, old); Look(PtepGet(p).Value); Look({|PTE0005:PtepGet(p)|}.Value);")]
    [InlineData("switch (PtepGet(p).Value) { case 0: Look({|PTE0005:PtepGet(p)|}.Pfn); break; }")]
    [InlineData("if (PtepGet(p) is var pte && pte.IsPresent) Look({|PTE0005:PtepGet(p)|}.Pfn);")]
    [InlineData("do { if (PtepGet(p).IsNone) break; Look({|PTE0005:PtepGet(p)|}.Pfn); p++; } while (b);")]
    [InlineData("Look(PtepGet(p).Value); (i, b) = (3, true); Look({|PTE0005:PtepGet(p)|}.Value);")]
    [InlineData("Look(PtepGet(p).Value); var x = old | 1; Look({|PTE0005:PtepGet(p)|}.Value);")]
    [InlineData("Look(PtepGet(p).Value); if (Equals({|PTE0005:PtepGet(p)|}, PtepGet(q))) return;")]
    [InlineData("Look(PtepGet(p).Value); Pte now; now = {|PTE0005:PtepGet(p)|}; if (now.IsNone) return;")]
    public Task A_read_of_what_is_known_is_reported(string body) => VerifyBody(body);

    [Theory]
    [InlineData("Look(PtepGet(p).Value); Look(PtepGet(q).Value);")]
    [InlineData("Look(PtepGet(p).Value); p++; Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(p++).Value); Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(p + 1).Value); Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(&p[i]).Value); i++; Look(PtepGet(&p[i]).Value);")]
    [InlineData("Look(PtepGet(p).Value); p = q; Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(p).Value); p = Next(p); Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(Next(p)).Value); Look(PtepGet(Next(p)).Value);")]
    [InlineData("Look(PtepGet(Lower(i).Pte).Value); Look(PtepGet(Upper(i).Pte).Value);")]
    [InlineData("Look(PtepGet(p).Value); SetPte(p, old); Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(p).Value); SetPte(q, old); Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(p).Value); *p = old; Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(p).Value); *q = old; Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(p).Value); p->Value |= 1; Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(p).Value); p->Young = false; Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(p).Value); p->Clear(); Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(p).Value); Store(ref *p); Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(p).Value); Touch(p); Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(p).Value); Note(1); Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(p).Value); Elsewhere(); Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(p).Value); ptl.Enter(); Look(PtepGet(p).Value);")]
    [InlineData("ptl.Enter(); Look(PtepGet(p).Value); ptl.Exit(); Look(PtepGet(p).Value);")]
    [InlineData("ptl.Enter(); Look(PtepGet(p).Value); Touch(p); Look(PtepGet(p).Value); ptl.Exit();")]
    [InlineData("Look(PtepGet(p).Value); lock (s_gate) Look(PtepGet(p).Value);")]
    [InlineData("lock (s_gate) Look(PtepGet(p).Value); Look(PtepGet(p).Value);")]
    [InlineData("var l = PteOffsetMapLock(mm, pmd, 0, out var t); if (l == null) return; Look(PtepGet(l).Value); Move(walk); PteUnmapUnlock(l, t); Look(PtepGet(l).Value);")]
    [InlineData("while (!PtepGet(p).IsPresent) { }")]
    [InlineData("Look(PtepGet(p).Value); while (!PtepGet(p).IsPresent) { }")]
    [InlineData("do { Look(PtepGet(p).Value); } while (!PtepGet(p).IsPresent);")]
    [InlineData("for (; p < q; p++) Look(PtepGet(p).Value);")]
    [InlineData("for (; p < q; p++) Look(PtepGet(p).Value); for (p = q - 4; p < q; p++) Look(PtepGet(p).Value);")]
    [InlineData("again: if (PtepGet(p).IsNone) goto again;")]
    [InlineData("if (b) Look(PtepGet(p).Value); else Look(PtepGet(p).Pfn);")]
    [InlineData("var x = b ? PtepGet(p).Value : PtepGet(p).Pfn;")]
    [InlineData("if (b) Look(PtepGet(p).Value); Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(p).Value); if (!PteSame(PtepGet(p), old)) return;")]
    [InlineData("var pte = PtepGet(p); if (PtepGet(p) == pte) return;")]
    [InlineData("Look(PtepGet(p).Value); var now = PtepGet(p); if (!PteSame(now, old)) return;")]
    [InlineData("Look(PtepGet(p).Value); if (PtepGet(p) is var now && now != old) return;")]
    [InlineData("var pte = PtepGet(p); if (PtepGet(p).Value != pte.Value) return;")]
    [InlineData("var pte = PtepGet(p); if (!pte.Equals(PtepGet(p))) return;")]
    [InlineData("var pte = PtepGet(p); if (!PtepGet(p).Equals(pte)) return;")]
    [InlineData("walk.Orig = PtepGet(p); if (PtepGet(p) != walk.Orig) return;")]
    [InlineData("var pte = PtepGetLockless(p); if (pte.IsNone) return; Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(walk.Pte).Value); walk.Next(); Look(PtepGet(walk.Pte).Value);")]
    [InlineData("Look(PtepGet(walk.Pte).Value); Move(walk); Look(PtepGet(walk.Pte).Value);")]
    [InlineData("Look(PtepGet(walk.Pte).Value); walk.Pte = q; Look(PtepGet(walk.Pte).Value);")]
    [InlineData("Look(PtepGet(walk.Pte).Value); walk = new Walk(); Look(PtepGet(walk.Pte).Value);")]
    [InlineData("Look(PtepGet(cursor.Pte).Value); cursor.Step(); Look(PtepGet(cursor.Pte).Value);")]
    [InlineData("Look(PtepGet(cursor.Pte).Value); cursor.Pte++; Look(PtepGet(cursor.Pte).Value);")]
    [InlineData("Look(PtepGet(fault->Pte).Value); fault->Pte = q; Look(PtepGet(fault->Pte).Value);")]
    [InlineData("Look(PtepGet(_field).Value); Advance(); Look(PtepGet(_field).Value);")]
    [InlineData("ptl.Enter(); Look(PtepGet(_field).Value); Note(1); Look(PtepGet(_field).Value);")]
    [InlineData("Look(PtepGet(*pp).Value); *pp = q; Look(PtepGet(*pp).Value);")]
    [InlineData("Look(PtepGet(*pp).Value); pp++; Look(PtepGet(*pp).Value);")]
    [InlineData("var r = p; for (var n = 0; n < 3; n++) { Look(PtepGet(r).Value); r = p; p++; }")]
    [InlineData("Pte* last = p; foreach (var n in counts) { Look(PtepGet(last).Value); last = Next(p); Look(PtepGet(last).Value); }")]
    [InlineData("void Step() => p++; Look(PtepGet(p).Value); Step(); Look(PtepGet(p).Value);")]
    [InlineData("System.Action f = () => Look(PtepGet(p).Value); Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(p).Value); System.Threading.Thread.Sleep(1); Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(p).Value); Spin(); Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(p).Value); System.Threading.Thread.MemoryBarrier(); Look(PtepGet(p).Value);")]
    [InlineData("try { Look(PtepGet(p).Value); Elsewhere(); } catch { Look(PtepGet(p).Value); }")]
    [InlineData("*p = new Pte(PtepGet(p).Value | 1); Look(PtepGet(p).Value);")]
    [InlineData("switch (i) { case 0: Look(PtepGet(p).Value); break; case 1: Look(PtepGet(p).Value); break; }")]
    [InlineData("Look(PtepGet(p).Value); (ulong x, ulong y) = old; Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(p).Value); var x = old + page; Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(p).Value); page += 1; Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(p).Value); page++; Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(p).Value); var x = -page; Look(PtepGet(p).Value);")]
    [InlineData("Look(PtepGet(p).Value); int x = page; Look(PtepGet(p).Value);")]
    [InlineData("Pte* r = p; Look(PtepGet(r).Value); (b ? ref r : ref q) = p + 1; Look(PtepGet(r).Value);")]
    [InlineData("Look(PtepGet(p).Value); if (Equals(PtepGet(p), old)) return;")]
    [InlineData("Look(PtepGet(p).Value); if (Equals(old, PtepGet(p))) return;")]
    [InlineData("Look(PtepGet(p).Value); Pte now; now = PtepGet(p); if (now != old) return;")]
    public Task A_read_that_may_give_something_else_is_not(string body) => VerifyBody(body);

    [Theory]
    [InlineData("Look({|#1:PtepGet(p)|}.Value); Look({|#0:PtepGet(p)|}.Pfn);",
        "'PtepGet(p)' reads again what line 7 has read, and nothing in between changes it on purpose; read it once, into a local")]
    [InlineData("var pte = {|#1:PtepGet(p)|}; Look({|#0:PtepGet(p)|}.Pfn);",
        "'PtepGet(p)' reads again what line 7 has read, and nothing in between changes it on purpose; use 'pte', which holds what was read")]
    public Task The_message_says_what_to_do(string body, string message) => Verify.MessageAsync<RepeatedEntryReadAnalyzer>(InClass(body), "PTE0005", message);

    [Fact]
    public Task Of_two_variables_the_message_names_the_first_by_name() => Verify.AnalyzerAsync<RepeatedEntryReadAnalyzer>(
        InClass("var second = {|#0:PtepGet(p)|}; var first = {|#1:PtepGet(p)|}; Look({|#2:PtepGet(p)|}.Value + first.Value + second.Value);"),
        configure: test => test.ExpectedDiagnostics.AddRange([
            new DiagnosticResult(Descriptors.RepeatedEntryRead).WithLocation(1).WithLocation(0).WithArguments("PtepGet(p)", "7", "use 'second', which holds what was read"),
            new DiagnosticResult(Descriptors.RepeatedEntryRead).WithLocation(2).WithLocation(0).WithArguments("PtepGet(p)", "7", "use 'first', which holds what was read"),
        ]));

    [Theory]
    [InlineData("Look(PtepGet(p).Value); Look(PtepGet(p.Value); var a = PtepGet(;")]
    [InlineData("Look(PtepGet(p).Value; if (PtepGet(p).IsPresent Look(PtepGet(p)")]
    public Task Half_typed_code_is_survived(string body) => Verify.AnalyzerAsync<RepeatedEntryReadAnalyzer>(
        InClass(body), configure: test => test.CompilerDiagnostics = CompilerDiagnostics.None);

    private static Task VerifyBody(string body) => Verify.AnalyzerAsync<RepeatedEntryReadAnalyzer>(InClass(body));

    private static string InClass(string body) => $$"""
        using static Paging;

        unsafe class C
        {
            void M(Pte* p, Pte* q, Pte** pp, int i, bool b, Pte old, PtLock ptl, Mm mm, Pmd* pmd, Walk walk, Cursor cursor, Fault* fault, Page page, int[] counts, int* count)
            {
                {{body}}
            }

        {{Helpers}}
        """;
}
