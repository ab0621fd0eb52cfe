using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PteGuard.CodeFixes.Editing;

/// <summary>Asks what a statement or expression does before it comes to one of its parts.</summary>
internal sealed class EvaluationOrder(SemanticModel model)
{
    private readonly Inertness _inertness = new(model);

    /// <summary>
    /// What is evaluated before <paramref name="part"/> and is not inert; null if <paramref name="part"/> is
    /// not evaluated every time that <paramref name="root"/> is, or if that cannot be told.
    /// </summary>
    public ImmutableArray<ExpressionSyntax>? Before(SyntaxNode part, SyntaxNode root)
    {
        var before = ImmutableArray.CreateBuilder<ExpressionSyntax>();
        for (var child = part; child != root; child = child.Parent!)
        {
            if (child.Parent is not { } parent || !AddBefore(child, parent, before))
                return null;
        }

        return before.ToImmutable();
    }

    private bool AddBefore(SyntaxNode child, SyntaxNode parent, ImmutableArray<ExpressionSyntax>.Builder before)
    {
        switch (parent)
        {
            case ParenthesizedExpressionSyntax or CastExpressionSyntax or CheckedExpressionSyntax or PrefixUnaryExpressionSyntax or PostfixUnaryExpressionSyntax
                or RefExpressionSyntax or ThrowExpressionSyntax or EqualsValueClauseSyntax or VariableDeclaratorSyntax or InterpolationSyntax or ArgumentSyntax
                or ExpressionElementSyntax or AnonymousObjectMemberDeclaratorSyntax or MemberAccessExpressionSyntax
                or ExpressionStatementSyntax or LocalDeclarationStatementSyntax or ReturnStatementSyntax or ThrowStatementSyntax or LockStatementSyntax or YieldStatementSyntax:
                return true;

            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression or (int)SyntaxKind.CoalesceExpression } shortCut:
                return child == shortCut.Left;

            case BinaryExpressionSyntax binary:
                return child == binary.Left || Add(binary.Left, before);

            case ConditionalExpressionSyntax conditional:
                return child == conditional.Condition;

            case IsPatternExpressionSyntax pattern:
                return child == pattern.Expression;

            case SwitchExpressionSyntax @switch:
                return child == @switch.GoverningExpression;

            case ConditionalAccessExpressionSyntax access:
                return child == access.Expression;

            case IfStatementSyntax or SwitchStatementSyntax or UsingStatementSyntax or ForEachStatementSyntax or ForStatementSyntax or FixedStatementSyntax:
                return IsHeader(child, parent);

            case AssignmentExpressionSyntax assignment:
                return child == assignment.Left
                    || (!assignment.IsKind(SyntaxKind.CoalesceAssignmentExpression) && Add(assignment.Left, before));

            case WithExpressionSyntax with:
                return child == with.Expression || Add(with.Expression, before);

            case InvocationExpressionSyntax invocation:
                return child == invocation.Expression || (!IsConditional(invocation) && AddReceiver(invocation.Expression, before));

            case ElementAccessExpressionSyntax element:
                return child == element.Expression || Add(element.Expression, before);

            case BaseObjectCreationExpressionSyntax creation:
                return child == creation.ArgumentList || AddCreation(creation, before);

            case ArrayCreationExpressionSyntax or ImplicitArrayCreationExpressionSyntax or StackAllocArrayCreationExpressionSyntax or ImplicitStackAllocArrayCreationExpressionSyntax
                or ArrayTypeSyntax or ArrayRankSpecifierSyntax:
                return AddEarlierChildren(child, parent, before);

            case BaseArgumentListSyntax or TupleExpressionSyntax or CollectionExpressionSyntax or AnonymousObjectCreationExpressionSyntax
                or VariableDeclarationSyntax or InitializerExpressionSyntax:
                return AddEarlierChildren(child, parent, before);

            case InterpolatedStringExpressionSyntax interpolated:
                return model.GetTypeInfo(interpolated).ConvertedType?.SpecialType == SpecialType.System_String && AddEarlierChildren(child, parent, before);

            default:
                return false;
        }
    }

    private bool AddEarlierChildren(SyntaxNode child, SyntaxNode parent, ImmutableArray<ExpressionSyntax>.Builder before)
    {
        foreach (var earlier in parent.ChildNodes())
        {
            if (earlier == child)
                return true;

            foreach (var expression in ExpressionsOf(earlier))
            {
                if (!Add(expression, before))
                    return false;
            }
        }

        return false;
    }

    private static IEnumerable<ExpressionSyntax> ExpressionsOf(SyntaxNode node) => node switch
    {
        TypeSyntax and not IdentifierNameSyntax => [],
        ExpressionSyntax expression => [expression],
        ArgumentSyntax argument => [argument.Expression],
        ExpressionElementSyntax element => [element.Expression],
        VariableDeclaratorSyntax declarator => declarator.Initializer is { } initializer ? [initializer.Value] : [],
        AnonymousObjectMemberDeclaratorSyntax member => [member.Expression],
        InterpolationSyntax interpolation => [interpolation.Expression],
        _ => node.ChildNodes().SelectMany(ExpressionsOf),
    };

    private bool Add(ExpressionSyntax expression, ImmutableArray<ExpressionSyntax>.Builder before)
    {
        _inertness.Collect(expression, before);
        return true;
    }

    private bool AddReceiver(ExpressionSyntax function, ImmutableArray<ExpressionSyntax>.Builder before) => function switch
    {
        MemberAccessExpressionSyntax access => Add(access.Expression, before),
        SimpleNameSyntax => true,
        MemberBindingExpressionSyntax => false,
        _ => Add(function, before),
    };

    // An initializer's values are computed after the constructor has run.
    private bool AddCreation(BaseObjectCreationExpressionSyntax creation, ImmutableArray<ExpressionSyntax>.Builder before)
    {
        if (model.GetSymbolInfo(creation).Symbol is not IMethodSymbol { IsImplicitlyDeclared: true } constructor
            || constructor.ContainingType.BaseType is not { SpecialType: SpecialType.System_Object or SpecialType.System_ValueType })
            before.Add(creation);

        return true;
    }

    /// <summary>Whether the call, with its arguments, is left out of some builds.</summary>
    private bool IsConditional(InvocationExpressionSyntax invocation) =>
        model.GetSymbolInfo(invocation).Symbol is IMethodSymbol method
        && method.GetAttributes().Any(a => a.AttributeClass is { Name: "ConditionalAttribute", ContainingNamespace.Name: "Diagnostics" });

    private static bool IsHeader(SyntaxNode child, SyntaxNode parent) => parent switch
    {
        IfStatementSyntax statement => child == statement.Condition,
        SwitchStatementSyntax statement => child == statement.Expression,
        UsingStatementSyntax statement => child == statement.Expression || child == statement.Declaration,
        ForEachStatementSyntax statement => child == statement.Expression,
        FixedStatementSyntax statement => child == statement.Declaration,
        ForStatementSyntax statement => child == statement.Declaration || statement.Initializers is [var only] && child == only,
        _ => false,
    };
}
