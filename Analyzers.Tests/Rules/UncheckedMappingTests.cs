using PteGuard.Analyzers.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public class UncheckedMappingTests
{
    [Theory]
    [InlineData("var v = [|*p|];")]
    [InlineData("var v = [|p[0]|];")]
    [InlineData("var v = [|p[n]|];")]
    [InlineData("var v = *(Pte*)[|p|];", "var v = [|*(Pte*)p|];")]
    [InlineData("var v = [|*(ulong*)p|];")]
    [InlineData("var v = [|*(p + 1)|];")]
    [InlineData("var v = [|*p++|];")]
    [InlineData("var v = [|p->Value|];")]
    [InlineData("var v = [|p->IsNone|];")]
    [InlineData("var v = (*p).Value;", "var v = ([|*p|]).Value;")]
    [InlineData("[|p->Clear()|];", "[|p->Clear|]();")]
    [InlineData("[|*p|] = default;")]
    [InlineData("[|p->Value|] = 1;")]
    [InlineData("[|p->Value|] |= 1;")]
    [InlineData("[|*p|] |= 1UL;")]
    [InlineData("[|*p|] = *q;")]
    [InlineData("Volatile.Read(ref [|*(ulong*)p|]);")]
    [InlineData("ref Pte r = ref [|*p|];")]
    [InlineData("var v = PtepGet([|p|]);")]
    [InlineData("var v = PtepGet([|p + 1|]);")]
    [InlineData("var v = PtepGet(&p[1]);", "var v = PtepGet([|&p[1]|]);")]
    [InlineData("var v = PtepGet(ptep: [|p|]);")]
    [InlineData("SetPte([|p|], default);")]
    [InlineData("SetPte(pte: default, ptep: [|p|]);")]
    [InlineData("PtepModify([|p|], e => e);")]
    [InlineData("PteUnmap([|p|]);")]
    [InlineData("Unsafe.Read<Pte>([|p|]);")]
    [InlineData("Unsafe.AsRef<Pte>([|p|]);")]
    [InlineData("var v = new Span<Pte>([|p|], 1)[0].Value;")]
    [InlineData("var v = new ReadOnlySpan<Pte>([|p|], n)[n - 1];")]
    [InlineData("new Span<Pte>([|p|], 1)[0] = default;")]
    [InlineData("var span = new Span<Pte>(p, 512); var v = Unsafe.Read<Pte>([|p|]);")]
    [InlineData("System.Runtime.InteropServices.Marshal.ReadInt64([|(nint)p|]);")]
    [InlineData("Console.WriteLine($\"{[|p->Value|]}\");")]
    [InlineData("Console.WriteLine(PtepGet([|p|]).IsNone ? 1 : 2);")]
    [InlineData("if ([|*p|] is { IsNone: true }) return;")]
    [InlineData("if (n > 0 && [|p->IsNone|]) return;")]
    [InlineData("(p) = p; var v = [|*p|];")]
    [InlineData("var r = p; var v = [|*r|];")]
    [InlineData("void* r = p; var v = [|*(Pte*)r|];")]
    [InlineData("ulong raw = (ulong)p; var v = [|*(Pte*)raw|];")]
    [InlineData("p += n; p++; --p; var v = [|*p|];")]
    [InlineData("p++; if (p != null) PteUnmap([|p|]);")]
    [InlineData("p = p + 1; if (p == null) return; PteUnmap([|p|]);")]
    [InlineData("var r = n > 0 ? p : p + 1; var v = [|*r|];")]
    [InlineData("if (p == null) Console.WriteLine(); var v = [|*p|];")]
    [InlineData("if (p != null && n > 0) { } else { var v = [|*p|]; }")]
    [InlineData("if (p == null) { PteUnmap([|p|]); return; }")]
    [InlineData("if (p == null | n > 0) { } var v = [|*p|];")]
    [InlineData("while (n-- > 0) { var v = [|*p|]; p++; }")]
    [InlineData("do { var v = [|*p|]; } while (p != null);")]
    [InlineData("for (int i = 0; i < n; i++) SetPte([|p + i|], default);")]
    [InlineData("try { var v = [|*p|]; } finally { PteUnmap(p); }")]
    [InlineData("try { if (p == null) return; var v = *p; } finally { PteUnmap([|p|]); }")]
    [InlineData("try { Console.WriteLine(); } catch { PteUnmap([|p|]); }")]
    [InlineData("if (n > 0) { var v = [|*p|]; } else { PteUnmap([|p|]); }")]
    [InlineData("if (n > 0) SetPte([|p|], default); PteUnmap([|p|]);")]
    [InlineData("goto use; use: var v = [|*p|];")]
    [InlineData("lock (this) { var v = [|*p|]; }")]
    [InlineData("switch (n) { case 1: var v = [|*p|]; break; default: PteUnmap([|p|]); break; }")]
    [InlineData("var (a, b) = ([|*p|], p[1]);")]
    [InlineData("Pte v; v = n switch { 1 => [|*p|], _ => default };")]
    [InlineData("p = PteOffsetMap(pmd, 0); if (p == null) return; p = PteOffsetMap(pmd, 1); var v = [|*p|];")]
    public Task Use_before_the_check_is_reported_once_a_path(string body, string? marked = null) =>
        VerifyBody("Pte* p = PteOffsetMap(pmd, addr); " + (marked ?? body));

    [Theory]
    [InlineData("p++; p += 2; var d = p - q; var same = p == q;")]
    [InlineData("var r = &p[1]; var s = &p->Value; var t = &*p;")]
    [InlineData("if (p == null) return; var v = *p; PteUnmap(p);")]
    [InlineData("if (p != null) { var v = *p; PteUnmap(p); }")]
    [InlineData("if (p == null) goto done; SetPte(p, default); done: if (p != null) PteUnmap(p);")]
    [InlineData("var ok = p != null; if (ok) PteUnmap(p);")]
    [InlineData("System.Diagnostics.Debug.Assert(p != null); PteUnmap(p);")]
    [InlineData("ArgumentNullException.ThrowIfNull(p); PteUnmap(p);")]
    [InlineData("while (p != null) { PteUnmap(p); p = PteOffsetMap(pmd, addr); }")]
    [InlineData("while (p == null) p = PteOffsetMap(pmd, addr); PteUnmap(p);")]
    [InlineData("try { if (p == null) return; var v = *p; } finally { if (p != null) PteUnmap(p); }")]
    [InlineData("if (p == null) throw new Exception(); PteUnmap(p);")]
    [InlineData("if (p == null) return; for (int i = 0; i < n; i++, p++) SetPte(p, default); PteUnmap(p - 1);")]
    [InlineData("if (p == null) return; p++; if (p != null) PteUnmap(p);")]
    [InlineData("foreign.Check(p); PteUnmap(p);")]
    [InlineData("GC.KeepAlive((nint)p); PteUnmap(p);")]
    [InlineData("field = p; PteUnmap(field);")]
    [InlineData("p = q; var v = *p;")]
    [InlineData("Pte? e = p == null ? null : PtepGet(p); if (e is { } v) PteUnmap(p);")]
    [InlineData("p = PteOffsetKernel(pmd, addr); var v = *p;")]
    [InlineData("Action a = () => { var v = *p; }; if (p == null) return; a();")]
    [InlineData("Span<Pte> span = new Span<Pte>(p, 512);")]
    [InlineData("var name = nameof(p) + sizeof(Pte);")]
    [InlineData("if (p == null) { Console.WriteLine(); } else { PteUnmap(p); }")]
    [InlineData("if (p is null) return; PteUnmap(p);")]
    [InlineData("_ = p == null ? default : *p;")]
    [InlineData("bool none = p == null || p->IsNone;")]
    [InlineData("if (p == null || PtepGet(p).IsNone) return; PteUnmap(p);")]
    public Task No_use_before_a_check_is_silent(string body) =>
        VerifyBody("Pte* p = PteOffsetMap(pmd, addr); " + body);

    [Theory]
    [InlineData("var v = [|*PteOffsetMap(pmd, addr)|];")]
    [InlineData("var v = [|PteOffsetMap(pmd, addr)->Value|];")]
    [InlineData("var v = [|PteOffsetMap(pmd, addr)[3]|];")]
    [InlineData("PteUnmap([|PteOffsetMap(pmd, addr)|]);")]
    [InlineData("Pte* p; PteUnmap([|p = PteOffsetMap(pmd, addr)|]);")]
    [InlineData("Pte* p; if ((p = PteOffsetMap(pmd, addr))->IsNone) return;", "Pte* p; if ([|(p = PteOffsetMap(pmd, addr))->IsNone|]) return;")]
    [InlineData("Pte* p = PteOffsetMapLock(mm, pmd, addr, out var ptl); PteUnmapUnlock([|p|], ptl);")]
    [InlineData("Pte* p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); [|ptl|].Enter(); if (p == null) return;")]
    [InlineData("Pte* p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) { [|ptl|].Exit(); return; } ptl.Enter();")]
    [InlineData("Pte* p = PteOffsetMapNolock(mm, pmd, addr, out PtLock ptl); var other = ptl; if (p == null) return; other.Enter();")]
    [InlineData("if (!TryMap(pmd, addr, out var p)) { PteUnmap([|p|]); } else PteUnmap(p);")]
    [InlineData("TryMap(pmd, addr, out var p); PteUnmap([|p|]);")]
    [InlineData("bool ok = TryMap(pmd, addr, out Pte* p); if (ok) PteUnmap(p);")]
    [InlineData("ulong* t = GetTable(null, 1); t = GetTable([|t|], 2);", "ulong* t = GetTable(null, 1); t = GetTable(t, 2); var v = [|t[0]|];")]
    [InlineData("void Local() { Pte* p = PteOffsetMap(pmd, addr); PteUnmap([|p|]); } Local();")]
    [InlineData("Action a = () => { Pte* p = PteOffsetMap(pmd, addr); PteUnmap([|p|]); };")]
    [InlineData("Action a = static () => PteUnmap([|PteOffsetMap(null, 0)|]);")]
    [InlineData("Pte* Map() => PteOffsetMap(pmd, addr); PteUnmap([|Map()|]);")]
    [InlineData("var v = [|*Wrap(pmd)|]; var p = Wrap(pmd); if (p == null) return; PteUnmap(p);")]
    [InlineData("Pte* p = WrapLock(mm, pmd, out var l); [|l|].Enter(); PteUnmap(p);")]
    [InlineData("Pte* p = Sure(pmd); PteUnmap(p);")]
    [InlineData("Pte* p = PteOffsetMap(pmd, addr); Uses(p); PteUnmap([|p|]);")]
    [InlineData("Pte* p = PteOffsetMap(pmd, addr); if (!Checks(p)) return; PteUnmap(p);")]
    public Task Every_way_to_map_counts(string body, string? marked = null) => VerifyBody(marked ?? body);

    [Theory]
    [InlineData("bool P(Pmd* pmd) => [|*PteOffsetMap(pmd, 0)|].IsNone;", "bool P(Pmd* pmd) => ([|*PteOffsetMap(pmd, 0)|]).IsNone;")]
    [InlineData("static ulong s = [|PteOffsetMap(null, 0)->Value|];")]
    [InlineData("ulong Property => [|PteOffsetMap(null, 0)->Value|];")]
    [InlineData("ulong Property { get { var p = PteOffsetMap(null, 0); return [|p->Value|]; } }")]
    [InlineData("X(int i) : this([|PteOffsetMap(null, 0)->Value|]) { PteUnmap([|PteOffsetMap(null, 0)|]); } X(ulong u) { }")]
    [InlineData("~X() { PteUnmap([|PteOffsetMap(null, 0)|]); }")]
    [InlineData("public static X operator +(X x, int i) { PteUnmap([|PteOffsetMap(null, 0)|]); return x; }")]
    [InlineData("async System.Threading.Tasks.Task A() { await System.Threading.Tasks.Task.Yield(); unsafe { PteUnmap([|PteOffsetMap(null, 0)|]); } }", "}  class Y { async System.Threading.Tasks.Task A() { await System.Threading.Tasks.Task.Yield(); unsafe { PteUnmap([|PteOffsetMap(null, 0)|]); } }")]
#if NEWEST_ROSLYN
    [InlineData("System.Collections.Generic.IEnumerable<int> I() { yield return 1; unsafe { PteUnmap([|PteOffsetMap(null, 0)|]); } }", "}  class Y { System.Collections.Generic.IEnumerable<int> I() { yield return 1; unsafe { PteUnmap([|PteOffsetMap(null, 0)|]); } }")]
#endif
    [InlineData("Pte* Recursive(Pmd* pmd) { var p = PteOffsetMap(pmd, 0); return p == null ? Recursive(pmd) : p; } void U(Pmd* pmd) => PteUnmap(Recursive(pmd));")]
    [InlineData("Func<ulong> f = () => [|PteOffsetMap(null, 0)->Value|];")]
    [InlineData("event Action E { add { PteUnmap([|PteOffsetMap(null, 0)|]); } remove { } }")]
    [InlineData("void G<T>(Pmd* pmd) where T : unmanaged { var v = [|*(T*)PteOffsetMap(pmd, 0)|]; }")]
    public Task Every_kind_of_body_is_analyzed(string members, string? marked = null) =>
        VerifyMembers(marked ?? members);

    [Fact]
    public Task Top_level_statements_are_a_body() => Verify.AnalyzerAsync<UncheckedMappingAnalyzer>("""
        unsafe
        {
            Pte* p = Paging.PteOffsetMap(null, 0);
            Paging.PteUnmap([|p|]);
        }
        """, configure: test => test.TestState.OutputKind = Microsoft.CodeAnalysis.OutputKind.ConsoleApplication);

    [Fact]
    public Task Architecture_code_knows_best() => VerifyMembers("""
        [ArchitectureCode] void M(Pmd* pmd) => PteUnmap(PteOffsetMap(pmd, 0));
        """);

    [Fact]
    public Task A_mapper_named_in_the_editorconfig_counts() => Verify.AnalyzerAsync<UncheckedMappingAnalyzer>("""
        unsafe class X
        {
            static ulong* GetPage(ulong* table, int index) => null;
            void M(ulong* table)
            {
                var pd = GetPage(table, 1);
                var v = [|pd[3]|];
                var pt = GetPage(table, 2);
                if (pt == null) return;
                v = pt[3];
            }
        }
        """, "pteguard.mappers = X.GetPage");

    [Fact]
    public Task Generated_code_is_reported_only_on_request()
    {
        const string Generated = "// <auto-generated/>\nunsafe class X { void M(Pmd* pmd) => Paging.PteUnmap({0}); }";
        return Task.WhenAll(
            Verify.AnalyzerAsync<UncheckedMappingAnalyzer>(Generated.Replace("{0}", "Paging.PteOffsetMap(pmd, 0)"), configure: Plain),
            Verify.AnalyzerAsync<UncheckedMappingAnalyzer>(Generated.Replace("{0}", "[|Paging.PteOffsetMap(pmd, 0)|]"), "pteguard.report_generated = true", Plain));

        static void Plain(Microsoft.CodeAnalysis.Testing.AnalyzerTest<Microsoft.CodeAnalysis.Testing.DefaultVerifier> test) =>
            test.TestBehaviors |= Microsoft.CodeAnalysis.Testing.TestBehaviors.SkipGeneratedCodeCheck;
    }

    [Theory]
    [InlineData("Pte* p = PteOffsetMap(pmd, addr; PteUnmap([|p|]);")]
    [InlineData("Pte* p = PteOffsetMap(; *p; p->; p[; if (p == ) PteUnmap(p")]
    [InlineData("Pte* p = PteOffsetMap(pmd); PteOffsetMapLock(mm, pmd, addr, ptl).X(); TryMap(pmd, addr, p); PteUnmap();")]
    [InlineData("foreach (var p in PteOffsetMap(pmd, addr)) using (PteOffsetMap(pmd, addr)) lock (PteOffsetMap(pmd, addr)) ;")]
    public Task Half_typed_code_is_survived(string body) => Verify.AnalyzerAsync<UncheckedMappingAnalyzer>(
        Frame($"void M(Mm mm, Pmd* pmd, ulong addr) {{ {body} }}"),
        configure: test => test.CompilerDiagnostics = Microsoft.CodeAnalysis.Testing.CompilerDiagnostics.None);

    [Fact]
    public Task The_message_names_the_mapper_and_the_report_points_at_the_call() => Verify.AnalyzerAsync<UncheckedMappingAnalyzer>(
        Frame("""
        void M(Pmd* pmd, Mm mm)
        {
            Pte* p = {|#0:PteOffsetMap(pmd, 1)|};
            var v = {|#1:*p|};
            v = {|#2:*{|#3:PteOffsetMap(pmd, 2)|}|};
            p = {|#4:PteOffsetMapNolock(mm, pmd, 3, out var ptl)|};
            {|#5:ptl|}.Enter();
            p = {|#6:PteOffsetMap(pmd, 4)|};
            if (p == null) PteUnmap({|#7:p|});
            p = {|#8:PteOffsetMapNolock(mm, pmd, 5, out ptl)|};
            v = {|#9:*p|};
            p = {|#10:PteOffsetMap(pmd, 6)|};
            if (v.IsNone && p != null) return;
            v = {|#11:*p|};
            p = {|#14:PteOffsetMap(pmd, 8)|};
            v = {|#15:*(1 + p)|};
            Walk w;
            w.Pte = {|#12:PteOffsetMap(pmd, 7)|};
            v = {|#13:*w.Pte|};
            w.Pte = {|#16:PteOffsetMap(pmd, 9)|};
            Look({|#17:w|});
        }
        static Pte Look(Walk w) => *w.Pte;
        struct Walk { public Pte* Pte; }
        """),
        configure: test =>
        {
            Expect(1, 0, "PteOffsetMap", "check 'p' before using it");
            Expect(2, 3, "PteOffsetMap", "keep the pointer in a local and check that before using it");
            Expect(5, 4, "PteOffsetMapNolock", "check the pointer before using its lock");
            Expect(7, 6, "PteOffsetMap", "it is known to be null where 'p' is used");
            Expect(9, 8, "PteOffsetMapNolock", "check 'p' before using it");
            Expect(11, 10, "PteOffsetMap", "check 'p' before using it");
            Expect(17, 16, "PteOffsetMap", "check the pointer in 'w' before using it");
            Expect(15, 14, "PteOffsetMap", "check 'p' before using it");
            Expect(13, 12, "PteOffsetMap", "check 'w.Pte' before using it");

            void Expect(int use, int map, string mapper, string advice) => test.ExpectedDiagnostics.Add(
                new Microsoft.CodeAnalysis.Testing.DiagnosticResult(Descriptors.UncheckedMapping)
                    .WithLocation(use).WithLocation(map, Microsoft.CodeAnalysis.Testing.DiagnosticLocationOptions.InterpretAsMarkupKey).WithArguments(mapper, advice));
        });

    [Theory]
    [InlineData("var v = Reads([|PteOffsetMap(pmd, addr)|]);")]
    [InlineData("var v = ReadsIfThere(PteOffsetMap(pmd, addr));")]
    [InlineData("EndsIfThere(PteOffsetMap(pmd, addr));")]
    [InlineData("var p = PteOffsetMap(pmd, addr); var v = ReadsIfThere(p); EndsIfThere(p);")]
    [InlineData("var p = PteOffsetMap(pmd, addr); NotesIfThere(p); Ends([|p|]);")]
    [InlineData("var p = PteOffsetMap(pmd, addr); var v = ReadsIfThere(p); if (v != default) Ends(p);")]
    public Task What_a_helper_tests_its_caller_need_not(string body) => Verify.AnalyzerAsync<UncheckedMappingAnalyzer>(MappingSource.Method(body));

    private static Task VerifyBody(string body) => VerifyMembers($"Pte* field; Foreign foreign; void M(Mm mm, Pmd* pmd, ulong addr, Pte* q, int n) {{ {body} }}");

    private static Task VerifyMembers(string members) => Verify.AnalyzerAsync<UncheckedMappingAnalyzer>(
        Frame(members),
        configure: test => test.CompilerDiagnostics = Microsoft.CodeAnalysis.Testing.CompilerDiagnostics.Errors);

    private static string Frame(string members) => $$"""
        using System;
        using System.Threading;
        using System.Runtime.CompilerServices;
        using PteGuard;
        using static Paging;

        unsafe partial class X
        {
            static Pte* Wrap(Pmd* pmd) { var p = PteOffsetMap(pmd, 0); return p == null ? null : p + 1; }
            static Pte* WrapLock(Mm mm, Pmd* pmd, out PtLock ptl) => PteOffsetMapNolock(mm, pmd, 0, out ptl);
            static Pte* Sure(Pmd* pmd) { Pte* p; while ((p = PteOffsetMap(pmd, 0)) == null) { } return p; }
            static void Uses(Pte* p) { }
            static bool Checks(Pte* p) => p != null;
        }

        unsafe abstract class Foreign
        {
            public abstract void Check(Pte* p);
        }

        unsafe partial class X
        {
            {{members}}
        }
        """;
}
