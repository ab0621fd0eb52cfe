using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Access;

/// <summary>
/// Where the pointers of one body come from: through its variables, whatever the order of its statements,
/// by one fixpoint over all assignments.
/// </summary>
internal sealed class PointerOrigins
{
    private readonly Dictionary<PointerVariable, Origin> _values = [];
    private readonly OriginEvaluator _evaluator;

    public PointerOrigins(IOperation root, EntryFacts facts)
    {
        _evaluator = new OriginEvaluator(facts, root.Syntax.SyntaxTree, Value);
        var assignments = PointerAssignments.Of(root);
        var users = Users(assignments);
        var pending = new Queue<PointerAssignment>(assignments);
        while (pending.Count > 0)
        {
            var assignment = pending.Dequeue();
            var before = Value(assignment.Target);
            var after = before.Join(_evaluator.Assigned(assignment));
            if (after.IsSameAs(before))
                continue;

            _values[assignment.Target] = after;
            if (users.TryGetValue(assignment.Target.Symbol, out var dependents))
            {
                foreach (var dependent in dependents)
                    pending.Enqueue(dependent);
            }
        }
    }

    /// <summary>What a pointer, span or address may point to.</summary>
    public Origin Of(IOperation value) => _evaluator.Of(value);

    /// <summary>What a pointer or address that is taken to lead to a <paramref name="type"/> may point to.</summary>
    public Origin OfPointee(IOperation view, ITypeSymbol? type) => _evaluator.OfPointee(view, type);

    /// <summary>What the storage that an expression denotes may be: the entry itself of <c>*p</c> or <c>span[i]</c>.</summary>
    public Origin OfStorage(IOperation reference) => _evaluator.OfStorage(reference);

    /// <summary>What the elements of a span, array or inline array may be.</summary>
    public Origin OfElements(IOperation collection) => _evaluator.Elements(collection);

    private Origin Value(PointerVariable variable) => _values.TryGetValue(variable, out var origin) ? origin : Origin.Nothing;

    /// <summary>The assignments to evaluate again when a variable's value has grown.</summary>
    private static Dictionary<ISymbol, List<PointerAssignment>> Users(List<PointerAssignment> assignments)
    {
        var users = new Dictionary<ISymbol, List<PointerAssignment>>(SymbolEqualityComparer.Default);
        foreach (var assignment in assignments)
        {
            foreach (var operation in assignment.Source.DescendantsAndSelf())
            {
                ISymbol? symbol = operation switch
                {
                    ILocalReferenceOperation local => local.Local,
                    IParameterReferenceOperation parameter => parameter.Parameter,
                    IInvocationOperation { TargetMethod.MethodKind: MethodKind.LocalFunction } call => call.TargetMethod.OriginalDefinition,
                    _ => null,
                };

                if (symbol is null)
                    continue;

                if (!users.TryGetValue(symbol, out var dependents))
                    users.Add(symbol, dependents = []);
                dependents.Add(assignment);
            }
        }

        return users;
    }
}
