using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.Analyzers;
using PteGuard.CodeFixes.Editing;
using PteGuard.CodeFixes.Mappings;

namespace PteGuard.CodeFixes.Rules;

/// <summary>PTE0003: takes the lock from the call that maps, and where it is taken at once, lets that call take it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SeparateLockPointerFix))]
public sealed class SeparateLockPointerFix : PlannedFixProvider
{
    private const string Best = "TakeLockFromMapping";
    private const string Unlocked = "TakeLockFromMappingUnlocked";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(Descriptors.SeparateLockPointer.Id);

    private protected override IEnumerable<PlannedFix> Plan(FixContext context, ImmutableArray<Diagnostic> reports)
    {
        var mappers = new JointMappers(context);
        var joined = new HashSet<StatementSyntax>();
        foreach (var report in reports.OrderBy(r => r.Location.SourceSpan.Start))
        {
            if (Pair(report, context) is not { } pair || !joined.Add(pair.Mapping.Statement)
                || context.Facts.LockPointer(pair.Lookup.Method)?.Replacements is not [var replacement, ..])
                continue;

            var locking = pair.Enter is not null && mappers.Locking(replacement) is { } locks ? mappers.Call(pair, locks) : null;
            if (locking is not null)
                yield return Fix(report, pair, locking, pair.Enter, Best);

            if (mappers.Call(pair, replacement) is { } plain)
                yield return Fix(report, pair, plain, null, locking is null ? Best : Unlocked);
        }
    }

    private static LockedMapping? Pair(Diagnostic report, FixContext context) =>
        report.AdditionalLocations is [{ SourceTree: { } tree, SourceSpan: var mapped }, ..] && tree == context.Root.SyntaxTree
        && LockLookup.Of(context.Root.FindNode(report.Location.SourceSpan, getInnermostNodeForTie: true), context.Model) is { } lookup
        && MappingStatement.Of(context.Root.FindNode(mapped, getInnermostNodeForTie: true), context) is { } mapping
            ? LockedMapping.Of(mapping, lookup, context)
            : null;

    private static PlannedFix Fix(Diagnostic report, LockedMapping pair, InvocationExpressionSyntax call, StatementSyntax? enter, string key) =>
        new(ImmutableArray.Create(report.Location.SourceSpan), $"Map with {Name(call)}", key, edits =>
        {
            edits.Replace(pair.Mapping.Call, current => call.WithTriviaFrom(current));
            edits.Remove(pair.Lookup.Statement);
            if (enter is not null)
                edits.Remove(enter);
        });

    private static string Name(InvocationExpressionSyntax call) =>
        call.Expression is MemberAccessExpressionSyntax access ? access.Name.Identifier.Text : call.Expression.ToString();
}
