using PteGuard.Analyzers.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public class UnlockedStoreTests
{
    private const string Map = "var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; ";

    [Theory]
    [InlineData("SetPte([|p|], pte);")]
    [InlineData("new Span<Pte>([|p|], 1)[0] = pte;")]
    [InlineData("SetPte([|p + 1|], pte);")]
    [InlineData("SetPte([|&p[1]|], pte);")]
    [InlineData("[|*p|] = pte;")]
    [InlineData("[|p[1]|] = pte;")]
    [InlineData("[|p->Value|] = 1;")]
    [InlineData("[|p->Value|] |= 1;")]
    [InlineData("[|p->Clear|]();")]
    [InlineData("PtepModify([|p|], e => e);")]
    [InlineData("ptl.Enter(); SetPte(p, pte); ptl.Exit(); SetPte([|p|], pte);")]
    [InlineData("if (flag) ptl.Enter(); SetPte([|p|], pte);")]
    [InlineData("if (flag) { ptl.Enter(); ptl.Exit(); } SetPte([|p|], pte);")]
    [InlineData("while (n-- > 0) { SetPte([|p|], pte); ptl.Enter(); SetPte(p, pte); ptl.Exit(); }")]
    [InlineData("Writes([|p|], pte);")]
    [InlineData("var q = p; SetPte([|q|], pte);")]
    [InlineData("try { SetPte([|p|], pte); } finally { PteUnmap(p); }")]
    [InlineData("ptl.Enter(); Release(ptl); SetPte([|p|], pte);")]
    [InlineData("System.Runtime.CompilerServices.Unsafe.Write([|p|], pte);")]
    [InlineData("System.Runtime.InteropServices.Marshal.WriteInt64([|(nint)p|], 0);")]
    [InlineData("switch (n) { case 1: ptl.Enter(); break; default: break; } SetPte([|p|], pte);")]
    [InlineData("for (int i = 0; i < n; i++, p++) SetPte([|p|], pte);")]
    [InlineData("SetPte(pte: pte, ptep: [|p|]);")]
    [InlineData("goto set; set: SetPte([|p|], pte);")]
    [InlineData("var other = PteOffsetMapLock(mm, pmd2, addr, out var l2); if (other == null) return 2; SetPte([|p|], pte);")]
    public Task A_store_without_the_lock_is_reported(string body) => Verify.AnalyzerAsync<UnlockedStoreAnalyzer>(MappingSource.Method(Map + body));

    [Theory]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; ptl.Exit(); SetPte([|p|], pte);")]
    [InlineData("var p = MapsLocked(mm, pmd, out var ptl); if (p == null) return 1; SetPte(p, pte); ptl.Exit(); SetPte([|p|], pte);")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; Release(ptl); [|*p|] = pte;")]
    public Task A_released_lock_counts(string body) => Verify.AnalyzerAsync<UnlockedStoreAnalyzer>(MappingSource.Method(body));

    [Theory]
    [InlineData("ptl.Enter(); SetPte(p, pte); ptl.Exit();")]
    [InlineData("ptl.Enter(); *p = pte; ptl.Exit();")]
    [InlineData("ptl.Enter(); SetPte(p + 1, pte); Writes(p, pte); ptl.Exit();")]
    [InlineData("var l = ptl; l.Enter(); SetPte(p, pte);")]
    [InlineData("Take(ptl); SetPte(p, pte);")]
    [InlineData("AnnotatedTake(ptl); SetPte(p, pte);")]
    [InlineData("if (!ptl.TryEnter()) return 2; SetPte(p, pte);")]
    [InlineData("if (ptl != lockField) ptl.Enter(); SetPte(p, pte);")]
    [InlineData("Foreign.UnknownLock(ptl); SetPte(p, pte);")]
    [InlineData("var v = PtepGet(p); v = Reads(p);")]
    [InlineData("lock (gate) { ptl.Enter(); SetPte(p, pte); ptl.Exit(); }")]
    [InlineData("Pte copy = pte; SetPte(&copy, pte);")]
    [InlineData("p = PteOffsetMapLock(mm, pmd, addr, out ptl); if (p == null) return 2; SetPte(p, pte);")]
    [InlineData("try { ptl.Enter(); SetPte(p, pte); } finally { ptl.Exit(); }")]
    [InlineData("bool held = false; if (flag) { ptl.Enter(); held = true; } if (held) SetPte(p, pte);")]
    [InlineData("lockField = ptl; Work(); SetPte(p, pte);")]
    [InlineData("if (TryTake(ptl)) { SetPte(p, pte); ptl.Exit(); } PteUnmap(p);")]
    public Task A_store_under_the_lock_is_silent(string body) => Verify.AnalyzerAsync<UnlockedStoreAnalyzer>(MappingSource.Method(Map + body));

    [Theory]
    [InlineData("var p = PteOffsetMap(pmd, addr); if (p == null) return 1; SetPte(p, pte);")]
    [InlineData("var p = PteOffsetKernel(pmd, addr); SetPte(p, pte);")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; SetPte(p, pte); PteUnmapUnlock(p, ptl);")]
    [InlineData("if (!TryMap(pmd, addr, out var p)) return 1; SetPte(p, pte);")]
    [InlineData("var p = MapsLocked(mm, pmd, out var ptl); if (p == null) return 1; SetPte(p, pte);")]
    public Task A_mapping_without_a_lock_is_silent(string body) => Verify.AnalyzerAsync<UnlockedStoreAnalyzer>(MappingSource.Method(body));

    [Theory]
    [InlineData("var p = {|#1:PteOffsetMapNolock(mm, pmd, addr, out var ptl)|}; if (p == null) return 1; SetPte({|#0:p|}, pte); PteUnmap(p);",
        "An entry is stored to through 'p' while the lock of its table is not held; take 'ptl' first")]
    [InlineData("var p = {|#1:PteOffsetMapNolock(mm, pmd, addr, out _)|}; if (p == null) return 1; SetPte({|#0:p|}, pte); PteUnmap(p);",
        "An entry is stored to through 'p' while the lock of its table is not held; take the lock that came with the mapping first")]
    public Task The_message_says_what_to_do(string body, string message) => Verify.MessageAsync<UnlockedStoreAnalyzer>(MappingSource.Method(body), "PTE0011", message);

    [Theory]
    [InlineData("Hold(gate); SetPte(p, pte); Drop(gate);")]
    [InlineData("Monitor.Enter(gate); SetPte(p, pte); Monitor.Exit(gate);")]
    [InlineData("lock (gate) SetPte(p, pte);")]
    [InlineData("SetPte([|p|], pte);")]
    [InlineData("Monitor.Enter(gate); Monitor.Exit(gate); SetPte([|p|], pte);")]
    public Task The_lock_may_be_any_object(string body) => Verify.AnalyzerAsync<UnlockedStoreAnalyzer>(MappingSource.Class($$"""
            [MapsEntry(Unmap = nameof(PteUnmap), Lock = "gate")] static Pte* MapGate(Pmd* pmd, out object gate) => throw null;
            static void Hold(object gate) => Monitor.Enter(gate);
            static void Drop(object gate) => Monitor.Exit(gate);
            void M(Pmd* pmd, Pte pte) { var p = MapGate(pmd, out var gate); if (p == null) return; {{body}} PteUnmap(p); }
        """));

    [Theory]
    [InlineData("var p = PteOffsetMap(pmd, addr; PteUnmap(p; PteGet(p")]
    [InlineData("PteUnmapUnlock(p, ptl); p. ; ptl.Enter(; ptl.Exit(); foreach (var x in")]
    public Task Half_typed_code_is_survived(string body) => Verify.AnalyzerAsync<UnlockedStoreAnalyzer>(
        MappingSource.Method(body), configure: test => test.CompilerDiagnostics = Microsoft.CodeAnalysis.Testing.CompilerDiagnostics.None);

    [Fact]
    public Task Architecture_code_knows_best() => Verify.AnalyzerAsync<UnlockedStoreAnalyzer>(
        MappingSource.Method("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; SetPte(p, pte);").Replace("int M(", "[ArchitectureCode] int M("));
}
