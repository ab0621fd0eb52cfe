using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;

namespace PteGuard.Analyzers.Flow;

/// <summary>Tells what an expression yields in a world. It changes nothing; see <see cref="Effects"/>.</summary>
internal sealed partial class Evaluator(ISymbol root, BodyFacts body, Sites sites, Protocol protocol, Summaries summaries, CaptureTargets captures, CarriedFields? carried)
{
    /// <summary>Deeper expressions than people write are not understood, so that no stack overflows.</summary>
    private const int Depth = 100;

    public ISymbol Root { get; } = root;

    public CaptureTargets Captures { get; } = captures;

    /// <summary>The fields of structs that are followed; null: the body has none.</summary>
    public CarriedFields? Carried { get; } = carried;

    public Value? ValueOf(IOperation operation, World world) => ValueOf(operation, world, 0);

    public bool IsFollowed(ISymbol variable) => !body.IsOpaque(variable);

    public Value? Held(ISymbol variable, World world)
    {
        if (body.IsOpaque(variable))
            return null;

        // What is captured from around a lambda keeps its value while the lambda runs.
        return world[Place.Of(variable)]
            ?? (SymbolEqualityComparer.Default.Equals(variable.ContainingSymbol, Root) ? null : new Value.From(sites.Of(variable), Aspect.Handle));
    }

    /// <summary>The question that a condition asks, where the body asks it more than once.</summary>
    public Question? QuestionOf(IOperation condition) => body.Questions?.Of(condition);

    /// <summary>What is known of the answer to a question.</summary>
    private Value? Answer(IOperation condition, World world) =>
        QuestionOf(condition) is not { } question ? null : question.IsNegated ? Negated(world[Place.Of(question)]) : world[Place.Of(question)];

    /// <summary>The site of what a call yields.</summary>
    public Site SiteOf(IInvocationOperation call) =>
        sites.Knows(call, out var known) ? known : sites.Of(call, protocol.Acquire(call));

