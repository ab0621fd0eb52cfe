using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using PteGuard.Analyzers;
using PteGuard.Analyzers.Access;
using PteGuard.CodeFixes.Editing;
using PteGuard.CodeFixes.Snapshots;

namespace PteGuard.CodeFixes.Rules;

/// <summary>PTE0001: reads an entry through its reader, and once where one decision read it several times.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DirectEntryReadFix))]
public sealed class DirectEntryReadFix : PlannedFixProvider
{
    private const string Key = "ReadThroughReader";

    private readonly IReaderChoice _readers;
    private readonly Func<FixContext, IReadGrouping> _grouping;

    /// <summary>The fix as the package ships it.</summary>
    public DirectEntryReadFix()
        : this(DeclaredReader.Instance, context => new DecisionGrouping(context.Model, context.Facts))
    {
    }

    internal DirectEntryReadFix(IReaderChoice readers, Func<FixContext, IReadGrouping> grouping)
    {
        _readers = readers;
        _grouping = grouping;
    }

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(Descriptors.DirectEntryRead.Id);

    private protected override IEnumerable<PlannedFix> Plan(FixContext context, ImmutableArray<Diagnostic> reports)
    {
        var reads = new EntryReads(context.Model, _readers);
        var grouping = _grouping(context);
        foreach (var accesses in BodiesAt(context, reports))
        {
            var groups = grouping.Group(Reads(context, reads, accesses), accesses).Where(group => group.Placement is not null);

            // What is moved in front of one statement must keep its order, so it is one edit.
            foreach (var together in groups.GroupBy(group => group.Placement is SnapshotPlacement.Before before ? before.Statement : (object)group))
                yield return Fix(together.ToImmutableArray());
        }
    }

    /// <summary>The body's direct reads, and the reader's calls in the same decisions, with which they must agree.</summary>
    private static ImmutableArray<EntryRead> Reads(FixContext context, EntryReads reads, ImmutableArray<EntryAccess> accesses)
    {
        var found = accesses.Where(access => access.Kind == EntryAccessKind.Read).Select(reads.Of).OfType<EntryRead>().ToList();
        var places = new HashSet<SyntaxNode>(found.Select(read => read.Place));
        var calls = found
            .Select(read => Decision.Around(read.Place)[0]).Distinct().ToList()
            .SelectMany(decision => decision.Nodes()).OfType<InvocationExpressionSyntax>().Distinct();
        found.AddRange(calls.Select(call => reads.Of(call, context.Facts)).OfType<EntryRead>().Where(call => !places.Contains(call.Place)));
        return found.OrderBy(read => read.Place.SpanStart).ToImmutableArray();
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
