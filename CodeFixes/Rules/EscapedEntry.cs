using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using PteGuard.Analyzers;
using PteGuard.CodeFixes.Editing;
using PteGuard.CodeFixes.Snapshots;

namespace PteGuard.CodeFixes.Rules;

/// <summary>PTE0018: passes a copy that the reader made, where the callee only reads.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(EscapedEntryFix))]
public sealed class EscapedEntryFix : PlannedFixProvider
{
    private const string Key = "PassSnapshot";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(Descriptors.EscapedEntry.Id);

    private protected override IEnumerable<PlannedFix> Plan(FixContext context, ImmutableArray<Diagnostic> reports)
    {
        var snapshots = new ArgumentSnapshots(context.Model);
        foreach (var body in BodiesAt(context, reports))
        {
            foreach (var together in SnapshotEdits.Together(snapshots.Of(body.Accesses)))
                yield return Fix(together);
        }
    }

    private static PlannedFix Fix(ImmutableArray<SnapshotGroup> groups)
    {
        var reports = groups.SelectMany(group => group.Reads).Select(read => read.Report).OfType<TextSpan>().ToImmutableArray();
        return new PlannedFix(reports, $"Pass a copy made by {groups[0].Reads[0].Reader.Method.Name}", Key, edits =>
        {
            foreach (var group in groups)
                Apply(edits, group);
        });
    }

    private static void Apply(TreeEdits edits, SnapshotGroup group)
    {
        SnapshotEdits.Apply(edits, group);

        // A value has no reference to pass: the compiler makes one.
        if (group.Placement is SnapshotPlacement.InPlace)
        {
            edits.Replace(group.Reads[0].Place.FirstAncestorOrSelf<ArgumentSyntax>(argument => !argument.RefKindKeyword.IsKind(SyntaxKind.None))!, current =>
                current.WithRefKindKeyword(default).WithExpression(current.Expression.WithoutLeadingTrivia()).WithLeadingTrivia(current.GetLeadingTrivia()));
        }
    }
}
