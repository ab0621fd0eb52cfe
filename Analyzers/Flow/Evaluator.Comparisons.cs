using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Flow;

/// <content>Comparisons, patterns and logic.</content>
internal sealed partial class Evaluator
{
    private static readonly Value s_true = new Value.Constant(true);
    private static readonly Value s_false = new Value.Constant(false);

    public static Value Boolean(bool value) => value ? s_true : s_false;

    private Value? Binary(IBinaryOperation binary, World world, int depth)
    {
        var kind = binary.OperatorKind;
        if (kind is BinaryOperatorKind.Add or BinaryOperatorKind.Subtract)
        {
            // Of arithmetic only the pointer that it starts from is followed.
            var pointer = binary.Type is not IPointerTypeSymbol ? null : binary.LeftOperand.Type is IPointerTypeSymbol ? binary.LeftOperand : binary.RightOperand;
            return pointer is null ? null : Stepped(Moved(ValueOf(pointer, world, depth), true, world), pointer == binary.LeftOperand ? binary.RightOperand : binary.LeftOperand, world);
        }

        var left = ValueOf(binary.LeftOperand, world, depth);
        var right = ValueOf(binary.RightOperand, world, depth);
        return kind switch
        {
            BinaryOperatorKind.Equals => AreEqual(left, right, world),
            BinaryOperatorKind.NotEquals => Negated(AreEqual(left, right, world)),
            BinaryOperatorKind.GreaterThan or BinaryOperatorKind.LessThan or BinaryOperatorKind.GreaterThanOrEqual or BinaryOperatorKind.LessThanOrEqual => Ordered(kind, left, right, world),
            BinaryOperatorKind.And or BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.Or or BinaryOperatorKind.ConditionalOr => Logical(kind, left, right),
            _ => null,
        };
    }

    private static Value? AreEqual(Value? left, Value? right, World world) => (left, right) switch
    {
        (Value.Constant a, Value.Constant b) => Boolean((a.IsZero && b.IsZero) || a == b || (Number(a) is { } x && Number(b) is { } y && x == y)),
        (Value.From { Aspect: Aspect.Handle } handle, Value.Constant { IsZero: true }) when world[handle.Site] is not null => IsNull(handle, world),
        (Value.Constant { IsZero: true }, Value.From { Aspect: Aspect.Handle } handle) when world[handle.Site] is not null => IsNull(handle, world),
        (Value.Address, Value.Constant { IsZero: true }) or (Value.Constant { IsZero: true }, Value.Address) => s_false,
        (Value.Constant { Content: bool expected }, { } value) when value is Value.Test => expected ? value : Negated(value),
        ({ } value, Value.Constant { Content: bool expected }) when value is Value.Test => expected ? value : Negated(value),
        _ => null,
    };

    private static Value? IsNull(Value.From handle, World world) =>
        IsTestable(handle, world) ? Known(new Value.Test(handle.Site, Nullness.Null, Nullness.NotNull), world) : null;

    /// <summary>Whether comparing it with null tells about the handle: null that was moved compares like any address.</summary>
    private static bool IsTestable(Value.From handle, World world) => !handle.IsMoved || world[handle.Site]?.Nullness == Nullness.NotNull;

    /// <summary>A test whose outcome is known already is a constant.</summary>
    private static Value Known(Value.Test test, World world)
    {
        var nullness = world[test.Site]?.Nullness;
        if (nullness is not (Nullness.Null or Nullness.NotNull))
            return test;

        return Contradicts(test.WhenTrue, nullness.Value) ? s_false : Contradicts(test.WhenFalse, nullness.Value) ? s_true : test;
    }

    private static bool Contradicts(Nullness told, Nullness known) => told is Nullness.Null or Nullness.NotNull && told != known;

    private static Value? Negated(Value? value) => value switch
    {
        Value.Constant { Content: bool constant } => Boolean(!constant),
        Value.Test test => test.Negated(),
        _ => null,
    };

    private static Value? Logical(BinaryOperatorKind kind, Value? left, Value? right)
    {
        // What decides alone, and what leaves the decision to the other operand.
        var decisive = Boolean(kind is BinaryOperatorKind.Or or BinaryOperatorKind.ConditionalOr);
        if (decisive.Equals(left) || decisive.Equals(right))
            return decisive;

        if (left is Value.Constant { Content: bool })
            return right;

        if (right is Value.Constant { Content: bool })
            return left;

        // "p is there and something else": true tells about p, false tells nothing.
        return (left as Value.Test ?? right as Value.Test) is not { } test ? null
            : decisive == s_true ? test with { WhenTrue = Nullness.Maybe } : test with { WhenFalse = Nullness.Maybe };
    }

    private static Value? Ordered(BinaryOperatorKind kind, Value? left, Value? right, World world)
    {
        // An address is above zero, or zero.
        if ((kind == BinaryOperatorKind.GreaterThan && left is Value.From && right is Value.Constant { IsZero: true })
            || (kind == BinaryOperatorKind.LessThan && left is Value.Constant { IsZero: true } && right is Value.From))
            return Negated(AreEqual(left, right, world));

        if (Number(left) is not { } x || Number(right) is not { } y)
            return null;

        return Boolean(kind switch
        {
            BinaryOperatorKind.LessThan => x < y,
            BinaryOperatorKind.LessThanOrEqual => x <= y,
            BinaryOperatorKind.GreaterThan => x > y,
            _ => x >= y,
        });
    }

    private static decimal? Number(Value? value) => value is Value.Constant { Content: byte or sbyte or short or ushort or int or uint or long or ulong } constant
        ? Convert.ToDecimal(constant.Content, CultureInfo.InvariantCulture)
        : null;

    private Value? Matches(IPatternOperation pattern, Value? input, World world, int depth)
    {
        if (depth++ > Depth)
            return null;

        return pattern switch
        {
            IConstantPatternOperation constant => AreEqual(input, ValueOf(constant.Value, world, depth), world),
            IRelationalPatternOperation relational => Ordered(relational.OperatorKind, input, ValueOf(relational.Value, world, depth), world),
            INegatedPatternOperation negated => Negated(Matches(negated.Pattern, input, world, depth)),
            IDiscardPatternOperation or IDeclarationPatternOperation { MatchesNull: true } => s_true,
            IBinaryPatternOperation binary => Logical(
                binary.OperatorKind == BinaryOperatorKind.Or ? BinaryOperatorKind.Or : BinaryOperatorKind.And,
                Matches(binary.LeftPattern, input, world, depth),
                Matches(binary.RightPattern, input, world, depth)),
            IRecursivePatternOperation or ITypePatternOperation or IDeclarationPatternOperation when input is Value.Constant { Content: null } => s_false,
            _ => null,
        };
    }
}
