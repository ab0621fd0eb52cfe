using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Snapshots;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>
/// What, inside one decision, makes a second read a new one on purpose: a changed pointer, a store, a lock
/// taken or dropped, a call that may do any of these.
/// </summary>
internal sealed class Barriers(SemanticModel model, EntryFacts facts, ImmutableArray<EntryAccess> accesses)
{
    private readonly QuietCalls _quiet = new(model.Compilation);
    private readonly ImmutableHashSet<TextSpan> _writes = accesses.Where(a => a.Kind is not (EntryAccessKind.Read or EntryAccessKind.LocklessRead)).Select(a => a.Site.Span).ToImmutableHashSet();
    private readonly Dictionary<Decision, Suspects> _suspects = [];
    private readonly Dictionary<SyntaxNode, bool> _jumps = [];

    /// <summary>The barriers for reads of one entry.</summary>
    public List<Barrier> Find(Decision decision, EntryRead read)
    {
        if (!_suspects.TryGetValue(decision, out var suspects))
            _suspects.Add(decision, suspects = SuspectsOf(decision));

        return [.. suspects.Always, .. suspects.Sometimes.Where(node => IsBarrier(node, read)).Select(node => new Barrier(node, node.Span.End))];
    }

    // A decision may read a thousand entries, so what does not depend on the entry is found once.
    private Suspects SuspectsOf(Decision decision)
    {
        var suspects = new Suspects([], []);
        foreach (var node in decision.Nodes())
        {
            if (_writes.Contains(node.Span))
                suspects.Always.Add(new Barrier(node, node.Span.End));
            else if (node is AssignmentExpressionSyntax or InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax || IsStep(node))
                suspects.Sometimes.Add(node);
            else
                suspects.Always.AddRange(Positions(node).Select(position => new Barrier(node, position)));
        }

        return suspects;
    }

    private static bool IsCalledMember(SyntaxNode node) =>
        node is ElementAccessExpressionSyntax or CastExpressionSyntax or BinaryExpressionSyntax or PrefixUnaryExpressionSyntax || (node is IdentifierNameSyntax && node.Parent is not (InvocationExpressionSyntax or TypeSyntax));

