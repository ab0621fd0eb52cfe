using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
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
        if (first <= Math.Max(map, look))
            return null;

        // Where there is no mapping there is no lock either: that path must have left before the lock is used.
        var check = list.FindIndex(map + 1, first - map - 1, s => IsNullCheck(s, mapping.Variable, context.Model));
        var between = list.GetRange(Math.Min(map, look) + 1, Math.Abs(map - look) - 1);
        if (check < 0 || between.Any(s => s is LabeledStatementSyntax) || !lookup.MayMove(between, mapping.Statement, context.Model))
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
