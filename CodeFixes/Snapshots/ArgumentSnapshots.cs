using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>Finds the entries passed by readonly reference that a copy can stand for.</summary>
internal sealed class ArgumentSnapshots(SemanticModel model)
{
    private readonly EntryReads _reads = new(model, DeclaredReader.Instance);
    private readonly SnapshotPlacer _placer = new(model);
    private readonly Inertness _inertness = new(model);

    /// <summary>The reads of one body, and where each snapshot goes.</summary>
    public ImmutableArray<SnapshotGroup> Of(ImmutableArray<EntryAccess> accesses)
    {
        var found = new List<(EntryRead Read, IArgumentOperation Argument)>();
        foreach (var access in accesses)
        {
            if (access.Kind == EntryAccessKind.Escape && Departures.Argument(access) is { } argument && IsOnlyRead(argument) && _reads.Of(access) is { } read)
                found.Add((read, argument));
        }

        var placed = new Dictionary<EntryRead, SnapshotGroup>();
        foreach (var same in found.Where(f => MayBeRead(f, found)).GroupBy(f => (f.Argument.Parent, f.Read.Pointer.Key, f.Read.Pointer.Stability == PointerStability.Stable ? null : f.Read)).ToList())
        {
            var reads = same.Select(f => f.Read).ToList();
            if (Placement(reads, same.First().Argument, placed) is not { } placement)
                continue;

            var group = new SnapshotGroup(reads.ToImmutableArray(), placement);
            foreach (var read in reads)
                placed[read] = group;
        }

        return placed.Values.Distinct().OrderBy(group => group.Reads[0].Place.SpanStart).ToImmutableArray();
    }

    /// <summary>Whether the callee can do nothing but read through the reference, while it runs, and needs not wait for the entry to change.</summary>
    private static bool IsOnlyRead(IArgumentOperation argument)
    {
        var (method, result) = argument.Parent switch
        {
            IInvocationOperation call => (call.TargetMethod, call.TargetMethod.ReturnType),
            IObjectCreationOperation { Constructor: { } constructor } => (constructor, constructor.ContainingType),
            _ => (null, null),
        };

        // A struct that lives on the stack may keep the reference.
        return method is not null
            && argument.Parameter is { RefKind: RefKind.In or RefKind.RefReadOnlyParameter } parameter
            && !method.ReturnsByRef && !method.ReturnsByRefReadonly
            && !result!.IsRefLikeType && !method.ContainingType.IsRefLikeType
            && !method.Parameters.Any(other => other.Type.IsRefLikeType && other.RefKind is RefKind.Ref or RefKind.Out)
            && !IsReadInLoop(method, parameter);
    }

    private static bool IsReadInLoop(IMethodSymbol method, IParameterSymbol parameter) =>
        method.DeclaringSyntaxReferences.SelectMany(declaration => declaration.GetSyntax().DescendantNodes())
            .Where(node => node is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax or GotoStatementSyntax)
            .Any(loop => loop is GotoStatementSyntax || loop.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText == parameter.Name));

    /// <summary>Whether nothing happens between passing the reference and reading through it, and the callee has no other way to the entry.</summary>
    private bool MayBeRead((EntryRead Read, IArgumentOperation Argument) passed, List<(EntryRead Read, IArgumentOperation Argument)> found)
    {
        if (passed.Argument.Syntax is not ArgumentSyntax { Parent: BaseArgumentListSyntax list } own || Directives.Within(list))
            return false;

        foreach (var other in list.Arguments)
        {
            if (other == own)
                continue;

            var isSnapshot = found.Any(f => f.Argument.Syntax == other);
            if (!isSnapshot && other.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => model.GetSymbolInfo(name).Symbol is { } symbol && passed.Read.Pointer.Variables.Contains(symbol)))
                return false;

            if (other.SpanStart > own.SpanStart && !IsQuiet(other.Expression))
                return false;
        }

        return true;
    }

    /// <summary>Whether an argument changes nothing: at most it loads what a quiet pointer points to.</summary>
    private bool IsQuiet(ExpressionSyntax expression) => Expressions.WithoutParentheses(expression) switch
    {
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PointerIndirectionExpression, Operand: var pointer } => _inertness.Is(pointer),
        MemberAccessExpressionSyntax { RawKind: (int)SyntaxKind.PointerMemberAccessExpression, Expression: var pointer } member when model.GetSymbolInfo(member).Symbol is IFieldSymbol => _inertness.Is(pointer),
        ElementAccessExpressionSyntax { ArgumentList.Arguments: [{ Expression: var index }], Expression: var pointer } when model.GetTypeInfo(pointer).Type is IPointerTypeSymbol => _inertness.Is(pointer) && _inertness.Is(index),
        var other => _inertness.Is(other),
    };

    private SnapshotPlacement? Placement(List<EntryRead> reads, IArgumentOperation argument, Dictionary<EntryRead, SnapshotGroup> placed)
    {
        var place = reads[0].Place;
        var placement = reads[0].Pointer.Stability == PointerStability.Stable ? _placer.Place(Decision.Of(place), reads, placed) : null;
        return placement is not SnapshotPlacement.Before && reads.Count == 1 && TakesValue(argument) ? SnapshotPlacement.InPlace.Instance : placement;
    }

    /// <summary>Whether the same method is called where the argument is a value: there may be an overload for that.</summary>
    private bool TakesValue(IArgumentOperation argument)
    {
        if (argument is not { Parameter: { RefKind: RefKind.In } parameter, Syntax: ArgumentSyntax syntax, Parent.Syntax: ExpressionSyntax call })
            return false;

        var value = SyntaxFactory.DefaultExpression(SyntaxFactory.ParseTypeName(argument.Value.Type!.ToMinimalDisplayString(model, syntax.SpanStart)));
        var probe = call.ReplaceNode(syntax, syntax.WithRefKindKeyword(default).WithExpression(value));
        return SymbolEqualityComparer.Default.Equals(
            model.GetSpeculativeSymbolInfo(call.SpanStart, probe, SpeculativeBindingOption.BindAsExpression).Symbol, parameter.ContainingSymbol);
    }
}
