using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Agreement.Tests.Comparison;
using PteGuard.Agreement.Tests.Compiling;
using PteGuard.Agreement.Tests.Programs;

namespace PteGuard.Agreement.Tests;

/// <summary>The comparison itself notices what it is there to notice.</summary>
public class ComparisonTests
{
    private const int Programs = 3000;

    [Fact]
    public void A_rule_that_says_nothing_is_noticed()
    {
        Tally tally = new Campaign(1, Programs, [], shown: 0).Run();
        Assert.All(Rules.Compared, rule => Assert.True(tally.Of(rule, false).Misses > 0, rule));
        Assert.All(Rules.Compared, rule => Assert.Equal(tally.Of(rule, false).Broken, tally.Of(rule, false).Misses));
    }

    [Fact]
    public void A_rule_that_is_reported_everywhere_is_noticed()
    {
        Tally.Row row = new Campaign(1, Programs, [new Alarmist()], shown: 0).Run().Of(Rule.UncheckedMapping, false);
        Assert.Equal(0, row.Misses);
        Assert.Equal(row.Programs, row.Reported);

        // The others are broken, or not executed completely, or compare what nobody changes here: those are not judged.
        Assert.True(row.FalseAlarms * 3 > row.Programs, $"{row.FalseAlarms} of {row.Programs}");
    }

    [Fact]
    public void A_seed_gives_one_program() => Assert.All(
        Enumerable.Range(0, 100),
        seed => Assert.Equal(Text(seed), Text(seed)));

    private static string Text(long seed) => Renderer.Render(ProgramGenerator.Generate(seed), "P", probed: false);

#pragma warning disable RS1001, RS1036, RS2008 // No analyzer for users.
    private sealed class Alarmist : DiagnosticAnalyzer
    {
        private static readonly DiagnosticDescriptor s_alarm = new(Rule.UncheckedMapping, "Alarm", "Alarm", "Tests", DiagnosticSeverity.Warning, isEnabledByDefault: true);

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [s_alarm];

        public override void Initialize(AnalysisContext context)
        {
            context.EnableConcurrentExecution();
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.RegisterSymbolAction(static symbol => symbol.ReportDiagnostic(Diagnostic.Create(s_alarm, symbol.Symbol.Locations[0])), SymbolKind.Method);
        }
    }
#pragma warning restore RS1001, RS1036, RS2008
}
