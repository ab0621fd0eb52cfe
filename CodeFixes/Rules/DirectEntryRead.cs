using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;
using PteGuard.Analyzers;
using PteGuard.CodeFixes.Editing;
using PteGuard.CodeFixes.Snapshots;

namespace PteGuard.CodeFixes.Rules;

/// <summary>PTE0001: reads an entry through its reader, and once where one decision read it several times.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DirectEntryReadFix))]
public sealed class DirectEntryReadFix : PlannedFixProvider
{
    private const string Key = "ReadThroughReader";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(Descriptors.DirectEntryRead.Id);

    private protected override IEnumerable<PlannedFix> Plan(FixContext context, ImmutableArray<Diagnostic> reports)
    {
        var reads = new EntryReads(context.Model, new ReaderByLock(context));
        var grouping = new SnapshotGrouping(context.Model, context.Facts);
        foreach (var body in BodiesAt(context, reports))
        {
            var groups = grouping.Group(BodyReads.Of(context, reads, body.Root, body.Accesses), body.Accesses)
                .Where(group => group.Placement is not null);
            foreach (var together in SnapshotEdits.Together(groups).Where(together => together.Any(group => group.Reads.Any(read => read.Report is not null))))
                yield return Fix(together);
        }
    }

    private static PlannedFix Fix(ImmutableArray<SnapshotGroup> groups)
    {
        var reports = groups.SelectMany(group => group.Reads).Select(read => read.Report).OfType<TextSpan>().ToImmutableArray();
        return new PlannedFix(reports, $"Read through {groups[0].Reads[0].Reader.Method.Name}", Key, edits =>
        {
            foreach (var group in groups)
                SnapshotEdits.Apply(edits, group);
        });
    }
}
