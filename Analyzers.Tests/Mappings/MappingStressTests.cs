using PteGuard.Analyzers.Rules;

namespace PteGuard.Analyzers.Tests.Mappings;

public class MappingStressTests
{
    [Fact]
    public Task Five_hundred_mappings_alive_at_once_are_all_reported() => Verify.AnalyzerAsync<LeakedMappingAnalyzer>(
        MappingSource.Method(Repeat(500, i => $"var p{i} = [|PteOffsetMap(pmd, {i})|]; if (p{i} == null) return 1;\n")));

    [Fact]
    public Task Five_hundred_mappings_end_in_any_order() => Verify.AnalyzerAsync<UnmapOrderAnalyzer>(
        MappingSource.Method(
            Repeat(500, i => $"var p{i} = PteOffsetMap(pmd, {i}); if (p{i} == null) return 1;\n")
            + Repeat(500, i => $"PteUnmap(p{499 - i});\n")));

    [Fact]
    public Task Helpers_that_call_each_other_are_looked_into_once() => Verify.AnalyzerAsync<LeakedMappingAnalyzer>(MappingSource.Class(
        Repeat(30, i => $"static void H{i}(Pte* p, int n) {{ if (n == 0) return; {Repeat(30, j => $"H{j}(p, n - 1);")} }}\n")
        + "void M(Pmd* pmd) { var p = PteOffsetMap(pmd, 0); if (p == null) return; H0(p, 3); }"));

    private static string Repeat(int times, Func<int, string> text) => string.Concat(Enumerable.Range(0, times).Select(text));
}
