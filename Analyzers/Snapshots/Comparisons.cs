using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Snapshots;

/// <summary>Reads whose purpose is to find out whether an entry is still what it was.</summary>
internal static class Comparisons
{
    private const int Depth = 20;

    /// <summary>Whether a read, or the local that gets it, is compared with a value that the code keeps.</summary>
    public static bool Compares(IOperation read) => ComparesValue(read) || (LocalOf(read) is { } local && ComparesLocal(local, read));

    private static bool ComparesLocal(ILocalSymbol local, IOperation read)
    {
        var scope = read;
        while (scope.Parent is { } parent && scope is not IBlockOperation)
            scope = parent;

        return scope.Descendants().Any(operation =>
            operation is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, local) && ComparesValue(reference));
    }

    private static ILocalSymbol? LocalOf(IOperation read)
    {
        while (read.Parent is IConversionOperation or IParenthesizedOperation)
            read = read.Parent;

        return read.Parent switch
        {
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } => local,
            ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var local } } assignment when assignment.Value == read => local,
            IIsPatternOperation { Pattern: IDeclarationPatternOperation { DeclaredSymbol: ILocalSymbol local } } => local,
            _ => null,
        };
    }

    private static bool ComparesValue(IOperation read)
    {
        var parts = new List<ISymbol>();
        var operation = read;
        for (; operation.Parent is { } parent; operation = parent)
        {
            if (parent is IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } member && member.Instance == operation)
                parts.Add(member.Member);
            else if (parent is not IConversionOperation and not IParenthesizedOperation)
                break;
        }

        return operation.Parent switch
        {
            IArgumentOperation { Parent: IInvocationOperation call } argument =>
                EntryFacts.ComparesEntries(call.TargetMethod)
                || (call is { TargetMethod.Name: nameof(Equals), Instance: { } receiver } && IsKept(receiver, parts, read.Type))
                || (call is { TargetMethod.Name: nameof(Equals), Instance: null, Arguments: [var left, var right] } && IsKept((argument == left ? right : left).Value, parts, read.Type)),
            IInvocationOperation { TargetMethod.Name: nameof(Equals), Arguments: [{ Value: var other }] } call when call.Instance == operation => IsKept(other, parts, read.Type),
            IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } comparison =>
                IsKept(comparison.LeftOperand == operation ? comparison.RightOperand : comparison.LeftOperand, parts, read.Type)
                && SymbolEqualityComparer.Default.Equals(comparison.LeftOperand.Type, comparison.RightOperand.Type),
            _ => false,
        };
    }

    /// <summary>Whether the other side is a variable, or the same part of one.</summary>
    private static bool IsKept(IOperation other, List<ISymbol> parts, ITypeSymbol? entry)
    {
        other = other.Unconverted();
        for (var i = parts.Count - 1; i >= 0; i--)
        {
            if (other is not IMemberReferenceOperation { Instance: { } container } member || !SymbolEqualityComparer.Default.Equals(member.Member, parts[i]))
                return false;

            other = container.Unconverted();
        }

        for (var depth = 0; depth < Depth; depth++)
        {
            switch (other)
            {
                case ILocalReferenceOperation { Local.IsConst: false } or IParameterReferenceOperation or IInstanceReferenceOperation:
                    return true;
                case IFieldReferenceOperation { Instance: { } container }:
                    other = container;
                    break;
                case IPropertyReferenceOperation { Instance: { } container, Arguments.IsEmpty: true }:
                    other = container;
                    break;
                default:
                    if (other.DereferencedPointer() is not { } pointer || SymbolEqualityComparer.Default.Equals(other.Type, entry))
                        return false;

                    other = pointer;
                    break;
            }
        }

        return false;
    }
}
