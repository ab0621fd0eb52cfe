using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.Analyzers.Facts;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>
/// What, inside one decision, makes a second read a new one on purpose: a changed pointer, a store, a lock
/// taken or dropped, a call that is given the pointer.
/// </summary>
internal sealed class Barriers(SemanticModel model, EntryFacts facts)
{
    /// <summary>The positions from which on a read of the entry is a new one.</summary>
    public List<int> Find(Decision decision, EntryRead read)
    {
        var pointer = read.Pointer;
        var positions = new List<int>();
        foreach (var node in decision.Nodes())
        {
            if (IsBarrier(node, read, pointer))
                positions.Add(node.Span.End);
        }

        return positions;
    }

    private bool IsBarrier(SyntaxNode node, EntryRead read, PointerValue pointer) => node switch
    {
        AwaitExpressionSyntax => true,
        AssignmentExpressionSyntax assignment => Changes(assignment.Left, pointer),
        PrefixUnaryExpressionSyntax step when step.Kind() is SyntaxKind.PreIncrementExpression or SyntaxKind.PreDecrementExpression => Changes(step.Operand, pointer),
        PostfixUnaryExpressionSyntax step when step.Kind() is SyntaxKind.PostIncrementExpression or SyntaxKind.PostDecrementExpression => Changes(step.Operand, pointer),
        InvocationExpressionSyntax call => MayWrite(call, read, pointer),
        BaseObjectCreationExpressionSyntax { ArgumentList: { } arguments } => arguments.Arguments.Any(a => Passes(a.Expression, pointer)),
        _ => false,
    };

    private bool Changes(ExpressionSyntax target, PointerValue pointer) => Expressions.WithoutParentheses(target) switch
    {
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PointerIndirectionExpression } => true,
        MemberAccessExpressionSyntax { RawKind: (int)SyntaxKind.PointerMemberAccessExpression } => true,
        ElementAccessExpressionSyntax => true,
        TupleExpressionSyntax tuple => tuple.Arguments.Any(a => Changes(a.Expression, pointer)),
        DeclarationExpressionSyntax => false,
        var other => model.GetSymbolInfo(other).Symbol is { } symbol && pointer.Variables.Contains(symbol),
    };

    private bool MayWrite(InvocationExpressionSyntax call, EntryRead read, PointerValue pointer)
    {
        if (model.GetSymbolInfo(call).Symbol is not IMethodSymbol method)
            return call.Expression is not IdentifierNameSyntax { Identifier.ValueText: "nameof" };

        var arguments = call.ArgumentList.Arguments;
        if (arguments.Any(a => !a.RefKindKeyword.IsKind(SyntaxKind.None) && Changes(a.Expression, pointer)))
            return true;

        if (EntryFacts.AcquiresLock(method) || EntryFacts.ReleasesLock(method) || facts.Mapper(method, call.SyntaxTree) is not null || facts.Unmapper(method) is not null)
            return true;

        var reads = method.Parameters.Where(p => p.Type is IPointerTypeSymbol) is var pointers && pointers.Any() && pointers.All(EntryFacts.ReadsEntry);
        if (reads || SymbolEqualityComparer.Default.Equals(method.OriginalDefinition, read.Reader.Method.OriginalDefinition)
            || SymbolEqualityComparer.Default.Equals(method.ContainingType, read.EntryType) || EntryFacts.ComparesEntries(method))
            return false;

        return pointer.UsesMemory
            || arguments.Any(a => Passes(a.Expression, pointer))
            || call.Expression is MemberAccessExpressionSyntax { Expression: var receiver } && Passes(receiver, pointer);
    }

    /// <summary>Whether the expression hands the pointer out, rather than what it points to.</summary>
    private bool Passes(ExpressionSyntax expression, PointerValue pointer)
    {
        if (model.GetTypeInfo(expression).Type is { IsUnmanagedType: true } and not IPointerTypeSymbol and { SpecialType: not (SpecialType.System_IntPtr or SpecialType.System_UIntPtr) })
            return false;

        return expression.DescendantNodesAndSelf().OfType<SimpleNameSyntax>()
            .Any(name => model.GetSymbolInfo(name).Symbol is { } symbol && pointer.Variables.Contains(symbol));
    }
}
