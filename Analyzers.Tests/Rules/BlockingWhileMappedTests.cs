using PteGuard.Analyzers.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public class BlockingWhileMappedTests
{
    private const string Map = "var p = PteOffsetMap(pmd, addr); if (p == null) return 1; ";

    private const string Helpers = """
            static Mutex mutex;
            [MayBlock] static int Sleeps() => 0;
            [MayBlock] static bool Allocates(Mm mm, Pmd* pmd) => true;
        """;

    [Theory]
    [InlineData("[|Thread.Sleep(1)|]; PteUnmap(p);")]
    [InlineData("[|Task.Delay(1).Wait()|]; PteUnmap(p);")]
    [InlineData("var r = [|Task.FromResult(n).Result|]; PteUnmap(p);")]
    [InlineData("[|new Thread(Work).Join()|]; PteUnmap(p);")]
    [InlineData("[|Console.WriteLine(n)|]; PteUnmap(p);")]
    [InlineData("[|System.IO.File.Delete(\"x\")|]; PteUnmap(p);")]
    [InlineData("if (flag) [|Thread.Sleep(1)|]; PteUnmap(p);")]
    [InlineData("while (n-- > 0) [|Thread.Sleep(1)|]; PteUnmap(p);")]
    [InlineData("lock ([|gate|]) { Work(); } PteUnmap(p);")]
    [InlineData("[|Monitor.Enter(gate)|]; Monitor.Exit(gate); PteUnmap(p);")]
    [InlineData("[|Sleeps()|]; PteUnmap(p);")]
    [InlineData("[|GC.Collect()|]; PteUnmap(p);")]
    [InlineData("try { [|Thread.Sleep(1)|]; } finally { PteUnmap(p); }")]
    [InlineData("[|Allocates(mm, pmd)|]; PteUnmap(p);")]
    [InlineData("_ = flag ? [|Sleeps()|] : 0; PteUnmap(p);")]
    [InlineData("using var e = new ManualResetEvent(false); [|e.WaitOne()|]; PteUnmap(p);")]
    [InlineData("[|mutex.WaitOne()|]; PteUnmap(p);")]
    [InlineData("if (PtepGet(p).IsNone) [|Thread.Sleep(5)|]; PteUnmap(p);")]
    [InlineData("switch (n) { case 1: [|Thread.Sleep(1)|]; break; } PteUnmap(p);")]
    [InlineData("goto wait; wait: [|Thread.Sleep(1)|]; PteUnmap(p);")]
    [InlineData("var q = p; [|Thread.Sleep(1)|]; PteUnmap(q);")]
    public Task What_may_block_while_mapped_is_reported(string body) => VerifyBody(Map + body);

    [Theory]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; [|Thread.Sleep(1)|]; PteUnmapUnlock(p, ptl);")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; PteUnmap(p); [|Thread.Sleep(1)|]; ptl.Exit();")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; ptl.Exit(); [|Thread.Sleep(1)|]; PteUnmap(p);")]
    [InlineData("var pml = PmdLock(mm, pmd); [|Thread.Sleep(1)|]; pml.Exit();")]
    [InlineData("lockField.Enter(); [|Thread.Sleep(1)|]; lockField.Exit();")]
    [InlineData("PtLock l = PteLockptr(mm, pmd); l.Enter(); [|Thread.Sleep(1)|]; l.Exit();")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; [|Thread.Sleep(1)|]; PteUnmap(p);")]
    [InlineData("if (!TryMap(pmd, addr, out var p)) return 1; [|Thread.Sleep(1)|]; PteUnmap(p);")]
    [InlineData("var p = Maps(pmd); if (p == null) return 1; [|Thread.Sleep(1)|]; PteUnmap(p);")]
    [InlineData("void Local() { var p = PteOffsetMap(null, 0); if (p == null) return; [|Thread.Sleep(1)|]; PteUnmap(p); } Local();")]
    [InlineData("var a = PteOffsetMap(pmd, addr); if (a == null) return 1; var b = PteOffsetMap(pmd2, addr); if (b == null) { PteUnmap(a); Thread.Sleep(1); return 1; } PteUnmap(b); [|Thread.Sleep(1)|]; PteUnmap(a);")]
    public Task Every_mapping_and_lock_counts(string body) => VerifyBody(body);

    [Theory]
    [InlineData("PteUnmap(p); Thread.Sleep(1);")]
    [InlineData("if (flag) { PteUnmap(p); Thread.Sleep(1); return 2; } PteUnmap(p);")]
    [InlineData("Work(); PteUnmap(p);")]
    [InlineData("Thread.Yield(); PteUnmap(p);")]
    [InlineData("Thread.Sleep(0); PteUnmap(p);")]
    [InlineData("Thread.SpinWait(10); PteUnmap(p);")]
    [InlineData("var w = new SpinWait(); w.SpinOnce(); PteUnmap(p);")]
    [InlineData("Interlocked.Increment(ref n); PteUnmap(p);")]
    [InlineData("Action a = () => Thread.Sleep(1); PteUnmap(p);")]
    [InlineData("void Local() => Thread.Sleep(1); PteUnmap(p); Local();")]
    [InlineData("field = p; Thread.Sleep(1);")]
    [InlineData("Ends(p); Thread.Sleep(1);")]
    [InlineData("Foreign.Unknown(p); Thread.Sleep(1);")]
    [InlineData("var name = nameof(Thread.Sleep); PteUnmap(p);")]
    [InlineData("try { PteUnmap(p); } finally { Thread.Sleep(1); }")]
    [InlineData("bool done = true; PteUnmap(p); if (done) Thread.Sleep(1);")]
    public Task Blocking_elsewhere_is_silent(string body) => VerifyBody(Map + body);

    [Theory]
    [InlineData("var p = PteOffsetMap(pmd, addr); if (p == null) { Thread.Sleep(1); return 1; } PteUnmap(p);")]
    [InlineData("Thread.Sleep(1); var p = PteOffsetMap(pmd, addr); if (p == null) return 1; PteUnmap(p);")]
    [InlineData("again: var p = PteOffsetMap(pmd, addr); if (p == null) { Thread.Sleep(1); goto again; } PteUnmap(p);")]
    [InlineData("again: var p = PteOffsetMap(pmd, addr); if (p != null) { PteUnmap(p); goto again; } Thread.Sleep(1);")]
    [InlineData("Pte* p; do { p = PteOffsetMap(pmd, addr); } while (p == null); PteUnmap(p); Thread.Sleep(1);")]
    [InlineData("again: var p = PteOffsetMap(pmd, addr); if (p != null) { field = p; goto again; } Thread.Sleep(1);")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; PteUnmapUnlock(p, ptl); Thread.Sleep(1);")]
    [InlineData("lock (gate) Thread.Sleep(1);")]
    [InlineData("var p = PteOffsetKernel(pmd, addr); Thread.Sleep(1);")]
    [InlineData("ulong* t = GetTable(null, 1); if (t != null) Thread.Sleep(1);")]
    [InlineData("while (n-- > 0) { var p = PteOffsetMap(pmd, addr); if (p == null) continue; PteUnmap(p); Thread.Sleep(1); }")]
    [InlineData("lockField.Exit(); Thread.Sleep(1);")]
    public Task Where_nothing_is_mapped_it_is_silent(string body) => VerifyBody(body);

    [Theory]
    [InlineData("async Task M() { unsafe { if (PteOffsetMap(null, 0) == null) return; } [|await Task.Yield()|]; }")]
    [InlineData("async Task M() { PtLock l; unsafe { l = PmdLock(default, null); } [|await Task.Yield()|]; l.Exit(); }")]
    [InlineData("async Task M() { unsafe { var p = PteOffsetMap(null, 0); if (p == null) return; PteUnmap(p); } await Task.Yield(); }")]
    [InlineData("async Task M(IAsyncDisposable d) { PtLock l; unsafe { l = PmdLock(default, null); } await using (d) { l.Exit(); } }")]
    public Task Awaiting_is_blocking(string member) => Verify.AnalyzerAsync<BlockingWhileMappedAnalyzer>($$"""
        using System;
        using System.Threading.Tasks;
        using static Paging;

        class X
        {
            {{member}}
        }
        """);

    [Fact]
    public Task What_the_editorconfig_names_blocks() => Verify.AnalyzerAsync<BlockingWhileMappedAnalyzer>(
        MappingSource.Method(Map + "[|Work()|]; PteUnmap(p);"), "pteguard.blocking_calls = X.Work");

    [Fact]
    public Task The_own_lock_of_a_mapping_may_be_an_ordinary_one() => Verify.AnalyzerAsync<BlockingWhileMappedAnalyzer>("""
        using System.Threading;
        using PteGuard;

        unsafe class X
        {
            static object Gate = new object();
            [MapsEntry(Unmap = nameof(End), Lock = "gate")] static Pte* Begin(out object gate) { gate = Gate; return null; }
            [UnmapsEntry] static void End(Pte* p) { }

            void M()
            {
                var p = Begin(out var gate);
                if (p == null) return;
                lock (gate) Paging.SetPte(p, default);
                lock ([|Gate|]) { }
                End(p);
            }
        }
        """);

    [Theory]
    [InlineData("again: var p = PteOffsetMap(pmd, addr); if (p != null) goto again; [|Thread.Sleep(1)|];")]
    [InlineData("Pte* p; do { p = PteOffsetMap(pmd, addr); } while (p != null); [|Thread.Sleep(1)|];")]
    public Task What_an_earlier_turn_left_mapped_counts(string body) => VerifyBody(body);

    [Theory]
    [InlineData("var p = {|#1:PteOffsetMap(pmd, addr)|}; if (p == null) return 1; {|#0:Thread.Sleep(1)|}; PteUnmap(p);", "'Thread.Sleep(1)' may block while a page table is mapped; unmap it first")]
    [InlineData("var p = {|#1:PteOffsetMapLock(mm, pmd, addr, out var ptl)|}; if (p == null) return 1; {|#0:Thread.Sleep(1)|}; PteUnmapUnlock(p, ptl);", "'Thread.Sleep(1)' may block while a page-table lock is held; release it first")]
    [InlineData("var q = {|#1:PteOffsetMap(pmd2, addr)|}; if (q == null) return 1; var p = {|#2:PteOffsetMapLock(mm, pmd, addr, out var ptl)|}; if (p == null) return 1; {|#0:Thread.Sleep(1)|}; PteUnmapUnlock(p, ptl); PteUnmap(q);", "'Thread.Sleep(1)' may block while a page-table lock is held; release it first")]
    public Task The_message_says_what_is_held(string body, string message) => Verify.MessageAsync<BlockingWhileMappedAnalyzer>(MappingSource.Method(body), "PTE0013", message);

    [Theory]
    [InlineData("PtLock {|#1:own|}; void M() { own.Enter(); {|#0:Thread.Sleep(1)|}; own.Exit(); }")]
    [InlineData("void M({|#1:PtLock l|}) { l.Enter(); {|#0:Thread.Sleep(1)|}; l.Exit(); }")]
    [InlineData("struct W { public Pte* P; public PtLock {|#1:L|}; } void M(W w) { w.L.Enter(); {|#0:Thread.Sleep(1)|}; w.L.Exit(); }")]
    [InlineData("void M(Mm mm, Pmd* pmd) { var l = {|#1:PmdLock(mm, pmd)|}; {|#0:Thread.Sleep(1)|}; l.Exit(); }")]
    public Task The_report_points_at_what_is_held(string members) => Verify.MessageAsync<BlockingWhileMappedAnalyzer>(
        MappingSource.Class(members), "PTE0013", "'Thread.Sleep(1)' may block while a page-table lock is held; release it first");

    [Theory]
    [InlineData("var p = PteOffsetMap(pmd, addr; Thread.Sleep(; await ; lock (")]
    public Task Half_typed_code_is_survived(string body) => Verify.AnalyzerAsync<BlockingWhileMappedAnalyzer>(
        MappingSource.Method(body), configure: test => test.CompilerDiagnostics = Microsoft.CodeAnalysis.Testing.CompilerDiagnostics.None);

    private static Task VerifyBody(string body) => Verify.AnalyzerAsync<BlockingWhileMappedAnalyzer>(
        "using System.Threading.Tasks;\n" + MappingSource.Method(body).Replace("    Pte* field;", Helpers + "    Pte* field;"));
}
