using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;
using PteGuard.Analyzers.Facts;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Mappings;

/// <summary>A mapping and a lock's lookup that belong together, as they stand in one list of statements.</summary>
/// <param name="Mapping">The mapping.</param>
/// <param name="Lookup">The lookup.</param>
/// <param name="Enter">The statement that takes the lock at once, next after the mapping's check; null: it is taken later, or not.</param>
internal sealed record LockedMapping(MappingStatement Mapping, LockLookup Lookup, StatementSyntax? Enter)
{
    /// <returns>Null if joining the two could change what the code does.</returns>
    public static LockedMapping? Of(MappingStatement mapping, LockLookup lookup, FixContext context)
    {
        if (mapping.IsTry || mapping.Mapper is null || mapping.Statement.Parent is not (BlockSyntax or SwitchSectionSyntax) || mapping.Statement.Parent != lookup.Statement.Parent)
            return null;

        var list = mapping.Statement.Parent.ChildNodes().OfType<StatementSyntax>().ToList();
        var map = list.IndexOf(mapping.Statement);
        var look = list.IndexOf(lookup.Statement);
        var uses = new VariableUses(context.Model);
        var first = list.FindIndex(Math.Min(map, look), s => s != lookup.Statement && uses.Mentions(s, lookup.Variable));
        if (first <= Math.Max(map, look) || Directives.Vary(context.Root, TextSpan.FromBounds(list[Math.Min(map, look)].SpanStart, list[first].Span.End)))
            return null;

        // Where there is no mapping there is no lock either: that path must have left before the lock is used. Code that
        // never asks uses the null pointer on that path, and goes on to do so.
        var check = list.FindIndex(map + 1, first - map - 1, s => IsNullCheck(s, mapping.Variable, context.Model));
        var between = list.GetRange(Math.Min(map, look) + 1, Math.Abs(map - look) - 1);
        if ((check < 0 && MaySurviveNull(mapping, list, context)) || between.Any(s => s is LabeledStatementSyntax) || !lookup.MayMove(between, mapping.Statement, context.Model))
            return null;

        var isTakenAtOnce = IsEnter(list[first], lookup.Variable, context.Model)
            && Enumerable.Range(map + 1, first - map - 1).All(i => i == look || i == check);
        return new LockedMapping(mapping, lookup, isTakenAtOnce ? list[first] : null);
    }

    private static bool IsNullCheck(StatementSyntax statement, ISymbol variable, SemanticModel model) =>
        statement is IfStatementSyntax { Else: null, Condition: var condition, Statement: var body }
        && Leaves(body)
        && condition switch
        {
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression, Left: var left, Right: LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression } } => Is(left, variable, model),
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression, Right: var right, Left: LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression } } => Is(right, variable, model),
            IsPatternExpressionSyntax { Expression: var tested, Pattern: ConstantPatternSyntax { Expression: LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression } } } => Is(tested, variable, model),
            _ => false,
        };

    /// <summary>
    /// Whether the code may go on where there is no mapping: it tests the pointer, or can leave before it comes to a use
    /// that null does not survive.
    /// </summary>
    private static bool MaySurviveNull(MappingStatement mapping, List<StatementSyntax> list, FixContext context)
    {
        foreach (var statement in list.Where(s => s.SpanStart > mapping.Statement.SpanStart))
        {
            foreach (var name in statement.DescendantNodes().OfType<IdentifierNameSyntax>())
            {
                if (name.Identifier.ValueText != mapping.Variable.Name || !Is(name, mapping.Variable, context.Model))
                    continue;

                if (NeedsMapping(name, context))
                {
                    if (IsAlwaysEvaluated(name, statement))
                        return false;
                }
                else if (!IsHandedOn(name))
                {
                    return true;
                }
            }

            if (MayLeave(statement))
                return true;
        }

        return true;
    }

    /// <summary>Whether the pointer, or one computed from it, is passed by value: whatever happens there, nothing is decided here.</summary>
    private static bool IsHandedOn(IdentifierNameSyntax pointer) => pointer.Parent switch
    {
        ArgumentSyntax { RefKindKeyword.RawKind: 0 } => true,
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression or (int)SyntaxKind.SubtractExpression, Parent: ArgumentSyntax { RefKindKeyword.RawKind: 0 } } => true,
        _ => false,
    };

    private static bool MayLeave(StatementSyntax statement)
    {
        foreach (var jump in statement.DescendantNodesAndSelf(n => n is not AnonymousFunctionExpressionSyntax).OfType<StatementSyntax>())
        {
            var leaves = jump switch
            {
                ReturnStatementSyntax or GotoStatementSyntax or ThrowStatementSyntax or YieldStatementSyntax => true,
                BreakStatementSyntax or ContinueStatementSyntax => !jump.Ancestors().TakeWhile(a => a != statement.Parent)
                    .Any(a => a is CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax),
                _ => false,
            };
            if (leaves)
                return true;
        }

        return false;
    }

    private static bool NeedsMapping(IdentifierNameSyntax pointer, FixContext context)
    {
        var address = pointer.Parent switch
        {
            ElementAccessExpressionSyntax { Parent: PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.AddressOfExpression } element } => element,
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression or (int)SyntaxKind.SubtractExpression } sum => sum,
            PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PointerIndirectionExpression } or ElementAccessExpressionSyntax
                or MemberAccessExpressionSyntax { RawKind: (int)SyntaxKind.PointerMemberAccessExpression } => null,
            _ => (ExpressionSyntax)pointer,
        };
        return address is null || (address.Parent is ArgumentSyntax argument
            && context.Model.GetOperation(argument) is IArgumentOperation { Parameter: { ContainingSymbol: IMethodSymbol method } parameter }
            && (EntryFacts.ReadsEntry(parameter) || EntryFacts.WritesEntry(parameter) || context.Facts.Unmapper(method) is not null));
    }

    /// <summary>Whether control that enters the statement evaluates the expression.</summary>
    private static bool IsAlwaysEvaluated(SyntaxNode expression, StatementSyntax statement)
    {
        for (var node = expression; node != statement; node = node.Parent!)
        {
            if (node is StatementSyntax || node.Parent is AnonymousFunctionExpressionSyntax or SwitchExpressionArmSyntax or ConditionalAccessExpressionSyntax or ForStatementSyntax
                || (node.Parent is ConditionalExpressionSyntax choice && choice.Condition != node)
                || (node.Parent is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression or (int)SyntaxKind.CoalesceExpression } binary && binary.Right == node))
                return false;
        }

        return true;
    }

    private static bool Leaves(StatementSyntax statement) => statement switch
    {
        BlockSyntax { Statements: [.., var last] } => Leaves(last),
        ReturnStatementSyntax or GotoStatementSyntax or ContinueStatementSyntax or BreakStatementSyntax or ThrowStatementSyntax => true,
        YieldStatementSyntax { RawKind: (int)SyntaxKind.YieldBreakStatement } => true,
        _ => false,
    };

    private static bool IsEnter(StatementSyntax statement, ISymbol variable, SemanticModel model) =>
        statement is ExpressionStatementSyntax { Expression: InvocationExpressionSyntax { ArgumentList.Arguments: [], Expression: MemberAccessExpressionSyntax { Expression: var receiver } } call }
        && Is(receiver, variable, model)
        && model.GetSymbolInfo(call).Symbol is IMethodSymbol { ReturnsVoid: true } method && EntryFacts.AcquiresLock(method);

    private static bool Is(ExpressionSyntax expression, ISymbol variable, SemanticModel model) =>
        SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(expression).Symbol, variable);
}
