using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PteGuard.CodeFixes.Mappings;

/// <summary>Finds the ways on that are open to code that finds no table.</summary>
internal static class Reactions
{
    private static readonly Regex s_retry = new("^_*(again|retry|restart|repeat|redo|try_?again)(_.*|[A-Z].*)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(100));

    /// <summary>The reactions that are possible behind a statement, the one that fits best first.</summary>
    public static IEnumerable<Reaction> Behind(StatementSyntax statement, SemanticModel model)
    {
        if (RetryLabel(statement) is { } label)
            yield return new("Goto", $"goto {label};");

        var loop = EnclosingLoop(statement);

        // A turn of a while loop that is given up may be taken again for ever.
        var steps = loop is CommonForEachStatementSyntax or ForStatementSyntax { Incrementors.Count: > 0 };
        if (steps)
            yield return new("Continue", "continue;");

        if (Return(statement, model) is { } jump)
            yield return new("Return", jump);

        if (loop is not null && !steps)
            yield return new("Continue", "continue;");
    }

    /// <summary>The label in front of the statement, in a list around it, that code jumps back to in order to look again.</summary>
    private static string? RetryLabel(StatementSyntax statement)
    {
        for (SyntaxNode? node = statement; node is not null && !IsBoundary(node); node = node.Parent)
        {
            if (node is LabeledStatementSyntax own && s_retry.IsMatch(own.Identifier.ValueText))
                return own.Identifier.Text;

            foreach (var sibling in Siblings(node))
            {
                if (sibling.SpanStart < node.SpanStart && sibling is LabeledStatementSyntax label && s_retry.IsMatch(label.Identifier.ValueText))
                    return label.Identifier.Text;
            }
        }

        return null;
    }

    private static IEnumerable<StatementSyntax> Siblings(SyntaxNode node) => node.Parent switch
    {
        BlockSyntax block => block.Statements.Reverse(),
        SwitchSectionSyntax section => section.Statements.Reverse(),
        CompilationUnitSyntax unit => unit.Members.OfType<GlobalStatementSyntax>().Select(global => global.Statement).Reverse(),
        _ => [],
    };

    private static SyntaxNode? EnclosingLoop(SyntaxNode statement)
    {
        for (var node = statement.Parent; node is not null && !IsBoundary(node); node = node.Parent)
        {
            if (node is ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax)
                return node;
        }

        return null;
    }

    // Nothing jumps out of a function, nor out of a finally block.
    private static bool IsBoundary(SyntaxNode node) =>
        node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax and not GlobalStatementSyntax or FinallyClauseSyntax;

    private static string? Return(StatementSyntax statement, SemanticModel model)
    {
        for (SyntaxNode? node = statement; node is not null && node is not (MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax); node = node.Parent)
        {
            if (node is FinallyClauseSyntax)
                return null;
        }

        if (model.GetEnclosingSymbol(statement.SpanStart) is not IMethodSymbol method || method.ReturnsByRef || method.ReturnsByRefReadonly
            || LeavesOutParametersUnassigned(method, statement, model))
            return null;

        if (IsIterator(statement))
            return "yield break;";

        if (method.ReturnsVoid)
            return "return;";

        var type = method.ReturnType;
        if (method.IsAsync)
        {
            if (type is not INamedTypeSymbol { TypeArguments: [var result] })
                return "return;";

            type = result;
        }
        else if (type.Name is "Task" or "ValueTask")
        {
            return null;
        }

        return EmptyValue.Of(type, statement.Span.End, model) is { } value ? $"return {value};" : null;
    }

    private static bool LeavesOutParametersUnassigned(IMethodSymbol method, StatementSyntax statement, SemanticModel model)
    {
        var outs = method.Parameters.Where(p => p.RefKind == RefKind.Out).ToList();
        if (outs.Count == 0)
            return false;

        var flow = model.AnalyzeDataFlow(statement);
        return flow is not { Succeeded: true } || outs.Any(parameter => !flow.DefinitelyAssignedOnExit.Contains(parameter, SymbolEqualityComparer.Default));
    }

    private static bool IsIterator(SyntaxNode statement)
    {
        var function = statement.Ancestors().FirstOrDefault(a => a is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax and not GlobalStatementSyntax or AccessorDeclarationSyntax);
        return function is not null && function.DescendantNodes(n => n == function || n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).Any(n => n is YieldStatementSyntax);
    }
}
