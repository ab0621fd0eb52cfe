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

/// <summary>PTE0006: reads an entry through its lockless reader, and takes out the barrier that has nothing left to order.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(HandmadeLocklessReadFix))]
public sealed class HandmadeLocklessReadFix : PlannedFixProvider
{
    private const string Key = "ReadThroughLocklessReader";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(Descriptors.HandmadeLocklessRead.Id);

    private protected override IEnumerable<PlannedFix> Plan(FixContext context, ImmutableArray<Diagnostic> reports)
    {
        var reads = new EntryReads(context.Model, LocklessReader.Instance);
        var grouping = new SnapshotGrouping(context.Model, context.Facts);
        foreach (var body in BodiesAt(context, reports))
        {
            var accesses = body.Accesses;
            var barriers = new SurplusBarriers(context.Model, accesses);
            var lockless = accesses.Where(access => access.Kind == EntryAccessKind.LocklessRead && !Directives.Within(access.Site)).ToList();
            foreach (var access in lockless.Where(access => AtomicCall(access) is not null))
            {
                if (reads.Of(access) is { } read)
                    yield return Fix(barriers, ImmutableArray.Create(read), edits => Replace(edits, read, AtomicCall(access)!));
            }

            var direct = lockless.Where(access => AtomicCall(access) is null).Select(reads.Of).OfType<EntryRead>().ToImmutableArray();
            var groups = grouping.Group(direct, accesses).Where(group => group.Placement is not null);
            foreach (var together in SnapshotEdits.Together(groups))
            {
                yield return Fix(barriers, together.SelectMany(group => group.Reads).ToImmutableArray(), edits =>
                {
                    foreach (var group in together)
                        SnapshotEdits.Apply(edits, group);
                });
            }
        }
    }

    /// <summary>The <c>Volatile.Read(ref *p)</c> of an entry; null where the load is not a call's.</summary>
    private static InvocationExpressionSyntax? AtomicCall(EntryAccess access) =>
        access.Site is InvocationExpressionSyntax call && access.Operation.Syntax != call ? call : null;

    private static PlannedFix Fix(SurplusBarriers barriers, ImmutableArray<EntryRead> reads, Action<TreeEdits> apply)
    {
        var reports = reads.Select(read => read.Report).OfType<TextSpan>().ToImmutableArray();
        return new PlannedFix(reports, $"Read through {reads[0].Reader.Method.Name}", Key, edits =>
        {
            apply(edits);
            if (barriers.Behind(reports) is { } barrier)
                edits.Remove(barrier);
        });
    }

    /// <summary>Puts what was passed by reference, read through the reader, in the place of the call.</summary>
    private static void Replace(TreeEdits edits, EntryRead read, InvocationExpressionSyntax call)
    {
        SnapshotEdits.Apply(edits, new SnapshotGroup(ImmutableArray.Create(read), SnapshotPlacement.InPlace.Instance));
        edits.Replace(call, current => Expressions.InPlaceOf(
            Expressions.Trimmed(Expressions.WithoutParentheses(current.ArgumentList.Arguments[0].Expression)),
            current,
            call.GetFirstToken().GetPreviousToken()));
    }
}
