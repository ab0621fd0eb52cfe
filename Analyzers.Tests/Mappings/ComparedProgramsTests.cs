using PteGuard.Analyzers.Rules;

namespace PteGuard.Analyzers.Tests.Mappings;

/// <summary>
/// What random programs have shown when their runs were compared with the rules' reports (docs/agreement.md), by the
/// seed that showed it: repaired, or a limit that the rule's page tells of.
/// </summary>
public class ComparedProgramsTests
{
    [Theory]
    [InlineData("var p = PteOffsetMap(pmd, addr); while (n-- > 0) { var q = PteOffsetMap(pmd2, addr); if (q == null) PteUnmap([|p|]); }")]
    [InlineData("var p = PteOffsetMap(pmd, addr); while (n-- > 0) { var q = PteOffsetMap(pmd2, addr); if (IsMissing(q)) PteUnmap([|p|]); } static bool IsMissing(Pte* q) => q == null;")]
    [InlineData("var p = PteOffsetMap(pmd, addr); while (n-- > 0) { var q = PteOffsetMap(pmd2, addr); if (q == null && flag) PteUnmap([|p|]); }")]
    [InlineData("var p = PteOffsetMap(pmd, addr); while (n-- > 0) { var q = PteOffsetMap(pmd2, addr); var r = PteOffsetMap(pmd2, addr); if (r != null) PteUnmap(r); if (q == null) { PteUnmap([|p|]); return 1; } }")]
    public Task Seed_11323_what_an_earlier_turn_left_mapped_is_above_what_ends(string body) => Verify.AnalyzerAsync<UnmapOrderAnalyzer>(MappingSource.Method(body));

    [Theory]
    [InlineData("var p = PteOffsetMap(pmd, addr); while (n-- > 0) { var q = PteOffsetMap(pmd2, addr); if (q == null) { PteUnmap(p); return 1; } PteUnmap(q); }")]
    [InlineData("Pte* p = null; while (n-- > 0) { var q = PteOffsetMap(pmd2, addr); if (q == null) { if (p != null) PteUnmap(p); return 1; } if (p == null) p = PteOffsetMap(pmd, addr); }")]
    [InlineData("Pte* p = null; bool first = true; while (n-- > 0) { var q = PteOffsetMap(pmd2, addr); if (first) { first = false; if (q == null) return 1; continue; } if (q != null) return 2; if (p == null) { p = PteOffsetMap(pmd, addr); if (p == null) return 3; continue; } PteUnmap(p); return 4; }")]
    [InlineData("while (n-- > 0) { var q = PteOffsetMap(pmd2, addr); if (q != null) continue; var p = PteOffsetMap(pmd, addr); if (p != null) PteUnmap(p); }")]
    public Task What_was_left_below_is_in_nobodys_way(string body) => Verify.AnalyzerAsync<UnmapOrderAnalyzer>(MappingSource.Method(body));

    // A helper that is given no directory entry may map any table: its mapping and the lock may be of one.
    [Fact]
    public Task Seed_35885_the_table_that_a_helper_maps_is_not_known() => Verify.AnalyzerAsync<ForeignUnlockAnalyzer>(MappingSource.Method(
        "var p = Find(this); var q = PteOffsetMapLock(mm, pmd, addr, out var ql); PteUnmapUnlock(p, ql); static Pte* Find(X x) => PteOffsetMap(NextPmd(), 7);"));

    // Here and below more than sixteen cases are to be told apart. Those that differ only in what is null are joined first.
    [Theory]
    [InlineData("q = PteOffsetMapNolock(mm, pmd2, addr, out var ql); if (q != null) { }", "PteUnmap([|p|]);")]
    [InlineData("q = PteOffsetMapLock(mm, pmd2, addr, out var ql);", "SetPteAt([|p|], pte);")]
    public Task Seeds_122084_and_152496_many_tests_for_null(string first, string last) => Verify.AnalyzerAsync<UseAfterUnmapAnalyzer>(MappingSource.Method($$"""
        Pte* q;
        var p = PteOffsetMapNolock(mm, pmd, addr, out var pl);
        switch (n & 3)
        {
            case 0:
                break;
            default:
                {{first}}
                break;
        }

        for (int i = 0; i < ((n >> 2) & 3); i++)
        {
            q = PteOffsetMap(pmd2, addr);
            if (null != q)
            {
            }
        }

        PteUnmap(p);
        if ((n & 4) == 0)
        {
            p = PteOffsetMapLock(mm, pmd, addr, out pl);
            if (p != null)
            {
            }
        }

        {{last}}
        static void SetPteAt(Pte* p, Pte pte) => SetPte(p, pte);
        """));

