using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using PteGuard.Analyzers;
using PteGuard.CodeFixes.Editing;
using PteGuard.CodeFixes.Snapshots;

namespace PteGuard.CodeFixes.Rules;

/// <summary>PTE0005: reads an entry once, into a local, and uses that.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RepeatedEntryReadFix))]
public sealed class RepeatedEntryReadFix : PlannedFixProvider
{
    private const string Key = "ReadOnce";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(Descriptors.RepeatedEntryRead.Id);

    private protected override IEnumerable<PlannedFix> Plan(FixContext context, ImmutableArray<Diagnostic> reports)
    {
        var reads = new EntryReads(context.Model, DeclaredReader.Instance);
        var grouping = new SnapshotGrouping(context.Model, context.Facts);
        foreach (var body in BodiesAt(context, reports))
        {
            var groups = grouping.Group(BodyReads.Of(context, reads, body.Root, body.Accesses), body.Accesses).Where(group => group.Placement is not null);
            foreach (var together in SnapshotEdits.Together(groups).Where(together => together.Any(group => group.Reads.Length > 1)))
                yield return Fix(together);
        }
    }

    private static PlannedFix Fix(ImmutableArray<SnapshotGroup> groups)
    {
        var title = groups.Select(group => group.Placement).OfType<SnapshotPlacement.Reuse>().FirstOrDefault() is { } reuse
            ? $"Use '{reuse.Local.Name}', which holds what was read"
            : "Read once into a local";
        return new PlannedFix(groups.SelectMany(group => group.Reads).Select(read => read.Site).ToImmutableArray(), title, Key, edits =>
        {
            foreach (var group in groups)
                SnapshotEdits.Apply(edits, group);
        });
    }
}
