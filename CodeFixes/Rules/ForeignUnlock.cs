using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.Analyzers;
using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Editing;
using PteGuard.CodeFixes.Mappings;

namespace PteGuard.CodeFixes.Rules;

/// <summary>PTE0010: unlocks with the lock that came with the mapping.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ForeignUnlockFix))]
public sealed class ForeignUnlockFix : PlannedFixProvider
{
    private const string Key = "UnlockOwnLock";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(Descriptors.ForeignUnlock.Id);

    private protected override IEnumerable<PlannedFix> Plan(FixContext context, ImmutableArray<Diagnostic> reports)
    {
        foreach (var report in reports.OrderBy(r => r.Location.SourceSpan.Start))
        {
            var span = report.Location.SourceSpan;
            if (context.Root.FindNode(span, getInnermostNodeForTie: true) is not ExpressionSyntax used || Own(report, used, context) is not { } own)
                continue;

            yield return new PlannedFix(ImmutableArray.Create(span), $"Unlock '{own}'", Key, edits =>
                edits.Replace(used, current => SyntaxFactory.ParseExpression(own).WithTriviaFrom(current)));
        }
    }

    /// <summary>The variable that the mapping's lock was put into, if it is certain to hold that still.</summary>
    private static string? Own(Diagnostic report, ExpressionSyntax used, FixContext context)
    {
        if (!report.Properties.TryGetValue(ForeignUnlockAnalyzer.Lock, out var name) || name is null
            || context.Model.LookupSymbols(used.SpanStart, name: name) is not [ILocalSymbol { RefKind: RefKind.None } own]
            || own.DeclaringSyntaxReferences is not [var declaration])
            return null;

        // It is written where the mapping is made, and nowhere else.
        var member = used.Ancestors().OfType<MemberDeclarationSyntax>().FirstOrDefault() ?? context.Root;
        var writes = new VariableUses(context.Model).CountWrites(member, own);
        var isDeclaredThere = declaration.GetSyntax(context.CancellationToken).Parent is DeclarationExpressionSyntax;
        return writes == (isDeclaredThere ? 0 : 1) ? SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name : null;
    }
}