    /// <summary>The positions from which on a read of any entry is a new one because of a node.</summary>
    private IEnumerable<int> Positions(SyntaxNode node) => node switch
    {
        AwaitExpressionSyntax or YieldStatementSyntax or UsingStatementSyntax => [node.Span.End],
        LockStatementSyntax @lock => [@lock.CloseParenToken.Span.End, @lock.Span.End],
        LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0, Parent: { } scope } => [scope.Span.End],
        LabeledStatementSyntax label => [label.ColonToken.Span.End],
        SwitchSectionSyntax { Parent: { } @switch, Statements: [var first, ..] } => IsJumpedTo(@switch) ? [first.SpanStart] : [],
        CommonForEachStatementSyntax loop => IsPlain(model.GetTypeInfo(loop.Expression).Type) ? [] : [loop.Expression.Span.End],
        _ => IsCalledMember(node) && IsKnownLoud((ExpressionSyntax)node) ? [node.Span.End] : [],
    };

    private bool IsJumpedTo(SyntaxNode @switch)
    {
        if (!_jumps.TryGetValue(@switch, out var isJumpedTo))
            _jumps.Add(@switch, isJumpedTo = @switch.DescendantNodes().Any(n => n.Kind() is SyntaxKind.GotoCaseStatement or SyntaxKind.GotoDefaultStatement));

        return isJumpedTo;
    }

    private bool IsKnownLoud(ExpressionSyntax member) => model.GetSymbolInfo(member).Symbol switch
    {
        IPropertySymbol { GetMethod: { } getter } property => !AutoProperties.Is(property) && _quiet.IsKnownLoud(getter),
        IMethodSymbol { MethodKind: MethodKind.UserDefinedOperator or MethodKind.Conversion } @operator => _quiet.IsKnownLoud(@operator),
        _ => false,
    };

    private bool IsBarrier(SyntaxNode node, EntryRead read) => node switch
    {
        AssignmentExpressionSyntax assignment => Changes(assignment.Left, read),
        PrefixUnaryExpressionSyntax step => Changes(step.Operand, read),
        PostfixUnaryExpressionSyntax step => Changes(step.Operand, read),
        InvocationExpressionSyntax call => IsBarrier(call, read),
        BaseObjectCreationExpressionSyntax creation => (creation.ArgumentList?.Arguments.Any(a => Passes(a.Expression, read.Pointer)) ?? false)
            || (model.GetSymbolInfo(creation).Symbol is IMethodSymbol constructor && !_quiet.IsQuiet(constructor)),
        _ => false,
    };

    private bool Changes(ExpressionSyntax target, EntryRead read) => Expressions.WithoutParentheses(target) switch
    {
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PointerIndirectionExpression } => true,
        MemberAccessExpressionSyntax { RawKind: (int)SyntaxKind.PointerMemberAccessExpression } => true,
        MemberAccessExpressionSyntax { Expression: var container } part when model.GetTypeInfo(container).Type is { IsValueType: true } => Changes(container, read) || IsChanged(part, read),
        ElementAccessExpressionSyntax element => model.GetTypeInfo(element.Expression).Type is not IArrayTypeSymbol { ElementType: var type } || MayBeEntry(type, read),
        TupleExpressionSyntax tuple => tuple.Arguments.Any(a => Changes(a.Expression, read)),
        DeclarationExpressionSyntax => false,
        var other => IsChanged(other, read),
    };

    private bool IsChanged(ExpressionSyntax target, EntryRead read) => model.GetSymbolInfo(target).Symbol switch
    {
        { } symbol when read.Pointer.Variables.Contains(symbol) => true,
        ILocalSymbol { IsRef: true, Type: var type } => MayBeEntry(type, read),
        IParameterSymbol { RefKind: not RefKind.None, Type: var type } => MayBeEntry(type, read),
        IPropertySymbol property => !AutoProperties.Is(property),
        _ => false,
    };

    private static bool MayBeEntry(ITypeSymbol stored, EntryRead read) =>
        stored is IPointerTypeSymbol ? read.Pointer.UsesMemory
        : SymbolEqualityComparer.Default.Equals(stored, read.EntryType)
            || SymbolEqualityComparer.Default.Equals(stored, read.Address.Type)
            || SymbolEqualityComparer.Default.Equals(stored, EntryWords.Of(read.EntryType)?.Type);

    private bool IsBarrier(InvocationExpressionSyntax call, EntryRead read)
    {
        if (model.GetSymbolInfo(call).Symbol is not IMethodSymbol method)
            return call.Expression is not IdentifierNameSyntax { Identifier.ValueText: "nameof" };

        var arguments = call.ArgumentList.Arguments;
        if (arguments.Any(a => !a.RefKindKeyword.IsKind(SyntaxKind.None) && !a.RefKindKeyword.IsKind(SyntaxKind.InKeyword) && Changes(a.Expression, read)))
            return true;

        if (EntryFacts.AcquiresLock(method) || EntryFacts.ReleasesLock(method) || facts.Mapper(method, call.SyntaxTree) is not null || facts.Unmapper(method) is not null)
            return true;

        var reads = method.Parameters.Where(p => p.Type is IPointerTypeSymbol) is var pointers && pointers.Any() && pointers.All(EntryFacts.ReadsEntry);
        if (reads || SymbolEqualityComparer.Default.Equals(method.OriginalDefinition, read.Reader.Method.OriginalDefinition) || EntryFacts.ComparesEntries(method))
            return false;

        if (arguments.Any(a => Passes(a.Expression, read.Pointer)) || (Receiver(call) is { } receiver && Passes(receiver, read.Pointer)))
            return true;

        // What a member does to the entry it is called on, Access has told.
        return !(SymbolEqualityComparer.Default.Equals(method.ContainingType, read.EntryType) && !method.IsStatic) && !_quiet.IsQuiet(method);
    }

    /// <remarks>Of <c>p->M()</c> it is the entry, not the pointer.</remarks>
    private static ExpressionSyntax? Receiver(InvocationExpressionSyntax call) =>
        call.Expression is MemberAccessExpressionSyntax { RawKind: (int)SyntaxKind.SimpleMemberAccessExpression } access ? access.Expression : null;

    /// <summary>Whether the expression hands the pointer out, rather than what it points to.</summary>
    private bool Passes(ExpressionSyntax expression, PointerValue pointer)
    {
        if (model.GetTypeInfo(expression).Type is { IsUnmanagedType: true } and not IPointerTypeSymbol and { SpecialType: not (SpecialType.System_IntPtr or SpecialType.System_UIntPtr) })
            return false;

        // A string made of what the pointer points to does not hold the pointer.
        return model.GetTypeInfo(expression).Type?.SpecialType != SpecialType.System_String
            && expression.DescendantNodesAndSelf().OfType<SimpleNameSyntax>()
                .Any(name => model.GetSymbolInfo(name).Symbol is { } symbol && pointer.Variables.Contains(symbol));
    }

    private static bool IsPlain(ITypeSymbol? collection) =>
        collection is IArrayTypeSymbol or { SpecialType: SpecialType.System_String } or { ContainingNamespace.Name: "System" or "Generic" };

    /// <param name="Always">The barriers for reads of any entry.</param>
    /// <param name="Sometimes">What is a barrier for reads of some entries.</param>
    private sealed record Suspects(List<Barrier> Always, List<SyntaxNode> Sometimes);

    private static bool IsStep(SyntaxNode node) => node.Kind() is SyntaxKind.PreIncrementExpression or SyntaxKind.PreDecrementExpression
        or SyntaxKind.PostIncrementExpression or SyntaxKind.PostDecrementExpression;
}

/// <param name="Node">What happens.</param>
/// <param name="Position">From where on it has happened.</param>
internal readonly record struct Barrier(SyntaxNode Node, int Position);
