using Microsoft.CodeAnalysis.Testing;
using PteGuard.Analyzers.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public class SeparateLockPointerTests
{
    [Theory]
    [InlineData("var p = PteOffsetMap(pmd, addr); var ptl = [|PteLockptr(mm, pmd)|]; ptl.Enter(); PteUnmapUnlock(p, ptl);")]
    [InlineData("var ptl = [|PteLockptr(mm, pmd)|]; var p = PteOffsetMap(pmd, addr); ptl.Enter(); PteUnmapUnlock(p, ptl);")]
    [InlineData("var ptl = [|PteLockptr(mm, pmd)|]; ptl.Enter(); var p = PteOffsetMap(pmd, addr); PteUnmapUnlock(p, ptl);")]
    [InlineData("var p = PteOffsetMap(pmd, addr); [|PteLockptr(mm, pmd)|].Enter();")]
    [InlineData("[|PteLockptr(mm, pmd)|].Enter(); var p = PteOffsetMap(pmd, addr);")]
    [InlineData("var p = PteOffsetMap(pmd, addr); if (p == null) return; Work(); var ptl = [|PteLockptr(mm, pmd)|]; Work(); ptl.Enter();")]
    [InlineData("var p = PteOffsetMap(pmd, addr); PtLock ptl; ptl = [|PteLockptr(mm, pmd)|]; var copy = ptl; copy.Enter();")]
    [InlineData("var same = pmd; var p = PteOffsetMap(same, addr); [|PteLockptr(mm, pmd)|].Enter();")]
    [InlineData("var d = PmdOf(addr); var p = PteOffsetMap(d, addr); [|PteLockptr(mm, d)|].Enter();")]
    [InlineData("var d = PmdMap(addr); var p = PteOffsetMap(d, addr); [|PteLockptr(mm, d)|].Enter();")]
    [InlineData("var p = PteOffsetMap(&*pmd, addr); [|PteLockptr(mm, pmd)|].Enter();")]
    [InlineData("var p = PteOffsetMap(vmf.Pmd, addr); [|PteLockptr(mm, vmf.Pmd)|].Enter();")]
    [InlineData("var p = PteOffsetMap(vmf.pmd, addr); [|PteLockptr(mm, vmf.pmd)|].Enter();")]
    [InlineData("var p = PteOffsetMap(pmd, addr); Take([|PteLockptr(mm, pmd)|]);")]
    [InlineData("var p = PteOffsetMap(pmd, addr); field = [|PteLockptr(mm, pmd)|];")]
    [InlineData("var p = PteOffsetMap(pmd, addr); given = [|PteLockptr(mm, pmd)|];")]
    [InlineData("var p = PteOffsetMap(pmd, addr); var w = new Walk([|PteLockptr(mm, pmd)|]);")]
    [InlineData("var p = PteOffsetMap(pmd, addr); PteUnmapUnlock(p, [|PteLockptr(mm, pmd)|]);")]
    [InlineData("TryMap(pmd, addr, out var p); [|PteLockptr(mm, pmd)|].Enter();")]
    [InlineData("var p = PteOffsetMap(pmd, addr); var ptl = n > 0 ? [|PteLockptr(mm, pmd)|] : default; if (n > 0) ptl.Enter();")]
    [InlineData("while (n-- > 0) { var p = PteOffsetMap(pmd, addr); if (p == null) break; var ptl = [|PteLockptr(mm, pmd)|]; ptl.Enter(); PteUnmapUnlock(p, ptl); pmd++; }")]
    [InlineData("while (n-- > 0) { var p = PteOffsetMap(pmd, addr); var ptl = [|PteLockptr(mm, pmd)|]; ptl.Enter(); }")]
    [InlineData("while (n-- > 0) { var p = PteOffsetMap(pmd, addr); var ptl = [|PteLockptr(mm, pmd)|]; ptl.Enter(); pmd++; }")]
    [InlineData("while (n-- > 0) { var p = PteOffsetMap(pmd, addr); var ptl = [|PteLockptr(mm, pmd)|]; ptl.Enter(); PteUnmapUnlock(p, ptl); }")]
    [InlineData("var ptl = [|PteLockptr(mm, pmd)|]; if (!ptl.TryEnter()) return; var p = PteOffsetMap(pmd, addr);")]
    [InlineData("again: var p = PteOffsetMap(pmd, addr); if (p == null) goto again; [|PteLockptr(mm, pmd)|].Enter();")]
    [InlineData("var p = PteOffsetMap(pmd, addr); try { [|PteLockptr(mm, pmd)|].Enter(); } finally { PteUnmap(p); }")]
    [InlineData("var p = PteOffsetMap(pmd, addr); var ptl = [|PteLockptr(mm, pmd)|]; if (n > 0) ptl.Enter(); else ptl.Exit();")]
    [InlineData("PmdLock(mm, pmd).Exit(); var held = PmdLock(mm, pmd); held.Exit(); var p = PteOffsetMap(pmd, addr); [|PteLockptr(mm, pmd)|].Enter();")]
    [InlineData("var held = PmdLock(mm, other); var p = PteOffsetMap(pmd, addr); [|PteLockptr(mm, pmd)|].Enter();")]
    [InlineData("PmdLockptr(mm, pmd); var p = PteOffsetMap(pmd, addr); [|PteLockptr(mm, pmd)|].Enter();")]
    [InlineData("if (n > 0) PmdLockptr(mm, pmd).Enter(); var p = PteOffsetMap(pmd, addr); [|PteLockptr(mm, pmd)|].Enter();")]
    [InlineData("void Local() { var p = PteOffsetMap(pmd, addr); [|PteLockptr(mm, pmd)|].Enter(); }")]
    [InlineData("Action a = () => { var p = PteOffsetMap(pmd, addr); [|PteLockptr(mm, pmd)|].Enter(); };")]
    [InlineData("var p = PteOffsetMap(pmd, addr); var q = PteOffsetMap(pmd, addr); [|PteLockptr(mm, pmd)|].Enter();")]
    [InlineData("var a = [|PteLockptr(mm, pmd)|]; var b = [|PteLockptr(mm, pmd)|]; var p = PteOffsetMap(pmd, addr); a.Enter(); b.Enter();")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var l); if (p == null) return; var q = PteOffsetMap(pmd, addr); [|PteLockptr(mm, pmd)|].Enter();")]
    [InlineData("[|PteLockptr(mm, pmd)|].Enter(); if (n > 0) Work(); var p = PteOffsetMap(pmd, addr);")]
    [InlineData("var pml = PmdLockptr(mm, pmd); Lock(pml); Unlock(pml); var p = PteOffsetMap(pmd, addr); [|PteLockptr(mm, pmd)|].Enter();")]
    [InlineData("var pml = PmdLockptr(mm, other); if (!TryLock(pml)) return; var p = PteOffsetMap(pmd, addr); [|PteLockptr(mm, pmd)|].Enter();")]
    [InlineData("PmdLock(mm, pmd + 1); var p = PteOffsetMap(pmd, addr); [|PteLockptr(mm, pmd)|].Enter();")]
    [InlineData("gate.Enter(); var p = PteOffsetMap(pmd, addr); [|PteLockptr(mm, pmd)|].Enter();")]
    public Task A_lock_looked_up_for_a_separate_mapping_is_reported(string body) => VerifyBody(body);

    [Theory]
    [InlineData("PteLockptr(mm, pmd).Enter();")]
    [InlineData("var p = PteOffsetMap(pmd, addr); var ptl = PteLockptr(mm, pmd);")]
    [InlineData("var p = PteOffsetMap(pmd, addr); var same = PteLockptr(mm, pmd) == field;")]
    [InlineData("var p = PteOffsetMap(pmd, addr); if (PteLockptr(mm, pmd) != PteLockptr(mm, other)) Work();")]
    [InlineData("var p = PteOffsetMap(pmd, addr); var same = PteLockptr(mm, pmd).Equals(field) || field.Equals(PteLockptr(mm, pmd));")]
    [InlineData("var p = PteOffsetMap(pmd, addr); var same = ReferenceEquals(PteLockptr(mm, pmd), null);")]
    [InlineData("var p = PteOffsetMap(other, addr); PteLockptr(mm, pmd).Enter();")]
    [InlineData("var p = PteOffsetMap(pmd, addr); pmd++; PteLockptr(mm, pmd).Enter();")]
    [InlineData("var p = PteOffsetMap(pmd, addr); PteLockptr(mm, pmd + 1).Enter();")]
    [InlineData("var p = PteOffsetMap(&pmd[n], addr); PteLockptr(mm, &pmd[n + 1]).Enter();")]
    [InlineData("var d = PmdMap(addr); var p = PteOffsetMap(d, addr); PteLockptr(mm, d + 1).Enter();")]
    [InlineData("var d = PmdMap(addr); var p = PteOffsetMap(&d[n], addr); PteLockptr(mm, (Pmd*)(void*)&d[n + 1]).Enter();")]
    [InlineData("var p = PteOffsetMap(pmd, addr); pmd = other; PteLockptr(mm, pmd).Enter();")]
    [InlineData("var p = PteOffsetMap(PmdOf(addr), addr); PteLockptr(mm, PmdOf(addr)).Enter();")]
    [InlineData("var p = PteOffsetMap(vmf.pmd, addr); vmf.pmd = pmd; PteLockptr(mm, vmf.pmd).Enter();")]
    [InlineData("var held = PmdLock(mm, pmd); var p = PteOffsetMap(pmd, addr); PteLockptr(mm, pmd).Enter();")]
    [InlineData("PmdLock(mm, pmd); var p = PteOffsetMap(pmd, addr); PteLockptr(mm, pmd).Enter();")]
    [InlineData("PmdLockptr(mm, pmd).Enter(); var p = PteOffsetMap(pmd, addr); PteLockptr(mm, pmd).Enter();")]
    [InlineData("var pml = PmdLockptr(mm, pmd); pml.Enter(); var p = PteOffsetMap(pmd, addr); var ptl = PteLockptr(mm, pmd); ptl.Enter(); pml.Exit();")]
    [InlineData("field.Enter(); var p = PteOffsetMap(pmd, addr); PteLockptr(mm, pmd).Enter();")]
    [InlineData("given.Enter(); var p = PteOffsetMap(pmd, addr); PteLockptr(mm, pmd).Enter();")]
    [InlineData("Pmd copy = PmdpGet(pmd); var p = PteOffsetMap(&copy, addr); PteLockptr(mm, &copy).Enter();")]
    [InlineData("Pmd* copy = stackalloc Pmd[1]; var p = PteOffsetMap(pmd, addr); PteLockptr(mm, copy).Enter();")]
    [InlineData("var p = PteOffsetMap(built, addr); PteLockptr(mm, built).Enter();")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var l); PteLockptr(mm, pmd).Enter();")]
    [InlineData("var p = PteOffsetMap(pmd, addr); if (p == null) { PteLockptr(mm, pmd).Enter(); }")]
    [InlineData("var p = PteOffsetMap(pmd, addr); if (p == null) return; PteUnmap(p); PteLockptr(mm, pmd).Enter();")]
    [InlineData("var ptl = PteLockptr(mm, pmd); ptl.Enter(); ptl.Exit(); var p = PteOffsetMap(pmd, addr);")]
    [InlineData("if (n > 0) { var p = PteOffsetMap(pmd, addr); } else { PteLockptr(mm, pmd).Enter(); }")]
    [InlineData("if (n > 0) PteOffsetMap(pmd, addr); else PteLockptr(mm, pmd).Enter();")]
    [InlineData("var p = PteOffsetKernel(pmd, addr); PteLockptr(mm, pmd).Enter();")]
    [InlineData("var p = PteOffsetMap(pmd, addr); PmdLockptr(mm, pmd).Enter();")]
    [InlineData("Action a = () => { var p = PteOffsetMap(pmd, addr); }; PteLockptr(mm, pmd).Enter();")]
    [InlineData("PmdLock(mm, pmd); if (n > 0) Work(); var p = PteOffsetMap(pmd, addr); PteLockptr(mm, pmd).Enter();")]
    [InlineData("var pml = PmdLockptr(mm, pmd); Lock(pml); var p = PteOffsetMap(pmd, addr); PteLockptr(mm, pmd).Enter();")]
    [InlineData("var pml = PmdLockptr(mm, pmd); if (!TryLock(pml)) return; var p = PteOffsetMap(pmd, addr); PteLockptr(mm, pmd).Enter();")]
    [InlineData("LockAll(); var p = PteOffsetMap(pmd, addr); PteLockptr(mm, pmd).Enter();")]
    [InlineData("PteOffsetMap(pmd, addr); if (n > 0) Work(); PteLockptr(mm, pmd).Enter();")]
    public Task A_lock_that_may_be_looked_up_is_not(string body) => VerifyBody(body);

    [Theory]
    [InlineData("[UnpublishedTable] static void U(Mm mm, Pmd* pmd) { var p = PteOffsetMap(pmd, 0); PteLockptr(mm, pmd).Enter(); }")]
    [InlineData("[ArchitectureCode] static void U(Mm mm, Pmd* pmd) { var p = PteOffsetMap(pmd, 0); PteLockptr(mm, pmd).Enter(); }")]
    [InlineData("static PtLock U(Mm mm, Pmd* pmd, out Pte* p) { p = PteOffsetMap(pmd, 0); return [|PteLockptr(mm, pmd)|]; }")]
    [InlineData("static Pte* U(Mm mm, Pmd* pmd, out PtLock ptl) { ptl = [|PteLockptr(mm, pmd)|]; return PteOffsetMap(pmd, 0); }")]
    [InlineData("static PtLock U(Mm mm, Pmd* pmd) => PteLockptr(mm, pmd);")]
    public Task Every_kind_of_method_is_judged_by_what_it_says(string members) => VerifyMembers(members);

    [Theory]
    [InlineData("var p = PteOffsetMap(pmd, ; PteLockptr(mm, pmd).Enter(;")]
    [InlineData("PteLockptr(); PteLockptr(mm).Enter(); var p = PteOffsetMap(); PteLockptr(pmd, mm) == ; given = PteLockptr(")]
    public Task Half_typed_code_is_survived(string body) => Verify.AnalyzerAsync<SeparateLockPointerAnalyzer>(
        Frame($"void M(Mm mm, Pmd* pmd, ulong addr) {{ {body} }}"),
        configure: test =>
        {
            test.CompilerDiagnostics = CompilerDiagnostics.None;
            test.DisabledDiagnostics.Add("PTE0003");
        });

    [Fact]
    public Task The_message_names_the_replacement_and_the_report_points_at_the_mapping() => Verify.AnalyzerAsync<SeparateLockPointerAnalyzer>(
        Frame("""
        void M(Mm mm, Pmd* pmd)
        {
            var p = {|#0:PteOffsetMap(pmd, 1)|};
            {|#1:PteLockptr(mm, pmd)|}.Enter();
            {|#2:Bare(mm, pmd)|}.Enter();
        }
        """),
        configure: test =>
        {
            Expect(1, "PteLockptr", "take it from the call that maps, 'PteOffsetMapNolock'");
            Expect(2, "Bare", "take the lock from the call that maps");

            void Expect(int lookup, string name, string advice) => test.ExpectedDiagnostics.Add(
                new DiagnosticResult(Descriptors.SeparateLockPointer)
                    .WithLocation(lookup).WithLocation(0, DiagnosticLocationOptions.InterpretAsMarkupKey).WithArguments(name, advice));
        });

    [Fact]
    public Task The_report_points_at_the_first_mapping() => Verify.AnalyzerAsync<SeparateLockPointerAnalyzer>(
        Frame("void M(Mm mm, Pmd* pmd) { var p = {|#1:PteOffsetMap(pmd, 1)|}; var q = PteOffsetMap(pmd, 2); {|#0:PteLockptr(mm, pmd)|}.Enter(); }"),
        configure: test => test.ExpectedDiagnostics.Add(new DiagnosticResult(Descriptors.SeparateLockPointer).WithLocation(0).WithLocation(1)
            .WithArguments("PteLockptr", "take it from the call that maps, 'PteOffsetMapNolock'")));

    private static Task VerifyBody(string body) =>
        VerifyMembers($"void M(Mm mm, Pmd* pmd, Pmd* other, [UnpublishedTable] Pmd* built, ulong addr, int n, Vmf vmf, ref PtLock given) {{ {body} }}"
            .Replace("ref PtLock given", body.Contains("void Local", StringComparison.Ordinal) || body.Contains("=>", StringComparison.Ordinal) ? "PtLock given" : "ref PtLock given"));

    private static Task VerifyMembers(string members) => Verify.AnalyzerAsync<SeparateLockPointerAnalyzer>(Frame(members));

    private static string Frame(string members) => $$"""
        using System;
        using PteGuard;
        using static Paging;

        unsafe class Vmf { public Pmd* pmd; public Pmd* Pmd { get; } }

        class Walk { public Walk(PtLock ptl) { } }
        class Gate { [AcquiresLock] public void Enter() { } }

        unsafe class X
        {
            PtLock field;
            static Pmd* PmdOf(ulong addr) => throw null;
            [MapsEntry] static Pmd* PmdMap(ulong addr) => throw null;
            static void Work() { }
            static void Take(PtLock ptl) { }
            [AcquiresLock] static void Lock(PtLock ptl) { }
            [AcquiresLock] static bool TryLock(PtLock ptl) => true;
            [AcquiresLock] static PtLock LockAll() => default;
            [ReleasesLock] static void Unlock(PtLock ptl) { }
            Gate gate;
            [LockPointer] static PtLock Bare(Mm mm, Pmd* pmd) => default;
            {{members}}
        }
        """;
}
