using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Facts;

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
            || (IsPointer(parameter.Type) && facts.Unmapper(method) is not null)
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

    /// <summary>The framework's ways to read and write memory by address.</summary>
    private static bool IsMemoryAccess(IMethodSymbol method, IParameterSymbol parameter) =>
        (IsPointer(parameter.Type) || parameter.Type.SpecialType is SpecialType.System_IntPtr)
        && method.ContainingType is { Name: "Unsafe" or "Marshal" or "NativeMemory" or "Buffer", ContainingNamespace.Name: "CompilerServices" or "InteropServices" or "System" }
        && (method.Name is "AsRef" or "PtrToStructure" or "StructureToPtr" or "Clear" or "Fill" or "MemoryCopy"
            || method.Name.StartsWith("Read", StringComparison.Ordinal) || method.Name.StartsWith("Write", StringComparison.Ordinal)
            || method.Name.StartsWith("Copy", StringComparison.Ordinal) || method.Name.StartsWith("InitBlock", StringComparison.Ordinal));

    private static bool IsPointer(ITypeSymbol type) => type is IPointerTypeSymbol;
}
