using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.Analyzers;
using PteGuard.CodeFixes.Editing;
using PteGuard.CodeFixes.Leaks;

namespace PteGuard.CodeFixes.Rules;

/// <summary>PTE0007: unmaps on exactly the ways that leave a table mapped.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(LeakedMappingFix))]
public sealed class LeakedMappingFix : PlannedFixProvider
{
    private const string Key = "UnmapOnEveryWay";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(Descriptors.LeakedMapping.Id);

    private protected override IEnumerable<PlannedFix> Plan(FixContext context, ImmutableArray<Diagnostic> reports)
    {
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var span in reports.Select(r => r.Location.SourceSpan).OrderBy(span => span.Start))
        {
            if (context.Root.FindNode(span, getInnermostNodeForTie: true).FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call
                || context.Model.GetEnclosingSymbol(call.SpanStart, context.CancellationToken) is not { } function || !seen.Add(function)
                || context.Model.GetOperation(call, context.CancellationToken) is not { } operation)
                continue;

            foreach (var repair in LeakRepair.Of(operation, function, context))
            {
                yield return new PlannedFix(
                    repair.Mappings.Select(m => m.Span).ToImmutableArray(),
                    "Unmap on every way out",
                    Key,
                    edits => new LeakEdits(edits, context.Model).Apply(repair));
            }
        }
    }
}
