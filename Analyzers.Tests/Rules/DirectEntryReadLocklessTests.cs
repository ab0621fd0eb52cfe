using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public class DirectEntryReadLocklessTests
{
    private const string Map = "var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; ";

    [Theory]
    [InlineData("var e = [|*p|]; PteUnmap(p);", "var e = PtepGetLockless(p); PteUnmap(p);")]
    [InlineData("if ([|p->IsNone|] || [|p->Value|] == 1) Work(); PteUnmap(p);", "var pte2 = PtepGetLockless(p); if (pte2.IsNone || pte2.Value == 1) Work(); PteUnmap(p);")]
    [InlineData("var e = [|p[n]|].Value; ptl.Enter(); PteUnmapUnlock(p, ptl);", "var e = PtepGetLockless(&p[n]).Value; ptl.Enter(); PteUnmapUnlock(p, ptl);")]
    [InlineData("ptl.Enter(); var e = [|*p|]; ptl.Exit(); var f = [|*p|]; PteUnmap(p);", "ptl.Enter(); var e = PtepGet(p); ptl.Exit(); var f = PtepGetLockless(p); PteUnmap(p);")]
    [InlineData("var e = [|*p|]; ptl.Enter(); var f = [|*p|]; PteUnmapUnlock(p, ptl);", "var e = PtepGetLockless(p); ptl.Enter(); var f = PtepGet(p); PteUnmapUnlock(p, ptl);")]
    [InlineData("var q = p; while (n-- > 0) { Reads(p); var e = [|*q|]; q++; } PteUnmap(p);", "var q = p; while (n-- > 0) { Reads(p); var e = PtepGetLockless(q); q++; } PteUnmap(p);")]
    public Task Without_the_lock_the_lockless_reader_is_called(string body, string @fixed) => VerifyFix(Map + body, Map + @fixed);

    [Theory]
    [InlineData("if (flag) ptl.Enter(); var e = [|*p|]; if (flag) ptl.Exit(); PteUnmap(p);", "if (flag) ptl.Enter(); var e = PtepGet(p); if (flag) ptl.Exit(); PteUnmap(p);")]
    [InlineData("Foreign.UnknownLock(ptl); var e = [|*p|]; PteUnmap(p);", "Foreign.UnknownLock(ptl); var e = PtepGet(p); PteUnmap(p);")]
    [InlineData("Take(ptl); var e = [|*p|]; PteUnmapUnlock(p, ptl);", "Take(ptl); var e = PtepGet(p); PteUnmapUnlock(p, ptl);")]
    [InlineData("if (ptl == lockField) Work(); var e = [|*p|]; PteUnmap(p);", "if (ptl == lockField) Work(); var e = PtepGet(p); PteUnmap(p);")]
    public Task Where_it_may_be_held_the_ordinary_one_is(string body, string @fixed) => VerifyFix(Map + body, Map + @fixed);

    [Theory]
    [InlineData("var p = PteOffsetMap(pmd, addr); if (p == null) return 1; var e = [|*p|]; PteUnmap(p);", "var p = PteOffsetMap(pmd, addr); if (p == null) return 1; var e = PtepGet(p); PteUnmap(p);")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; var e = [|*p|]; PteUnmapUnlock(p, ptl);", "var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; var e = PtepGet(p); PteUnmapUnlock(p, ptl);")]
    public Task Nothing_is_known_of_locks_that_did_not_come_with_the_mapping(string body, string @fixed) => VerifyFix(body, @fixed);

    private static Task VerifyFix(string body, string @fixed) =>
        Verify.FixAsync<DirectEntryReadAnalyzer, DirectEntryReadFix>(MappingSource.Method(body), MappingSource.Method(@fixed));
}
