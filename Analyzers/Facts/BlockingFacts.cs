using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Facts;

/// <summary>What may block: by <c>[MayBlock]</c>, by the list of the framework's methods, and by .editorconfig.</summary>
internal sealed class BlockingFacts
{
    private readonly ConcurrentDictionary<IMethodSymbol, bool> _known = new(SymbolEqualityComparer.Default);

    /// <param name="method">The method's definition, or a property's accessor.</param>
    /// <param name="options">The options of the file that calls it.</param>
    public bool MayBlock(IMethodSymbol method, FileOptions options) =>
        _known.GetOrAdd(method, m => IsMarked(m) || FrameworkBlocking.Contains(m))
        || (options.KnowsBlockingCalls && Declarations(method).Any(options.IsBlockingCall));

    /// <summary>How an operation blocks; null if it does not. Its operands are operations of their own.</summary>
    public BlockingKind? Blocks(IOperation operation, FileOptions options) => operation switch
    {
        IAwaitOperation => BlockingKind.Await,
        IForEachLoopOperation { IsAsynchronous: true } => BlockingKind.Await,
        IUsingOperation { IsAsynchronous: true } => BlockingKind.Await,
        IUsingDeclarationOperation { IsAsynchronous: true } => BlockingKind.Await,
        ILockOperation => BlockingKind.Lock,
        IInvocationOperation call => OfCall(call, options),
        IObjectCreationOperation { Constructor: { } constructor } => OfMethod(constructor, options),
        IPropertyReferenceOperation { Parent: not INameOfOperation } property => OfProperty(property, options),
        _ => null,
    };

    private BlockingKind? OfCall(IInvocationOperation call, FileOptions options)
    {
        if (OfMethod((call.TargetMethod.ReducedFrom ?? call.TargetMethod).OriginalDefinition, options) is not { } kind)
            return null;

        return FrameworkBlocking.IsHarmless(call) ? null : kind;
    }

    private BlockingKind? OfProperty(IPropertyReferenceOperation property, FileOptions options)
    {
        var isWritten = property.Parent is IAssignmentOperation assignment && assignment.Target == property;
        var isRead = !isWritten || property.Parent is not ISimpleAssignmentOperation;
        var definition = property.Property.OriginalDefinition;
        return (isRead && definition.GetMethod is { } getter ? OfMethod(getter, options) : null)
            ?? (isWritten && definition.SetMethod is { } setter ? OfMethod(setter, options) : null);
    }

    private BlockingKind? OfMethod(IMethodSymbol method, FileOptions options) =>
        !MayBlock(method.OriginalDefinition, options) ? null
        : FrameworkBlocking.IsLock(method) ? BlockingKind.Lock
        : BlockingKind.Call;

    private static bool IsMarked(IMethodSymbol method) => Declarations(method).Any(m => m.Has(Contract.MayBlock));

    /// <summary>The method, those that it overrides, and the interface members that they implement, by definition.</summary>
    private static IEnumerable<IMethodSymbol> Declarations(IMethodSymbol method)
    {
        for (var overridden = method; overridden is not null; overridden = overridden.OverriddenMethod?.OriginalDefinition)
        {
            yield return overridden;
            foreach (var member in Implemented(overridden))
                yield return member.OriginalDefinition;
        }
    }

    private static IEnumerable<IMethodSymbol> Implemented(IMethodSymbol method) =>
        method is { IsStatic: false, ContainingType: { TypeKind: TypeKind.Class or TypeKind.Struct } type }
            ? type.AllInterfaces.SelectMany(i => i.GetMembers(method.Name)).OfType<IMethodSymbol>()
                .Where(member => SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(member), method))
            : [];
}
