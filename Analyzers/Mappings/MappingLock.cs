using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Mappings;

/// <summary>The lock that comes with a mapping.</summary>
internal static class MappingLock
{
    /// <summary>The variable that the mapping's call puts its lock into; null if it is none that can be named.</summary>
    public static ISymbol? Variable(Site mapping) =>
        mapping is { Operation: IInvocationOperation call, Acquisition.Companion: { } companion }
        && SymbolEqualityComparer.Default.Equals(companion.ContainingSymbol.OriginalDefinition, (call.TargetMethod.ReducedFrom ?? call.TargetMethod).OriginalDefinition)
        && call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == companion.Ordinal)?.Value is { } argument
            ? BodyFacts.Variable(argument)
            : null;

    /// <summary>What a lock is called that was looked up: the variable that it was put into, or the call.</summary>
    public static string Name(Site lookup) =>
        lookup.Operation is { Parent: ISimpleAssignmentOperation { Target: var target } } && BodyFacts.Variable(target) is { } variable ? variable.Name : SiteText.Of(lookup.Syntax!);
}
