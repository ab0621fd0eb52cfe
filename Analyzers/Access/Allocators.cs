using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Access;

/// <summary>The framework's methods that give memory which nobody else has seen.</summary>
internal static class Allocators
{
    public static bool Contains(IMethodSymbol method) => method switch
    {
        { Name: "Alloc" or "AllocZeroed" or "AlignedAlloc", ContainingType.Name: "NativeMemory" } => method.IsFramework(),
        { Name: "AllocHGlobal" or "AllocCoTaskMem", ContainingType.Name: "Marshal" } => method.IsFramework(),
        { Name: "AllocateArray" or "AllocateUninitializedArray", ContainingType.Name: "GC" } => method.IsFramework(),
        _ => false,
    };
}
