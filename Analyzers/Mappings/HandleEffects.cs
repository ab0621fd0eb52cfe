using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Mappings;

/// <summary>Tells what calls do to the mappings and locks that they are given, as declared or, in the same compilation, as their bodies show.</summary>
internal sealed class HandleEffects(EntryFacts facts, Summaries summaries, Helpers helpers)
{
    private readonly EntryUses _uses = new(facts);

    /// <summary>What a call does to the object that it is called on.</summary>
    public static HandleEffect OnInstance(IMethodSymbol method) =>
        EntryFacts.AcquiresLock(method) || IsLock(method, "Enter") ? HandleEffect.Locks
        : EntryFacts.ReleasesLock(method) || IsLock(method, "Exit") ? HandleEffect.Unlocks
        : method.Name is nameof(GetHashCode) or nameof(ToString) || method.MethodKind == MethodKind.PropertyGet ? HandleEffect.None
        : HandleEffect.Unknown;

    public HandleEffect OnArgument(IInvocationOperation call, IArgumentOperation argument)
    {
        var method = call.TargetMethod;
        if (argument.Parameter is not { } parameter)
            return HandleEffect.Unknown;

        if (facts.Unmapper(method) is { } unmapper)
        {
            return parameter.Ordinal == unmapper.Unlock?.Ordinal ? HandleEffect.Unlocks
                : parameter.Type is IPointerTypeSymbol ? HandleEffect.Uses | HandleEffect.Unmaps
                : HandleEffect.None;
        }

        if (IsPointerLike(argument.Value.Type))
            return OnPointer(call, argument, parameter);

        if (IsMonitor(method, parameter, "Enter"))
            return HandleEffect.Locks;

        // What gives a result may say there that it has failed.
        if (EntryFacts.AcquiresLock(method))
            return method.ReturnsVoid ? HandleEffect.Locks : HandleEffect.Unknown;

        if (IsMonitor(method, parameter, "Exit") || EntryFacts.ReleasesLock(method))
            return HandleEffect.Unlocks;

        return Inferred(method, parameter);
    }

    private HandleEffect OnPointer(IInvocationOperation call, IArgumentOperation argument, IParameterSymbol parameter)
    {
        var method = call.TargetMethod;
        var tree = call.Syntax.SyntaxTree;
        if (EntryFacts.WritesEntry(parameter) || IsStore(method, argument, parameter))
            return HandleEffect.Uses | HandleEffect.Stores;

        if (_uses.IsUse(call, argument))
            return HandleEffect.Uses;

        // A directory entry that is walked through is only looked at; its own mapping, if it has one, stays.
        return facts.Mapper(method, tree) is not null || facts.LockPointer(method) is not null || EntryFacts.AcquiresLock(method)
            ? HandleEffect.None
            : Inferred(method, parameter);
    }

    private HandleEffect Inferred(IMethodSymbol method, IParameterSymbol parameter) =>
        method.IsFramework() || EntryFacts.ComparesEntries(method) ? HandleEffect.None
        : summaries.IsVisible(method) ? helpers.Of(method).On(parameter)
        : HandleEffect.Unknown;

    private bool IsStore(IMethodSymbol method, IArgumentOperation argument, IParameterSymbol parameter)
    {
        if (FrameworkCalls.Role(method, parameter) is OperandRole.Writes or OperandRole.Modifies)
            return true;

        return argument.Value.Type is IPointerTypeSymbol pointer
            && facts.OfType(pointer.PointedAtType, argument.Syntax.SyntaxTree) is { } contract
            && (contract.Write?.Includes(method) == true || contract.Modify?.Includes(method) == true);
    }

    /// <summary>Whether a value of the type may be a pointer to an entry, or its number.</summary>
    public static bool IsPointerLike(ITypeSymbol? type) =>
        type is IPointerTypeSymbol || type?.SpecialType is SpecialType.System_IntPtr or SpecialType.System_UIntPtr or SpecialType.System_UInt64 or SpecialType.System_Int64;

    private static bool IsLock(IMethodSymbol method, string name) =>
        method.Name == name && method.ContainingType is { Name: "Lock" or "SpinLock", ContainingNamespace: { Name: "Threading", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } };

    private static bool IsMonitor(IMethodSymbol method, IParameterSymbol parameter, string name) =>
        parameter.Ordinal == 0 && method.Name == name
        && method.ContainingType is { Name: "Monitor", ContainingNamespace: { Name: "Threading", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } };
}
