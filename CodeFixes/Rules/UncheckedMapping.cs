using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;
using PteGuard.Analyzers;
using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Editing;
using PteGuard.CodeFixes.Mappings;

namespace PteGuard.CodeFixes.Rules;

/// <summary>PTE0002: checks a mapping for null right where it is made, with a reaction that is possible there.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UncheckedMappingFix))]
public sealed class UncheckedMappingFix : PlannedFixProvider
{
    // What fits best differs from place to place; fixing all means that, and not one reaction everywhere.
    private const string Best = "CheckForNull";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(Descriptors.UncheckedMapping.Id);

    private protected override IEnumerable<PlannedFix> Plan(FixContext context, ImmutableArray<Diagnostic> reports)
    {
        var mappings = Mappings(context, reports).ToList();
        var held = new HeldAt(context, mappings.Select(m => m.Mapping));
        foreach (var (mapping, uses) in mappings)
        {
            if (held.Releases(mapping) is not { } releases)
                continue;

            var isFirst = true;
            foreach (var reaction in Reactions.Behind(mapping.Statement, context.Model))
            {
                yield return new PlannedFix(uses, reaction.Title, isFirst ? Best : Best + reaction.Kind, edits => NullChecks.Insert(edits, mapping, releases, reaction));
                isFirst = false;
            }
        }
    }

    /// <summary>The mappings that the reports are about, each with the places where it is used unchecked.</summary>
    private static IEnumerable<(MappingStatement Mapping, ImmutableArray<TextSpan> Uses)> Mappings(FixContext context, ImmutableArray<Diagnostic> reports) => reports
        .Where(report => report.Properties.ContainsKey(UncheckedMappingAnalyzer.Variable) && !report.Properties.ContainsKey(UncheckedMappingAnalyzer.IsNull))
        .Where(report => report.AdditionalLocations is [{ SourceTree: { } tree }, ..] && tree == context.Root.SyntaxTree)
        .GroupBy(report => report.AdditionalLocations[0].SourceSpan)
        .OrderBy(uses => uses.Key.Start)
        .Select(uses => (Mapping: MappingStatement.Of(context.Root.FindNode(uses.Key, getInnermostNodeForTie: true), context), Uses: uses.Select(u => u.Location.SourceSpan).ToImmutableArray()))
        .Where(pair => pair.Mapping is not null)
        .Select(pair => (pair.Mapping!, pair.Uses));
}