    [Theory]
    [InlineData("PteUnmap(q);")]
    [InlineData("Ends(q);")]
    public Task Seed_211_a_loop_that_leaves_several_mappings_has_many_cases(string end) => Verify.AnalyzerAsync<LeakedMappingAnalyzer>(MappingSource.Method($$"""
        Pte* r;
        var p = PteOffsetMapLock(mm, pmd, addr, out var pl);
        for (int i = 0; i < (n & 3); i++)
        {
            var q = [|PteOffsetMap(pmd2, addr)|];
            if ((n & 4) == 0)
                continue;

            PteUnmap(q);
            q = PteOffsetMap(pmd2, addr);
            if (q != null && (n & 8) != 0)
            {
                r = p;
                _ = PtepGet(r);
                PteUnmap(q);
            }
            else
            {
                q = PteOffsetMap(pmd2, addr);
                {{end}}
            }
        }
        """));

    [Fact]
    public Task Seed_211_in_its_order_too() => Verify.AnalyzerAsync<UnmapOrderAnalyzer>(MappingSource.Method("""
        Pte* r;
        var p = PteOffsetMap(pmd, addr);
        for (int i = 0; i < (n & 3); i++)
        {
            var q = PteOffsetMap(pmd2, addr);
            if ((n & 4) == 0)
                continue;

            PteUnmap(q);
            q = PteOffsetMap(pmd2, addr);
            if (q != null && (n & 8) != 0)
            {
                r = p;
                _ = PtepGet(r);
                PteUnmap(q);
            }
            else
            {
                q = PteOffsetMap(pmd2, addr);
                Ends(q);
            }
        }

        PteUnmap(p);
        """));

    [Fact]
    public Task Seed_11540_a_null_behind_four_mappings_in_two_variables_has_many_cases() => Verify.AnalyzerAsync<UncheckedMappingAnalyzer>(MappingSource.Method("""
        Pte* p = null;
        Pte* r;
        Pte* q = PteOffsetMapNolock(mm, pmd, addr + 1, out var ql);
        if (q != null)
        {
        }

        switch ((n >> 1) & 3)
        {
            case 1:
                break;
            case 2:
                if (null == q)
                    return 2;

                r = q;
                PteUnmap(q);
                break;
        }

        if ((n & 8) != 0)
            p = Maps(pmd);

        q = PteOffsetMapNolock(mm, pmd, addr + 1, out ql);
        if (!(q != null))
        {
        }

        q = Maps(pmd);
        if (!(q != null))
        {
        }

        PteUnmap([|p|]);
        """));

    // One call is followed once at a time: its mapping of an earlier turn is not, though a variable holds it.
    [Fact]
    public Task Seed_235313_what_an_earlier_turn_has_mapped_is_not_followed() => Verify.AnalyzerAsync<UncheckedMappingAnalyzer>(MappingSource.Method("""
        Pte* q;
        var p = PteOffsetMap(pmd, addr);
        if (p != null)
        {
            int i = 0;
            while (i++ < ((n >> 1) & 3))
            {
                q = p;
                p = PteOffsetMap(pmd, addr);
                _ = PtepGet(q);
            }
        }
        """));

    // These stay too many: which mapping was left, and which of them are locked, differs in more than sixteen ways.
    [Fact]
    public Task Seed_186948_a_lock_that_is_taken_behind_what_loops_have_left_is_not_seen() => Verify.AnalyzerAsync<UnbalancedLockAnalyzer>(MappingSource.Method("""
        Pte* q;
        var p = PteOffsetMapNolock(mm, pmd, addr, out var pl);
        switch (n & 3)
        {
            case 1:
                q = PteOffsetMapNolock(mm, pmd2, addr, out var ql);
                break;
            case 2:
                break;
        }

        for (int i = 0; i < ((n >> 2) & 3); i++)
        {
            pl.Enter();
            pl.Exit();
            q = Maps(pmd);
            if (!(q == null))
            {
                PteUnmap(q);
            }
        }

        p = Maps(pmd);
        if (p is null)
        {
            goto L0;
        }

        if ((n & 32) != 0)
        {
            goto L1;
        }

        pl.Enter();
        L1:
        Work();
        PteUnmap(p);
        L0:
        Work();
        """));

    private const string Seed86625 = """
        Pte* p = null;
        PtLock pl = default;
        Pte* q;
        Pte* r;
        p = [|PteOffsetMapLock(mm, pmd, addr, out pl)|];
        if (p != null)
        {
            q = Maps(pmd);
            switch (n & 6)
            {
                case 0:
                    break;
                default:
                    r = q;
                    break;
            }

            PteUnmap(q);
        }

        if ((n & 1) != 0)
            p = PteOffsetMapLock(mm, pmd, addr, out pl);

        if (!(p == null))
        {
        }

        q = PteOffsetMapNolock(mm, pmd, addr + 1, out var ql);
        if (null == q)
        {
        }
        """;

    [Fact]
    public Task Seed_86625_a_copy_of_what_has_ended_makes_many_cases() => Verify.AnalyzerAsync<LeakedMappingAnalyzer>(MappingSource.Method(Seed86625));

    [Fact]
    public Task Seed_86625_leaves_its_lock_held() => Verify.AnalyzerAsync<UnbalancedLockAnalyzer>(MappingSource.Method(Seed86625));
}
