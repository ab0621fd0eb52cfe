using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Flow;

/// <summary>Tells what a condition's outcome says about the world.</summary>
internal sealed class Conditions(Evaluator evaluator)
{
    private const int Depth = 100;

    /// <summary>The world in which the condition has this outcome; null if there is none.</summary>
    public World? Assume(IOperation condition, bool outcome, World world, int depth = 0)
    {
        if (depth++ > Depth)
            return world;

        switch (condition)
        {
            case IConversionOperation { OperatorMethod: null } conversion:
                return Assume(conversion.Operand, outcome, world, depth);
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not, OperatorMethod: null } not:
                return Assume(not.Operand, !outcome, world, depth);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.And or BinaryOperatorKind.ConditionalAnd, OperatorMethod: null } conjunction when outcome:
                return Both(conjunction, true, world, depth);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Or or BinaryOperatorKind.ConditionalOr, OperatorMethod: null } disjunction when !outcome:
                return Both(disjunction, false, world, depth);
        }

        switch (evaluator.ValueOf(condition, world))
        {
            case Value.Constant { Content: bool constant }:
                return constant == outcome ? world : null;
            case Value.Test test:
                return Told(test.Site, outcome ? test.WhenTrue : test.WhenFalse, Remember(condition, Evaluator.Boolean(outcome), world));
        }

        if (evaluator.QuestionOf(condition) is { } question)
            world = Hold(Place.Of(question), Evaluator.Boolean(outcome != question.IsNegated), world);

        return condition is IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals, OperatorMethod: null } comparison
            ? Compare(comparison, outcome == (comparison.OperatorKind == BinaryOperatorKind.Equals), world, depth)
            : Remember(condition, Evaluator.Boolean(outcome), world);
    }

    /// <summary>The world in which a handle is, or is not, null; null if it is known to be otherwise.</summary>
    public static World? Told(Site site, Nullness told, World world)
    {
        if (told == Nullness.Maybe || world[site] is not { } state || state.Nullness == told)
            return world;

        if (state.Nullness is Nullness.Null or Nullness.NotNull)
            return told == Nullness.Lost ? world : null;

        return world.With(site, state with { Nullness = told });
    }

    private World? Both(IBinaryOperation binary, bool outcome, World world, int depth) =>
        Assume(binary.LeftOperand, outcome, world, depth) is { } next ? Assume(binary.RightOperand, outcome, next, depth) : null;

    private World? Compare(IBinaryOperation comparison, bool equal, World world, int depth)
    {
        var left = evaluator.ValueOf(comparison.LeftOperand, world);
        var right = evaluator.ValueOf(comparison.RightOperand, world);
        return (left, right) switch
        {
            (_, Value.Constant { Content: bool expected }) => Assume(comparison.LeftOperand, expected == equal, world, depth),
            (Value.Constant { Content: bool expected }, _) => Assume(comparison.RightOperand, expected == equal, world, depth),
            (_, Value.Constant constant) when equal => Remember(comparison.LeftOperand, constant, world),
            (Value.Constant constant, _) when equal => Remember(comparison.RightOperand, constant, world),
            _ => world,
        };
    }

    /// <summary>Notes what a variable has turned out to hold, so that asking it again gives the same answer.</summary>
    private World Remember(IOperation operation, Value value, World world)
    {
        while (operation is IConversionOperation { OperatorMethod: null, IsImplicit: true } conversion)
            operation = conversion.Operand;

        var place = operation is IFlowCaptureReferenceOperation capture ? Place.Of(capture.Id)
            : BodyFacts.Variable(operation) is { } variable && evaluator.IsFollowed(variable) ? Place.Of(variable)
            : (Place?)null;
        return place is { } known ? Hold(known, value, world) : world;
    }

    /// <summary>Puts a value in a place, and wherever else what was there is held.</summary>
    private static World Hold(Place place, Value value, World world) =>
        world[place] is Value.From from && world[from.Site] is null ? world.Learn(from.Site, value) : world.With(place, value);
}
