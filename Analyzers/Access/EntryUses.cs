using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Access;

/// <summary>Tells which calls use the memory behind an entry pointer that they are given, rather than only the pointer.</summary>
internal sealed class EntryUses(EntryFacts facts)
{
    public bool IsUse(IInvocationOperation call, IArgumentOperation argument)
    {
        if (argument.Parameter is not { } parameter)
            return false;

        var method = call.TargetMethod;
        return EntryFacts.ReadsEntry(parameter)
            || EntryFacts.WritesEntry(parameter)
            || (parameter.Type is IPointerTypeSymbol && facts.Unmapper(method) is not null)
            || IsAccessor(method, argument)
            || IsMemoryAccess(method, parameter);
    }

    private bool IsAccessor(IMethodSymbol method, IArgumentOperation argument)
    {
        if (argument.Value.Type is not IPointerTypeSymbol pointer)
            return false;

        var tree = argument.Syntax.SyntaxTree;
        var name = argument.Value switch
        {
            ILocalReferenceOperation local => local.Local.Name,
            IParameterReferenceOperation parameter => parameter.Parameter.Name,
            _ => null,
        };
        return facts.OfType(pointer.PointedAtType, tree)?.IsAccessor(method) == true
            || facts.OfRawPointer(pointer, name, tree)?.IsAccessor(method) == true;
    }

    private static bool IsMemoryAccess(IMethodSymbol method, IParameterSymbol parameter) =>
        FrameworkCalls.Role(method, parameter) is OperandRole.Reads or OperandRole.Writes or OperandRole.Modifies
        || (method is { Name: "AsRef", ContainingType.Name: "Unsafe" } && parameter.Type is IPointerTypeSymbol);
}
