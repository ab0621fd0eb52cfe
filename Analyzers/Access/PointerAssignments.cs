using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Access;

/// <summary>Where one body gives a variable a pointer, reference or span.</summary>
/// <param name="Target">What receives it.</param>
/// <param name="Source">The expression it is given.</param>
/// <param name="IsReference">Whether it is the source's address that is given: <c>r = ref x</c>.</param>
/// <param name="Parameter">The <c>out</c> or <c>ref</c> parameter through which a call gives it.</param>
/// <param name="Element">The element of the source that is given, if the source is a tuple.</param>
internal readonly record struct PointerAssignment(
    PointerVariable Target, IOperation Source, bool IsReference, IParameterSymbol? Parameter = null, string? Element = null);

/// <summary>Collects the assignments of a body, the lambdas and local functions in it included.</summary>
internal static class PointerAssignments
{
    public static List<PointerAssignment> Of(IOperation root)
    {
        var assignments = new List<PointerAssignment>();
        foreach (var operation in root.Descendants())
        {
            switch (operation)
            {
                case IVariableDeclaratorOperation { Symbol: var local } declarator when declarator.GetVariableInitializer() is { Value: var value }:
                    Assign(assignments, new(local), value, local.IsRef);
                    break;
                case ISimpleAssignmentOperation assignment when Variable(assignment.Target) is { } target:
                    Assign(assignments, target, assignment.Value, assignment.IsRef);
                    break;
                case IDeconstructionAssignmentOperation deconstruction:
                    Deconstruct(assignments, deconstruction.Target, deconstruction.Value);
                    break;
                case IArgumentOperation { Parameter: { RefKind: RefKind.Out or RefKind.Ref } parameter } argument when Variable(argument.Value) is { } target:
                    assignments.Add(new(target, argument.Value, false, parameter));
                    break;
                case IArgumentOperation { Parameter: { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.LocalFunction } } parameter } argument:
                    Assign(assignments, new(parameter), argument.Value, parameter.RefKind != RefKind.None);
                    break;
                case IForEachLoopOperation { LoopControlVariable: IVariableDeclaratorOperation { Symbol: var element } } loop:
                    assignments.Add(new(new(element), loop.Collection, element.IsRef));
                    break;
                case IReturnOperation { ReturnedValue: { } value } when LocalFunction(operation) is { } function:
                    Assign(assignments, new(function), value, function.ReturnsByRef || function.ReturnsByRefReadonly);
                    break;
            }
        }

        return assignments;
    }

    public static PointerVariable? Variable(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => new(local.Local),
        IParameterReferenceOperation parameter => new(parameter.Parameter),
        IDeclarationExpressionOperation { Expression: ILocalReferenceOperation local } => new(local.Local),
        IFieldReferenceOperation { Field.ContainingType.IsTupleType: true, Instance: ILocalReferenceOperation local } field =>
            new(local.Local, (field.Field.CorrespondingTupleField ?? field.Field).Name),
        _ => null,
    };

    private static void Assign(List<PointerAssignment> assignments, PointerVariable target, IOperation value, bool isReference)
    {
        if (isReference || value.Unconverted() is not ITupleOperation tuple)
        {
            assignments.Add(new(target, value, isReference));
            return;
        }

        for (var i = 0; i < tuple.Elements.Length && target.Element is null; i++)
            assignments.Add(new(new(target.Symbol, ElementName(i)), tuple.Elements[i], false));
    }

    private static void Deconstruct(List<PointerAssignment> assignments, IOperation target, IOperation value)
    {
        target = target is IDeclarationExpressionOperation { Expression: var declared } ? declared : target;
        value = value.Unconverted();
        if (target is not ITupleOperation targets)
        {
            if (Variable(target) is { } variable)
                Assign(assignments, variable, value, false);
            return;
        }

        var values = value as ITupleOperation;
        for (var i = 0; i < targets.Elements.Length; i++)
        {
            if (values is not null && i < values.Elements.Length)
                Deconstruct(assignments, targets.Elements[i], values.Elements[i]);
            else if (Variable(targets.Elements[i]) is { } variable)
                assignments.Add(new(variable, value, false, Element: ElementName(i)));
        }
    }

    private static string ElementName(int index) => "Item" + (index + 1);

    private static IMethodSymbol? LocalFunction(IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null and not IAnonymousFunctionOperation; parent = parent.Parent)
        {
            if (parent is ILocalFunctionOperation function)
                return function.Symbol;
        }

        return null;
    }
}