    private Value? ValueOf(IOperation operation, World world, int depth)
    {
        if (depth++ > Depth)
            return null;

        if (operation.ConstantValue is { HasValue: true, Value: var constant })
            return new Value.Constant(constant);

        switch (operation)
        {
            case ILocalReferenceOperation local:
                return Held(local.Local, world);
            case IParameterReferenceOperation parameter:
                return Held(parameter.Parameter, world);
            case IFlowCaptureReferenceOperation capture:
                return world[Place.Of(capture.Id)];
            case IInstanceReferenceOperation:
                return new Value.From(sites.Of(Root), Aspect.Handle);
            case IDefaultValueOperation { Type: IPointerTypeSymbol }:
                return Value.Null;
            case IDefaultValueOperation { Type: { TypeKind: TypeKind.Struct, SpecialType: SpecialType.None } }:
                return Value.Unset;
            case IFieldReferenceOperation { Field: { Name: "Zero", ContainingType.SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr } }
                or IPropertyReferenceOperation { Property: { Name: "Zero", ContainingType.SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr } }:
                return Value.Null;
            case IFieldReferenceOperation or IPropertyReferenceOperation { Arguments.IsEmpty: true }:
                return Member((IMemberReferenceOperation)operation, world, depth);
            case IConversionOperation { OperatorMethod: null } conversion:
                return ValueOf(conversion.Operand, world, depth);
            case ISimpleAssignmentOperation assignment:
                return ValueOf(assignment.Value, world, depth);
            case ICompoundAssignmentOperation or IIncrementOrDecrementOperation:
                return Updated(operation, world, depth);
            case IAddressOfOperation addressOf:
                return Pointers.Base(addressOf) is { } pointer ? Moved(ValueOf(pointer, world, depth), Pointers.IsOffset(addressOf), world)
                    : BodyFacts.Variable(addressOf.Reference) is { } variable ? new Value.Address(variable) : null;
            case IInvocationOperation call:
                return Result(call, world);
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not, OperatorMethod: null } not:
                return Negated(ValueOf(not.Operand, world, depth));
            case IBinaryOperation { OperatorMethod: null } binary:
                return Binary(binary, world, depth) ?? Answer(binary, world);
            case IIsNullOperation isNull:
                return AreEqual(ValueOf(isNull.Operand, world, depth), Value.Null, world);
            case IIsPatternOperation isPattern:
                return Matches(isPattern.Pattern, ValueOf(isPattern.Value, world, depth), world, depth);
            default:
                return null;
        }
    }

    private Value? Member(IMemberReferenceOperation reference, World world, int depth)
    {
        if (Carried is not null && reference is IFieldReferenceOperation field && Carried.TryRead(field, world, out var held))
            return held;

        if (body.Writes(reference.Member))
            return null;

        if (reference.Instance is null)
            return reference.Member.IsStatic ? new Value.From(sites.OfMember(null, reference.Member), Aspect.Handle) : null;

        var instance = reference.Instance.DereferencedPointer() is { } pointer ? pointer : reference.Instance;
        return ValueOf(instance, world, depth) is { } value ? new Value.From(sites.OfMember(value, reference.Member), Aspect.Handle) : null;
    }

    /// <summary>A handle stays the same handle wherever in it a pointer points; any other value does not.</summary>
    private static Value? Moved(Value? pointer, bool isOffset, World world) =>
        !isOffset || (pointer is Value.From from && world[from.Site] is not null) ? pointer : null;

    /// <summary>Moved by what is surely not nothing. Of a handle whose null test has been, nobody asks.</summary>
    private static Value? Stepped(Value? pointer, IOperation? offset, World world) =>
        pointer is Value.From handle && offset?.ConstantValue is { HasValue: true, Value: var content } && !new Value.Constant(content).IsZero ? Stepped(handle, world) : pointer;

    private static Value.From Stepped(Value.From handle, World world) =>
        world[handle.Site]?.Nullness == Nullness.NotNull ? handle : handle with { IsMoved = true };

    /// <summary>A pointer that moves stays the same handle; any other updated variable holds a new value.</summary>
    private Value? Updated(IOperation operation, World world, int depth)
    {
        var (target, value) = operation switch
        {
            ICompoundAssignmentOperation compound => (compound.Target, compound.Value),
            _ => (((IIncrementOrDecrementOperation)operation).Target, null),
        };
        var before = ValueOf(target, world, depth);
        if (before is Value.From handle && world[handle.Site] is not null && operation.Type is IPointerTypeSymbol)
            return value is null ? Stepped(handle, world) : Stepped(handle, value, world);

        return operation is ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.And or BinaryOperatorKind.Or } logical
            ? Logical(logical.OperatorKind, before, ValueOf(value!, world, depth))
            : null;
    }

    private Value? Result(IInvocationOperation call, World world)
    {
        var site = SiteOf(call);
        if (site.Acquisition is { Handle: null })
            return new Value.From(site, Aspect.Handle);

        if (call.TargetMethod.ReturnType.SpecialType == SpecialType.System_Boolean)
        {
            if (Answer(call, world) is { } answer)
                return answer;

            if (site.Acquisition is not null)
                return Known(new Value.Test(site, Nullness.NotNull, Nullness.Null), world);

            if (Carried is not null && TestOfCarried(call, Carried, world) is { } test)
                return test;

            foreach (var argument in call.Arguments)
            {
                if (argument.Parameter is { Type: IPointerTypeSymbol } parameter
                    && summaries.Promise(parameter) is { WhenTrue: var whenTrue, WhenFalse: var whenFalse } && (whenTrue, whenFalse) != default
                    && ValueOf(argument.Value, world, Depth / 2) is Value.From { Aspect: Aspect.Handle } from && world[from.Site] is not null && IsTestable(from, world))
                    return Known(new Value.Test(from.Site, whenTrue, whenFalse), world);
            }
        }

        return new Value.From(site, Aspect.Handle);
    }
}
