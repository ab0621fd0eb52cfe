using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public class ForeignUnlockFixTests
{
    private const string Map = "var a = PteOffsetMapLock(mm, pmd, addr, out var la); if (a == null) return 1; var b = PteOffsetMapLock(mm, pmd2, addr, out var lb); if (b == null) return 1; ";

    [Theory]
    [InlineData("PteUnmapUnlock(b, [|la|]); PteUnmapUnlock(a, [|lb|]);", "PteUnmapUnlock(b, lb); PteUnmapUnlock(a, la);")]
    [InlineData("PteUnmapUnlock(b, /* its own */ [|la|] ); PteUnmapUnlock(a, la);", "PteUnmapUnlock(b, /* its own */ lb ); PteUnmapUnlock(a, la);")]
    [InlineData("PteUnmapUnlock(ptl: [|la|], pte: b);", "PteUnmapUnlock(ptl: lb, pte: b);")]
    [InlineData("var l = la; PteUnmapUnlock(b, [|l|]);", "var l = la; PteUnmapUnlock(b, lb);")]
    [InlineData("if (flag) PteUnmapUnlock(b, [|la|]); else PteUnmapUnlock(b, lb);", "if (flag) PteUnmapUnlock(b, lb); else PteUnmapUnlock(b, lb);")]
    public Task The_own_lock_is_released(string body, string @fixed) => VerifyFix(Map + body, Map + @fixed);

    [Theory]
    [InlineData("lb = la; PteUnmapUnlock(b, [|lb|]);")]
    [InlineData("if (flag) lb = la; PteUnmapUnlock(b, [|lb|]);")]
    [InlineData("var t = la; la = lb; lb = t; PteUnmapUnlock(b, [|lb|]);")]
    public Task A_variable_that_may_hold_another_lock_is_not_used(string body) => VerifyFix(Map + body, Map + body);

    [Fact]
    public Task A_lock_that_was_declared_before_is_used() => VerifyFix(
        "PtLock la, lb; var a = PteOffsetMapLock(mm, pmd, addr, out la); if (a == null) return 1; var b = PteOffsetMapLock(mm, pmd2, addr, out lb); if (b == null) return 1; PteUnmapUnlock(b, [|la|]);",
        "PtLock la, lb; var a = PteOffsetMapLock(mm, pmd, addr, out la); if (a == null) return 1; var b = PteOffsetMapLock(mm, pmd2, addr, out lb); if (b == null) return 1; PteUnmapUnlock(b, lb);");

    [Fact]
    public Task A_lock_out_of_scope_is_not_used()
    {
        const string Body = "Pte* b; var a = PteOffsetMapLock(mm, pmd, addr, out var la); if (a == null) return 1; { b = PteOffsetMapLock(mm, pmd2, addr, out var lb); } if (b == null) return 1; PteUnmapUnlock(b, [|la|]);";
        return VerifyFix(Body, Body);
    }

    [Fact]
    public Task A_keyword_is_escaped() => VerifyFix(
        "var a = PteOffsetMapLock(mm, pmd, addr, out var la); if (a == null) return 1; var b = PteOffsetMapLock(mm, pmd2, addr, out var @lock); if (b == null) return 1; PteUnmapUnlock(b, [|la|]);",
        "var a = PteOffsetMapLock(mm, pmd, addr, out var la); if (a == null) return 1; var b = PteOffsetMapLock(mm, pmd2, addr, out var @lock); if (b == null) return 1; PteUnmapUnlock(b, @lock);");

    private static Task VerifyFix(string body, string @fixed) =>
        Verify.FixAsync<ForeignUnlockAnalyzer, ForeignUnlockFix>(MappingSource.Method(body), MappingSource.Method(@fixed));
}
