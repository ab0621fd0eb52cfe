using PteGuard.Analyzers.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public class LeakedMappingTests
{
    private const string Map = "var p = {|#0:PteOffsetMap(pmd, addr)|}; if (p == null) return 1; ";

    [Theory]
    [InlineData("")]
    [InlineData("var v = PtepGet(p);")]
    [InlineData("if (flag) return 2; PteUnmap(p);")]
    [InlineData("if (flag) { Work(); return 2; } PteUnmap(p);")]
    [InlineData("if (PtepGet(p).IsNone) return 2; PteUnmap(p);")]
    [InlineData("if (flag) PteUnmap(p);")]
    [InlineData("if (flag) PteUnmap(p); else Work();")]
    [InlineData("while (n-- > 0) { if (flag) return 3; } PteUnmap(p);")]
    [InlineData("for (int i = 0; i < n; i++) { if (p[i].IsNone) goto done; } PteUnmap(p); done: Work();")]
    [InlineData("switch (n) { case 1: PteUnmap(p); break; case 2: return 4; default: PteUnmap(p); break; }")]
    [InlineData("try { Work(); if (flag) return 2; PteUnmap(p); } finally { Work(); }")]
    [InlineData("p = null;")]
    [InlineData("p = PteOffsetKernel(pmd, addr); PteUnmap(p);")]
    [InlineData("var q = p; q = null; p = q;")]
    [InlineData("bool mapped = flag; if (mapped) PteUnmap(p);")]
    [InlineData("Reads(p);")]
    [InlineData("Writes(p, pte);")]
    [InlineData("Console.WriteLine((ulong)p);")]
    [InlineData("p++; p += 2; _ = p == null;")]
    [InlineData("lock (gate) { if (flag) return 2; } PteUnmap(p);")]
    [InlineData("Span<Pte> view = new Span<Pte>(p, 512); _ = view.Length;")]
    public Task A_way_out_that_misses_it_is_reported(string body) => Verify.AnalyzerAsync<LeakedMappingAnalyzer>(MappingSource.Method(Report(Map + body)));

    [Theory]
    [InlineData("_ = {|#0:PteOffsetMap(pmd, addr)|} == null;")]
    [InlineData("{|#0:PteOffsetMap(pmd, addr)|};")]
    [InlineData("var v = PtepGet({|#0:PteOffsetMap(pmd, addr)|});")]
    [InlineData("var p = {|#0:PteOffsetMapLock(mm, pmd, addr, out var ptl)|}; if (p == null) return 1; ptl.Exit();")]
    [InlineData("var p = {|#0:PteOffsetMapNolock(mm, pmd, addr, out var ptl)|}; if (p == null) return 1; ptl.Enter(); ptl.Exit();")]
    [InlineData("if (!{|#0:TryMap(pmd, addr, out var p)|}) return 1; Work();")]
    [InlineData("Pte* p; while ((p = {|#0:PteOffsetMap(pmd, addr)|}) != null) { Work(); }")]
    [InlineData("Pte* p; do { p = {|#0:PteOffsetMap(pmd, addr)|}; if (p == null) return 1; if (flag) continue; PteUnmap(p); } while (Test());")]
    [InlineData("again: var p = {|#0:PteOffsetMap(pmd, addr)|}; if (p == null) return 1; if (Test()) goto again; PteUnmap(p);")]
    [InlineData("var p = {|#0:Maps(pmd)|}; if (p == null) return 1;")]
    [InlineData("var p = {|#0:MapsLocked(mm, pmd, out var ptl)|}; if (p == null) return 1; ptl.Exit();")]
    [InlineData("void Local() { var p = {|#0:PteOffsetMap(pmd, addr)|}; if (p == null) return; } Local();")]
    [InlineData("Action a = () => { var p = {|#0:PteOffsetMap(null, 0)|}; };")]
    [InlineData("if (((Func<bool>)(() => { var p = {|#0:PteOffsetMap(null, 0)|}; return flag; }))()) Work();")]
    [InlineData("var src = {|#0:PteOffsetMap(pmd, addr)|}; if (src == null) return 1; var dst = PteOffsetMap(pmd2, addr); if (dst == null) return 2; PteUnmap(dst); PteUnmap(src);")]
    public Task Every_way_to_map_counts(string body) => Verify.AnalyzerAsync<LeakedMappingAnalyzer>(MappingSource.Method(Report(body)));

    [Theory]
    [InlineData("PteUnmap(p);")]
    [InlineData("if (flag) { PteUnmap(p); return 2; } PteUnmap(p);")]
    [InlineData("if (flag) goto done; Work(); done: PteUnmap(p);")]
    [InlineData("try { if (flag) return 2; Work(); } finally { PteUnmap(p); }")]
    [InlineData("try { Work(); } catch (Exception) { PteUnmap(p); throw; } PteUnmap(p);")]
    [InlineData("var q = p; PteUnmap(q);")]
    [InlineData("for (int i = 0; i < n; i++, p++) Work(); PteUnmap(p - 1);")]
    [InlineData("field = p;")]
    [InlineData("Ends(p);")]
    [InlineData("EndsIfThere(p);")]
    [InlineData("EndsSometimes(p, flag);")]
    [InlineData("Keeps(p, this);")]
    [InlineData("Foreign.Unknown(p);")]
    [InlineData("delegate*<Pte*, void> f = &Ends; f(p);")]
    [InlineData("throw new Exception();")]
    [InlineData("Action a = () => PteUnmap(p); a();")]
    [InlineData("void Local() => PteUnmap(p); Local();")]
    [InlineData("Pte** pp = &p; PteUnmap(*pp);")]
    [InlineData("ref var r = ref *p; PteUnmap((Pte*)Unsafe.AsPointer(ref r));", "System.Runtime.CompilerServices.")]
    [InlineData("bool mapped = true; if (flag) { PteUnmap(p); mapped = false; } if (mapped) PteUnmap(p);")]
    [InlineData("if (flag) { PteUnmap(p); p = null; } if (p != null) PteUnmap(p);")]
    [InlineData("if (flag) Work(); else Work(); PteUnmap(p);")]
    [InlineData("while (true) { if (Test()) break; } PteUnmap(p);")]
    [InlineData("switch (n) { case 1: PteUnmap(p); break; default: PteUnmap(p); break; }")]
    [InlineData("ulong raw = (ulong)p; PteUnmap((Pte*)raw);")]
    [InlineData("if (!flag) { PteUnmap(p); return 0; } if (flag) PteUnmap(p);")]
    [InlineData("Environment.Exit(1);")]
    [InlineData("field = flag ? p : p;")]
    [InlineData("PteUnmap(Same(p));")]
    [InlineData("Hand(p, out var q); PteUnmap(q);")]
    [InlineData("Retarget(ref p);")]
    public Task Ended_given_away_or_never_left_is_silent(string body, string space = "") =>
        Verify.AnalyzerAsync<LeakedMappingAnalyzer>(MappingSource.Method(Map.Replace("{|#0:", "").Replace("|}", "") + body.Replace("Unsafe.", space + "Unsafe.")));

    [Theory]
    [InlineData("var p = PteOffsetMap(pmd, addr); if (p != null) PteUnmap(p);")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; PteUnmapUnlock(p, ptl);")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; EndsUnlocked(p, ptl);")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; PteUnmap(p);")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; PteUnmap(p); ptl.Enter();")]
    [InlineData("Pte* p; while ((p = PteOffsetMap(pmd, addr)) != null) { PteUnmap(p); }")]
    [InlineData("again: var p = PteOffsetMap(pmd, addr); if (p == null) goto again; PteUnmap(p);")]
    [InlineData("var p = PteOffsetKernel(pmd, addr); var v = PtepGet(p);")]
    [InlineData("ulong* t = GetTable(null, 1); if (t == null) return 1;")]
    [InlineData("Pte* p = null; if (flag) p = PteOffsetMap(pmd, addr); Work(); if (p != null) PteUnmap(p);")]
    [InlineData("Pte* p = null; if (flag) { p = PteOffsetMap(pmd, addr); if (p == null) return 1; } if (flag) PteUnmap(p);")]
    [InlineData("Pte* src = null, dst = null; src = PteOffsetMap(pmd, addr); if (src == null) goto done; dst = PteOffsetMap(pmd2, addr); done: if (dst != null) PteUnmap(dst); if (src != null) PteUnmap(src);")]
    [InlineData("if (!TryMap(pmd, addr, out var p)) return 1; PteUnmap(p);")]
    [InlineData("if (TryMap(pmd, addr, out var p)) PteUnmap(p);")]
    public Task Code_that_ends_what_it_maps_is_silent(string body) => Verify.AnalyzerAsync<LeakedMappingAnalyzer>(MappingSource.Method(body));

    [Theory]
    [InlineData("Pte* M(Pmd* pmd) => PteOffsetMap(pmd, 0);")]
    [InlineData("Pte* M(Pmd* pmd) { var p = PteOffsetMap(pmd, 0); if (p == null) return null; Work(); return p + 1; }")]
    [InlineData("bool M(Pmd* pmd, out Pte* p) { p = PteOffsetMap(pmd, 0); return p != null; }")]
    [InlineData("void M(Pmd* pmd, ref Pte* p) { p = PteOffsetMap(pmd, 0); }")]
    [InlineData("struct Walk { public Pte* Pte; public PtLock Lock; } bool M(Pmd* pmd, Mm mm, out Walk walk) { walk = default; walk.Pte = PteOffsetMapLock(mm, pmd, 0, out walk.Lock); return walk.Pte != null; } void End(ref Walk walk) => PteUnmapUnlock(walk.Pte, walk.Lock);")]
    [InlineData("Span<Pte> M(Pmd* pmd) { var p = PteOffsetMap(pmd, 0); if (p == null) return default; return new Span<Pte>(p, 512); }")]
    [InlineData("Span<Pte> M(Pmd* pmd) { var p = PteOffsetMap(pmd, 0); if (p == null) return default; var s = new Span<Pte>(p, 512); return s; }")]
    [InlineData("ref Pte M(Pmd* pmd) { var p = PteOffsetMap(pmd, 0); if (p == null) throw new Exception(); return ref p[3]; }")]
    [InlineData("ref Pte M(Pmd* pmd) { var p = PteOffsetMap(pmd, 0); if (p == null) throw new Exception(); ref var r = ref *p; return ref r; }")]
    [InlineData("static Pte* Next(Pte* p) => p + 1; Pte* M(Pmd* pmd) { var p = PteOffsetMap(pmd, 0); if (p == null) return null; return Next(p); }")]
    [InlineData("static Pte* Next(Pte* p) => p + 1; Pte* M(Pmd* pmd) { var p = PteOffsetMap(pmd, 0); if (p == null) return null; var q = Next(p); return q; }")]
    [InlineData("ulong M(Pmd* pmd) { var p = PteOffsetMap(pmd, 0); if (p == null) return 0; return (ulong)p + 8; }")]
    [InlineData("[ArchitectureCode] void M(Pmd* pmd) { var p = PteOffsetMap(pmd, 0); }")]
    [InlineData("X(Pmd* pmd) { field = PteOffsetMap(pmd, 0); } X() { }")]
    [InlineData("static void End(ulong q) => PteUnmap((Pte*)q); void M(Pmd* pmd) { var p = PteOffsetMap(pmd, 0); if (p == null) return; End((ulong)p); }")]
    [InlineData("static void End(nint q) { PteUnmap((Pte*)q); } void M(Pmd* pmd) { var p = PteOffsetMap(pmd, 0); if (p == null) return; End((nint)p); }")]
    [InlineData("static void End(void* q) { PteUnmap((Pte*)q); } void M(Pmd* pmd) { var p = PteOffsetMap(pmd, 0); if (p == null) return; End(p); }")]
    [InlineData("Pte* Known(Pmd* pmd, bool map) { if (!map) return field; return PteOffsetMap(pmd, 0); } void M(Pmd* pmd, bool map) { var p = Known(pmd, map); if (p != null && map) PteUnmap(p); }")]
    public Task Handing_it_out_is_silent(string members) => Verify.AnalyzerAsync<LeakedMappingAnalyzer>(MappingSource.Class(members));

    [Theory]
    [InlineData("var p = {|#0:PteOffsetMap(pmd, addr)|}; if (p == null) return 1; if (flag) {|#1:return 2;|} PteUnmap(p);",
        "'PteOffsetMap(pmd, addr)' maps a page table that is still mapped on the way out in line 10; call 'PteUnmap' on every way out")]
    [InlineData("Pte* p; while ((p = {|#0:{|#1:PteOffsetMap(pmd, addr)|}|}) != null) { Work(); }",
        "'PteOffsetMap(pmd, addr)' maps a page table that is still mapped when this is done again; call 'PteUnmap' before")]
    public Task The_message_says_where_it_is_lost(string body, string message) => Verify.MessageAsync<LeakedMappingAnalyzer>(MappingSource.Method(body), "PTE0007", message);

    [Theory]
    [InlineData("if (flag) {|#1:return;|} PteUnmap(p);")]
    [InlineData("if (flag) { {|#1:return;|} } PteUnmap(p);")]
    [InlineData("if (flag) { Work(); {|#1:return;|} } PteUnmap(p);")]
    [InlineData("if (flag) PteUnmap(p); else {|#1:return;|}")]
    [InlineData("{|#1:if (flag) PteUnmap(p);|}")]
    [InlineData("if (flag) PteUnmap(p); {|#1:return;|}")]
    [InlineData("{|#1:while (flag) Work();|}")]
    [InlineData("while (flag) Work(); {|#1:return;|}")]
    [InlineData("{|#1:Work();|}")]
    [InlineData("Work(); {|#1:return;|}")]
    [InlineData("Work(); { {|#1:Work();|} }")]
    public Task The_report_points_at_the_way_out(string body) => Verify.MessageAsync<LeakedMappingAnalyzer>(
        MappingSource.Class($"void M(Pmd* pmd, bool flag) {{ var p = {{|#0:PteOffsetMap(pmd, 1)|}}; if (p == null) return; {body} }}"),
        "PTE0007",
        "'PteOffsetMap(pmd, 1)' maps a page table that is still mapped on the way out in line 8; call 'PteUnmap' on every way out");

    [Fact]
    public Task The_report_points_at_the_arrow_of_a_short_body() => Verify.MessageAsync<LeakedMappingAnalyzer>(
        MappingSource.Class("bool M(Pmd* pmd) {|#1:=> {|#0:PteOffsetMap(pmd, 1)|} == null|};"),
        "PTE0007",
        "'PteOffsetMap(pmd, 1)' maps a page table that is still mapped on the way out in line 8; call 'PteUnmap' on every way out");

    [Theory]
    [InlineData("try { Work(); } catch (InvalidOperationException) { } PteUnmap(p);", false)]
    [InlineData("try { Work(); } catch (Exception) when (flag) { } PteUnmap(p);", false)]
    [InlineData("try { Work(); } catch (Exception) { throw; } PteUnmap(p);", false)]
    [InlineData("try { Work(); } catch (Exception) { Work(); } PteUnmap(p);", false)]
    [InlineData("try { Work(); } finally { n++; } PteUnmap(p);", false)]
    [InlineData("try { try { Work(); } finally { n++; } } catch (Exception) { } PteUnmap(p);", true)]
    [InlineData("try { Work(); } catch (InvalidOperationException) { } catch (Exception) { } PteUnmap(p);", true)]
    [InlineData("try { Work(); } catch (Exception) { } PteUnmap(p);", true)]
    [InlineData("try { Work(); } catch { } PteUnmap(p);", true)]
    [InlineData("try { Work(); } catch { PteUnmap(p); throw; } PteUnmap(p);", true)]
    [InlineData("n++; p++; PteUnmap(p - 1);", true)]
    [InlineData("n = pte.Value > 3 ? 1 : 2; PteUnmap(p);", true)]
    public Task Exceptions_go_to_the_handlers_that_take_them(string body, bool isSilent)
    {
        var map = isSilent ? "PteOffsetMap(pmd, addr)" : "[|PteOffsetMap(pmd, addr)|]";
        return Verify.AnalyzerAsync<LeakedMappingAnalyzer>(MappingSource.Method($"var p = {map}; if (p == null) return 1; {body}"), "pteguard.exception_paths = true");
    }

    [Fact]
    public Task Exceptions_are_ways_out_on_request()
    {
        const string Body = "var p = {0}; if (p == null) return 1; Work(); PteUnmap(p);";
        return Task.WhenAll(
            Verify.AnalyzerAsync<LeakedMappingAnalyzer>(MappingSource.Method(Body.Replace("{0}", "PteOffsetMap(pmd, addr)"))),
            Verify.AnalyzerAsync<LeakedMappingAnalyzer>(MappingSource.Method(Body.Replace("{0}", "[|PteOffsetMap(pmd, addr)|]")), "pteguard.exception_paths = true"),
            Verify.AnalyzerAsync<LeakedMappingAnalyzer>(MappingSource.Method("var p = PteOffsetMap(pmd, addr); if (p == null) return 1; try { Work(); } finally { PteUnmap(p); }"), "pteguard.exception_paths = true"));
    }

    [Fact]
    public Task The_way_out_is_an_additional_location() => Verify.AnalyzerAsync<LeakedMappingAnalyzer>(
        MappingSource.Method("var p = {|#0:PteOffsetMap(pmd, addr)|}; if (p == null) return 1; if (flag) {|#1:return 2;|} PteUnmap(p);"),
        configure: test => test.ExpectedDiagnostics.Add(new Microsoft.CodeAnalysis.Testing.DiagnosticResult("PTE0007", Microsoft.CodeAnalysis.DiagnosticSeverity.Info)
            .WithLocation(0).WithLocation(1).WithArguments("PteOffsetMap(pmd, addr)", "is still mapped on the way out in line 10", "call 'PteUnmap' on every way out")));

    [Theory]
    [InlineData("var p = [|PteOffsetMap(pmd, addr|]; if (p == ) return; PteUnmap(p")]
    [InlineData("var p = PteOffsetMap(pmd); PteUnmap(); p. ; PteUnmapUnlock(p, ); ptl.Exit(")]
    public Task Half_typed_code_is_survived(string body) => Verify.AnalyzerAsync<LeakedMappingAnalyzer>(
        MappingSource.Method(body), configure: test => test.CompilerDiagnostics = Microsoft.CodeAnalysis.Testing.CompilerDiagnostics.None);

    /// <summary>Only the place counts here: the ways out differ from case to case.</summary>
    private static string Report(string body) => body.Replace("{|#0:", "[|").Replace("|}", "|]");
}
