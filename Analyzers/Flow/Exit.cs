using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace PteGuard.Analyzers.Flow;

/// <summary>A way out of a body.</summary>
internal sealed class Exit(ControlFlowBranch branch)
{
    /// <summary>The value that is returned; null if there is none.</summary>
    public IOperation? Value => branch.Semantics == ControlFlowBranchSemantics.Return ? branch.Source.BranchValue : null;

    /// <summary>
    /// The statement that leaves, or the one after which the body ends; null if neither can be told. A graph
    /// keeps nothing of a bare <c>return</c>: it is looked for behind what ran last.
    /// </summary>
    public SyntaxNode? Syntax
    {
        get
        {
            if (Value is { } value)
                return value.Syntax.FirstAncestorOrSelf<SyntaxNode>(n => n is ReturnStatementSyntax or ArrowExpressionClauseSyntax) ?? value.Syntax;

            var source = branch.Source;
            if (source.ConditionalSuccessor is not null && source.BranchValue is { } condition)
                return Decided(condition.Syntax, branch.IsConditionalSuccessor == (source.ConditionKind == ControlFlowConditionKind.WhenTrue));

            return source.Operations.LastOrDefault()?.Syntax.FirstAncestorOrSelf<SyntaxNode>(IsWhole) switch
            {
                StatementSyntax last => Next(last) ?? last,
                var last => last,
            };
        }
    }

    /// <summary>The return that a condition, or a part of one, decides for.</summary>
    private static SyntaxNode? Decided(SyntaxNode condition, bool outcome)
    {
        for (var part = condition; part is ExpressionSyntax; part = part.Parent)
            outcome ^= part.Parent.IsKind(SyntaxKind.LogicalNotExpression);

        return condition.FirstAncestorOrSelf<SyntaxNode>(IsWhole) switch
        {
            IfStatementSyntax statement when outcome => Return(statement.Statement) ?? (SyntaxNode)statement,
            IfStatementSyntax { Else.Statement: { } otherwise } statement => Return(otherwise) ?? (SyntaxNode)statement,
            StatementSyntax statement => Next(statement) ?? statement,
            var whole => whole,
        };
    }

    private static bool IsWhole(SyntaxNode node) => node is StatementSyntax or ArrowExpressionClauseSyntax or LambdaExpressionSyntax;

    private static ReturnStatementSyntax? Return(StatementSyntax statement) => statement switch
    {
        ReturnStatementSyntax leaving => leaving,
        BlockSyntax { Statements: [ReturnStatementSyntax leaving] } => leaving,
        _ => null,
    };

    private static ReturnStatementSyntax? Next(StatementSyntax statement)
    {
        if (statement.Parent is not BlockSyntax block)
            return null;

        var next = block.Statements.IndexOf(statement) + 1;
        return next < block.Statements.Count ? block.Statements[next] as ReturnStatementSyntax : null;
    }
}
