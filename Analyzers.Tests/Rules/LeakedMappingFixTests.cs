using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public class LeakedMappingFixTests
{
    private const string Map = "var p = [|PteOffsetMap(pmd, addr)|]; if (p == null) return 1; ";

    [Theory]
    [InlineData("Reads(p);", "Reads(p);\n        PteUnmap(p);")]
    [InlineData("if (flag) { Work(); return 2; } PteUnmap(p);", "if (flag) { Work(); PteUnmap(p); return 2; } PteUnmap(p);")]
    [InlineData("if (flag) { return 2; } PteUnmap(p);", "if (flag) { PteUnmap(p); return 2; } PteUnmap(p);")]
    [InlineData("if (flag) PteUnmap(p); else Work();", "if (flag) PteUnmap(p); else\n{\n    Work();\n    PteUnmap(p);\n}")]
    [InlineData("if (flag) PteUnmap(p); Work();", "if (flag) PteUnmap(p); else PteUnmap(p); Work();")]
    [InlineData("if (!flag) { PteUnmap(p); } Work();", "if (!flag) { PteUnmap(p); } else PteUnmap(p); Work();")]
    [InlineData("if (flag) { PteUnmap(p); throw new Exception(); } Work(); if (n == 0) throw new Exception();", "if (flag) { PteUnmap(p); throw new Exception(); } Work(); if (n == 0) throw new Exception();\n        PteUnmap(p);")]
    [InlineData("bool mapped = flag; if (mapped) PteUnmap(p);", "bool mapped = flag; if (mapped) PteUnmap(p); else PteUnmap(p);")]
    [InlineData("while (n-- > 0) { if (flag) { return 3; } } PteUnmap(p);", "while (n-- > 0) { if (flag) { PteUnmap(p); return 3; } } PteUnmap(p);")]
    [InlineData("try { Work(); if (flag) { return 2; } PteUnmap(p); } finally { Work(); }", "try { Work(); if (flag) { PteUnmap(p); return 2; } PteUnmap(p); } finally { Work(); }")]
    [InlineData("lock (gate) { if (flag) { return 2; } } PteUnmap(p);", "lock (gate) { if (flag) { PteUnmap(p); return 2; } } PteUnmap(p);")]
    [InlineData("p = null;", "PteUnmap(p); p = null;")]
    [InlineData("p = PteOffsetKernel(pmd, addr); PteUnmap(p);", "PteUnmap(p); p = PteOffsetKernel(pmd, addr); PteUnmap(p);")]
    [InlineData("switch (n) { case 1: PteUnmap(p); break; case 2: return 4; case 3: break; default: PteUnmap(p); break; }", "switch (n) { case 1: PteUnmap(p); break; case 2: PteUnmap(p); return 4; case 3: PteUnmap(p); break; default: PteUnmap(p); break; }")]
    [InlineData("switch (n) { case 1: case 3: break; default: PteUnmap(p); break; }", "switch (n) { case 1: case 3: PteUnmap(p); break; default: PteUnmap(p); break; }")]
    [InlineData("if (n == 3 && flag || pte.IsNone) { goto done; } PteUnmap(p); done: Work();", "if (n == 3 && flag || pte.IsNone) { PteUnmap(p); goto done; } PteUnmap(p); done: Work();")]
    [InlineData("var q = p; if (flag) { return 2; } PteUnmap(q);", "var q = p; if (flag) { PteUnmap(p); return 2; } PteUnmap(q);")]
    public Task It_is_unmapped_on_exactly_the_ways_that_miss_it(string body, string @fixed) => VerifyFix(Map + body, Unmarked(Map) + @fixed);

    [Theory]
    [InlineData("return PtepGet(p).IsNone ? 1 : 2;", "var result = PtepGet(p).IsNone ? 1 : 2; PteUnmap(p); return result;")]
    [InlineData("return n;", "PteUnmap(p); return n;")]
    [InlineData("return n + 1;", "PteUnmap(p); return n + 1;")]
    [InlineData("return (byte)PtepGet(p).Value;", "int result = (byte)PtepGet(p).Value; PteUnmap(p); return result;")]
    [InlineData("var result = PtepGet(p); return result.IsNone ? Reads(p).Value == 0 ? 1 : 2 : 3;", "var result = PtepGet(p); var result2 = result.IsNone ? Reads(p).Value == 0 ? 1 : 2 : 3; PteUnmap(p); return result2;")]
    public Task What_is_returned_is_found_out_first(string body, string @fixed) => VerifyFix(Map + body, Unmarked(Map) + @fixed);

    [Theory]
    [InlineData("var p = [|PteOffsetMapLock(mm, pmd, addr, out var ptl)|]; if (p == null) return 1; if (flag) { return 2; } PteUnmapUnlock(p, ptl);", "var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; if (flag) { PteUnmapUnlock(p, ptl); return 2; } PteUnmapUnlock(p, ptl);")]
    [InlineData("var p = [|PteOffsetMapLock(mm, pmd, addr, out var ptl)|]; if (p == null) return 1; ptl.Exit(); if (flag) { return 2; } PteUnmap(p);", "var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; ptl.Exit(); if (flag) { PteUnmap(p); return 2; } PteUnmap(p);")]
    [InlineData("var p = [|PteOffsetMapNolock(mm, pmd, addr, out var ptl)|]; if (p == null) return 1; if (flag) { return 2; } ptl.Enter(); if (pte.IsNone) { return 3; } PteUnmapUnlock(p, ptl);", "var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; if (flag) { PteUnmap(p); return 2; } ptl.Enter(); if (pte.IsNone) { PteUnmapUnlock(p, ptl); return 3; } PteUnmapUnlock(p, ptl);")]
    [InlineData("var p = [|MapsLocked(mm, pmd, out var ptl)|]; if (p == null) return 1; if (flag) { return 2; } PteUnmapUnlock(p, ptl);", "var p = MapsLocked(mm, pmd, out var ptl); if (p == null) return 1; if (flag) { PteUnmapUnlock(p, ptl); return 2; } PteUnmapUnlock(p, ptl);")]
    public Task The_lock_is_released_where_it_is_held(string body, string @fixed) => VerifyFix(body, @fixed);

    [Theory]
    [InlineData(
        "var a = [|PteOffsetMap(pmd, addr)|]; if (a == null) return 1; var b = [|PteOffsetMap(pmd2, addr)|]; if (b == null) { return 2; } if (flag) { return 3; } PteUnmap(b); PteUnmap(a);",
        "var a = PteOffsetMap(pmd, addr); if (a == null) return 1; var b = PteOffsetMap(pmd2, addr); if (b == null) { PteUnmap(a); return 2; } if (flag) { PteUnmap(b); PteUnmap(a); return 3; } PteUnmap(b); PteUnmap(a);")]
    [InlineData(
        "var a = PteOffsetMap(pmd, addr); if (a == null) return 1; var b = [|PteOffsetMap(pmd2, addr)|]; if (b == null) goto outA; if (flag) { Work(); goto outA; } PteUnmap(b); outA: PteUnmap(a);",
        "var a = PteOffsetMap(pmd, addr); if (a == null) return 1; var b = PteOffsetMap(pmd2, addr); if (b == null) goto outA; if (flag) { Work(); PteUnmap(b); goto outA; } PteUnmap(b); outA: PteUnmap(a);")]
    public Task The_last_is_unmapped_first(string body, string @fixed) => VerifyFix(body, @fixed);

    [Theory]
    [InlineData("Pte* p = null; if (flag) p = [|PteOffsetMap(pmd, addr)|]; Work();", "Pte* p = null; if (flag) p = PteOffsetMap(pmd, addr); Work();\n        if (p != null)\n            PteUnmap(p);")]
    [InlineData("var p = [|PteOffsetMapLock(mm, pmd, addr, out var ptl)|]; Work();", "var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); Work();\n        if (p != null)\n            PteUnmapUnlock(p, ptl);")]
    [InlineData("if (!TryMap(pmd, addr, out var p)) return 1; Work();", "if (!TryMap(pmd, addr, out var p)) return 1; Work();\n        PteUnmap(p);")]
    [InlineData("Pte* p = null; bool mapped = false; if (flag) { p = [|PteOffsetMap(pmd, addr)|]; mapped = p != null; } if (mapped && n == 3) PteUnmap(p);", "Pte* p = null; bool mapped = false; if (flag) { p = PteOffsetMap(pmd, addr); mapped = p != null; } if (mapped && n == 3) PteUnmap(p); else if (p != null) PteUnmap(p);")]
    public Task What_may_be_null_is_tested(string body, string @fixed) => VerifyFix(body.Replace("TryMap(pmd, addr, out var p)) return 1; Work()", "[|TryMap(pmd, addr, out var p)|]) return 1; Work()"), @fixed);

    [Theory]
    [InlineData("Pte* p; while ((p = [|PteOffsetMap(pmd, addr)|]) != null) { Work(); }", "Pte* p; while ((p = PteOffsetMap(pmd, addr)) != null) { Work(); PteUnmap(p); }")]
    [InlineData("Pte* p; do { p = [|PteOffsetMap(pmd, addr)|]; if (p == null) return 1; if (flag) { continue; } PteUnmap(p); } while (Test());", "Pte* p; do { p = PteOffsetMap(pmd, addr); if (p == null) return 1; if (flag) { PteUnmap(p); continue; } PteUnmap(p); } while (Test());")]
    [InlineData("again: var p = [|PteOffsetMap(pmd, addr)|]; if (p == null) return 1; if (Test()) { goto again; } PteUnmap(p);", "again: var p = PteOffsetMap(pmd, addr); if (p == null) return 1; if (Test()) { PteUnmap(p); goto again; } PteUnmap(p);")]
    [InlineData("for (int i = 0; i < n; i++) { var p = [|PteOffsetMap(pmd, addr)|]; if (p == null) break; if (flag) { break; } PteUnmap(p); }", "for (int i = 0; i < n; i++) { var p = PteOffsetMap(pmd, addr); if (p == null) break; if (flag) { PteUnmap(p); break; } PteUnmap(p); }")]
    [InlineData("foreach (var x in new int[3]) { var p = [|PteOffsetMap(pmd, addr)|]; if (p == null) continue; if (x == 1) { return 2; } PteUnmap(p); }", "foreach (var x in new int[3]) { var p = PteOffsetMap(pmd, addr); if (p == null) continue; if (x == 1) { PteUnmap(p); return 2; } PteUnmap(p); }")]
    public Task It_is_unmapped_before_it_is_mapped_again(string body, string @fixed) => VerifyFix(body, @fixed);

    [Theory]
    [InlineData("switch (n) { case 1: Work(); break; }", "PteUnmap(p); switch (n) { case 1: Work(); break; }")]
    [InlineData("if (flag) { Work(); } else { }", "PteUnmap(p); if (flag) { Work(); } else { }")]
    [InlineData("while (Test()) { if (flag) break; Work(); }", "PteUnmap(p); while (Test()) { if (flag) break; Work(); }")]
    [InlineData("do { if (flag) break; Work(); } while (Test());", "PteUnmap(p); do { if (flag) break; Work(); } while (Test());")]
    [InlineData("if (flag) { PteUnmap(p); } else { while (Test()) { if (n == 2) break; Work(); } }", "if (flag) { PteUnmap(p); } else { PteUnmap(p); while (Test()) { if (n == 2) break; Work(); } }")]
    public Task Where_it_can_only_come_early_it_comes_once(string body, string @fixed) => Verify.FixAsync<LeakedMappingAnalyzer, LeakedMappingFix>(
        Void("var p = [|PteOffsetMap(pmd, addr)|]; if (p == null) return; " + body), Void("var p = PteOffsetMap(pmd, addr); if (p == null) return; " + @fixed));

    [Theory]
    [InlineData("Pte* p = null; while (Test()) { p = [|PteOffsetMap(pmd, addr)|]; if (p == null) return 1; Work(); }", "Pte* p = null; while (Test()) { p = PteOffsetMap(pmd, addr); if (p == null) return 1; Work(); PteUnmap(p); }")]
    [InlineData("Pte* p; do { p = [|PteOffsetMap(pmd, addr)|]; if (p == null) return 1; Work(); } while (Test());", "Pte* p; do { p = PteOffsetMap(pmd, addr); if (p == null) return 1; PteUnmap(p); Work(); } while (Test());")]
    [InlineData("Pte* p = null; for (int i = 0; i < n; i++) { p = [|PteOffsetMap(pmd, addr)|]; if (p == null) continue; if (flag) { break; } Work(); } Work();", "Pte* p = null; for (int i = 0; i < n; i++) { p = PteOffsetMap(pmd, addr); if (p == null) continue; if (flag) { PteUnmap(p); break; } Work(); PteUnmap(p); } Work();")]
    public Task A_variable_that_outlives_the_mapping_is_not_released_again(string body, string @fixed) => VerifyFix(body, @fixed);

    [Theory]
    [InlineData("var v = new ReadOnlySpan<Pte>(p, 3); if (flag) Work(); if (v[0].IsNone) { } else { }")]
    [InlineData("var v = new Span<Pte>(p, 3); if (flag) Work(); foreach (var e in v) { if (e.IsNone) break; }")]
    public Task Nothing_is_released_while_a_view_of_it_may_be_used(string body)
    {
        var source = Void("var p = [|PteOffsetMap(pmd, addr)|]; if (p == null) return; " + body);
        return Verify.FixAsync<LeakedMappingAnalyzer, LeakedMappingFix>(source, source);
    }

    [Fact]
    public Task A_new_object_keeps_its_type() => Verify.FixAsync<LeakedMappingAnalyzer, LeakedMappingFix>(
        MappingSource.Class("string M(Pmd* pmd) { var p = [|PteOffsetMap(pmd, 0)|]; if (p == null) return null; return new('x', 3); }"),
        MappingSource.Class("string M(Pmd* pmd) { var p = PteOffsetMap(pmd, 0); if (p == null) return null; string result = new('x', 3); PteUnmap(p); return result; }"));

    [Fact]
    public Task A_handler_may_come_from_before_the_mapping() => VerifyFix(
        "Pte* p = null; try { p = [|PteOffsetMap(pmd, addr)|]; if (p == null) return 1; Work(); PteUnmap(p); } catch (Exception) { return 2; }",
        "Pte* p = null; try { p = PteOffsetMap(pmd, addr); if (p == null) return 1; Work(); PteUnmap(p); } catch (Exception) { if (p != null) PteUnmap(p); return 2; }");

    [Fact]
    public Task Handlers_and_what_they_guard_are_both_repaired() => VerifyFix(
        "Pte* p = null; try { p = [|PteOffsetMap(pmd, addr)|]; if (p == null) return 1; if (flag) { return 3; } Work(); PteUnmap(p); } catch (Exception) { return 2; }",
        "Pte* p = null; try { p = PteOffsetMap(pmd, addr); if (p == null) return 1; if (flag) { PteUnmap(p); return 3; } Work(); PteUnmap(p); } catch (Exception) { if (p != null) PteUnmap(p); return 2; }");

    [Theory]
    [InlineData("if (flag)\n#if A\n    return 4;\n#else\n    return 2;\n#endif\nPteUnmap(p);")]
    [InlineData("if (n == 1)\n{\n    PteUnmap(p);\n}\n#if A\nelse\n    Work();\n#endif\nWork();")]
    public Task Conditional_compilation_is_not_torn(string body) => VerifyFix(Map + body, Map + body);

    [Fact]
    public Task Chains_and_sections_are_written_as_people_do() => VerifyFix(
        """
                var p = [|PteOffsetMap(pmd, addr)|];
                if (p == null)
                    return 1;
                if (n == 1)
                {
                    switch (pte.Value)
                    {
                        case 3:
                        {
                            return 3;
                        }
                    }

                    PteUnmap(p);
                }
                else if (n == 2)
                    PteUnmap(p);
        """,
        """
                var p = PteOffsetMap(pmd, addr);
                if (p == null)
                    return 1;
                if (n == 1)
                {
                    switch (pte.Value)
                    {
                        case 3:
                        {
                            PteUnmap(p);
                            return 3;
                        }
                    }

                    PteUnmap(p);
                }
                else if (n == 2)
                    PteUnmap(p);
                else
                    PteUnmap(p);
        """);

    [Theory]
    [InlineData("_ = [|PteOffsetMap(pmd, addr)|] == null;")]
    [InlineData("[|PteOffsetMap(pmd, addr)|];")]
    [InlineData("var v = PtepGet([|PteOffsetMap(pmd, addr)|]);")]
    [InlineData("var p = [|PteOffsetMap(pmd, addr)|]; if (p == null) return 1; for (int i = 0; i < n; i++, p++) { if (PtepGet(p).IsNone) return 2; } PteUnmap(p - 1);")]
    [InlineData("var p = [|PteOffsetMap(pmd, addr)|]; if (p == null) return 1; p += n; Work();")]
    [InlineData("var p = [|PteOffsetMapLock(mm, pmd, addr, out field1)|]; if (p == null) return 1; if (flag) return 2; PteUnmapUnlock(p, field1);")]
    [InlineData("var p = [|PteOffsetMap(pmd, addr)|]; if (p == null) return 1; try { if (flag) return 2; PteUnmap(p); } finally { if (p != null) Work(); }")]
    [InlineData("var a = [|PteOffsetMap(pmd, addr)|]; if (a == null) return 1; var b = [|PteOffsetMap(pmd2, addr)|]; if (b == null) return 2; b++; return 3;")]
    public Task Where_no_release_is_certain_there_is_no_fix(string body)
    {
        var source = MappingSource.Method(body).Replace("PtLock lockField;", "PtLock lockField, field1;", StringComparison.Ordinal);
        return Verify.FixAsync<LeakedMappingAnalyzer, LeakedMappingFix>(source, source);
    }

    [Fact]
    public Task Ways_that_exceptions_take_are_not_repaired()
    {
        var source = MappingSource.Method("var p = [|PteOffsetMap(pmd, addr)|]; if (p == null) return 1; if (flag) return 2; Work(); PteUnmap(p);");
        return Verify.FixAsync<LeakedMappingAnalyzer, LeakedMappingFix>(source, source, "pteguard.exception_paths = true");
    }

    [Fact]
    public Task Functions_in_functions_are_repaired() => VerifyFix(
        "void Local() { var p = [|PteOffsetMap(pmd, addr)|]; if (p == null) return; } Local(); Action a = () => { var p = [|PteOffsetMap(null, 0)|]; };",
        "void Local() { var p = PteOffsetMap(pmd, addr); if (p == null) return; PteUnmap(p); } Local(); Action a = () => { var p = PteOffsetMap(null, 0); if (p != null) PteUnmap(p); };");

    [Fact]
    public Task Lines_are_written_as_those_around_them() => VerifyFix(
        """
                var p = [|PteOffsetMapNolock(mm, pmd, addr, out var ptl)|];
                if (p == null)
                    return 1;

                ptl.Enter();
                if (n == 1)
                {
                    ptl.Exit();
                    return 5; // unlocked
                }

                if (n == 2) // why
                    return Reads(p).IsNone ? 1 : 2;

                // Three is
                // special.
                if (n == 3)
                    PteUnmapUnlock(p, ptl);
        """,
        """
                var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl);
                if (p == null)
                    return 1;

                ptl.Enter();
                if (n == 1)
                {
                    ptl.Exit();
                    PteUnmap(p);
                    return 5; // unlocked
                }

                if (n == 2) // why
                {
                    var result = Reads(p).IsNone ? 1 : 2;
                    PteUnmapUnlock(p, ptl);
                    return result;
                }

                // Three is
                // special.
                if (n == 3)
                    PteUnmapUnlock(p, ptl);
                else
                    PteUnmapUnlock(p, ptl);
        """);

    private static string Unmarked(string source) => source.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal);

    private static string Void(string body) => MappingSource.Class($"void M(Pmd* pmd, ulong addr, int n, bool flag) {{ {body} }}");

    private static Task VerifyFix(string body, string @fixed) =>
        Verify.FixAsync<LeakedMappingAnalyzer, LeakedMappingFix>(MappingSource.Method(body), MappingSource.Method(@fixed));
}
