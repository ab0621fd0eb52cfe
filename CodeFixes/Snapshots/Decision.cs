using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>
/// What is evaluated in one go around an expression, so that two reads in it must agree: the header of a
/// statement, with an <c>if</c> the conditions of its whole <c>else if</c> chain, or a lone expression. The
/// statements under a header carry out what it decides.
/// </summary>
/// <param name="Root">The statement, or the expression that has none of its own: a loop's condition, an expression body.</param>
internal readonly record struct Decision(SyntaxNode Root)
{
    /// <summary>The innermost decision that a node is evaluated for.</summary>
    public static Decision Of(SyntaxNode node)
    {
        var child = node;
        while (child.Parent is { } parent)
        {
            switch (parent)
            {
                case IfStatementSyntax statement:
                    return new(Head(statement));
                case WhileStatementSyntax or DoStatementSyntax:
                    return new(child);
                case ForStatementSyntax statement:
                    return new(child == statement.Declaration || statement.Initializers.Contains(child) ? statement : child);
                case StatementSyntax:
                    return new(parent);
                case AnonymousFunctionExpressionSyntax or ArrowExpressionClauseSyntax or ConstructorInitializerSyntax or QueryClauseSyntax or SelectOrGroupClauseSyntax
                    or CatchFilterClauseSyntax or MemberDeclarationSyntax or PrimaryConstructorBaseTypeSyntax or AttributeSyntax:
                case EqualsValueClauseSyntax { Parent: ParameterSyntax or PropertyDeclarationSyntax }:
                    return new(child);
                default:
                    child = parent;
                    break;
            }
        }

        return new(child);
    }

    /// <summary>The decisions that a node is evaluated for or carries out, the outermost first.</summary>
    public static List<Decision> Around(SyntaxNode node)
    {
        var decisions = new List<Decision>();
        for (Decision? decision = Of(node); decision is { } inner; decision = inner.Outer())
            decisions.Add(inner);

        decisions.Reverse();
        return decisions;
    }

    /// <summary>The expressions that are evaluated, without the statements that they decide about.</summary>
    public IEnumerable<SyntaxNode> Parts() => Root switch
    {
        IfStatementSyntax statement => Conditions(statement),
        SwitchStatementSyntax statement => [statement.Expression, .. statement.Sections.SelectMany(s => s.Labels)],
        ForStatementSyntax statement => statement.Declaration is { } declaration ? [declaration] : statement.Initializers,
        CommonForEachStatementSyntax statement => [statement.Expression],
        LockStatementSyntax statement => [statement.Expression],
        UsingStatementSyntax statement => Present(statement.Declaration, statement.Expression),
        FixedStatementSyntax statement => [statement.Declaration],
        _ => [Root],
    };

    /// <summary>The nodes evaluated in this go or by what it decides about: not those of functions that are only made there.</summary>
    public IEnumerable<SyntaxNode> Nodes()
    {
        var parts = Root switch
        {
            IfStatementSyntax or SwitchStatementSyntax => [Root],
            { Parent: WhileStatementSyntax loop } => [Root, loop.Statement],
            { Parent: ForStatementSyntax loop } when loop.Condition == Root => [Root, loop.Statement],
            _ => Parts(),
        };
        return parts.SelectMany(part => part.DescendantNodesAndSelf(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)));
    }

    /// <summary>The decision that this one helps to carry out, once each time; null if there is none.</summary>
    private Decision? Outer()
    {
        var child = Root;
        while (child.Parent is { } parent)
        {
            switch (parent)
            {
                case IfStatementSyntax statement when child != statement.Condition:
                    return new(Head(statement));
                case SwitchStatementSyntax:
                    return new(parent);
                case WhileStatementSyntax loop:
                    return child == loop.Statement ? new(loop.Condition) : null;
                case ForStatementSyntax loop:
                    return child == loop.Statement && loop.Condition is { } condition ? new(condition) : null;
                case StatementSyntax and not (DoStatementSyntax or CommonForEachStatementSyntax or LocalFunctionStatementSyntax):
                case ElseClauseSyntax or SwitchSectionSyntax or CatchClauseSyntax or FinallyClauseSyntax:
                    child = parent;
                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    private static IEnumerable<SyntaxNode> Conditions(IfStatementSyntax? statement)
    {
        for (; statement is not null; statement = statement.Else?.Statement as IfStatementSyntax)
            yield return statement.Condition;
    }

    private static IEnumerable<SyntaxNode> Present(params SyntaxNode?[] nodes) => nodes.OfType<SyntaxNode>();

    private static IfStatementSyntax Head(IfStatementSyntax statement)
    {
        while (statement.Parent is ElseClauseSyntax { Parent: IfStatementSyntax outer })
            statement = outer;

        return statement;
    }
}
