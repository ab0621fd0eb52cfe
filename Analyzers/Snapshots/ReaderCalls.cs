using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Snapshots;

/// <summary>Knows the calls that read an entry and do nothing else.</summary>
internal sealed class ReaderCalls(EntryFacts facts)
{
    /// <summary>What tells the reader that is called from others; null if the call is not one of a reader.</summary>
    public object? ReaderOf(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (!method.IsStatic || method.ReturnsVoid || method.Parameters is not [{ RefKind: RefKind.None, Type: IPointerTypeSymbol { PointedAtType: var pointee } } parameter])
            return null;

        if (facts.IsReader(method, pointee, call.Syntax.SyntaxTree) || Annotated(call.Arguments[0].Value)?.Read?.Includes(method) == true)
            return SnapshotRead.OrdinaryReader;

        return EntryFacts.ReadsEntry(parameter) && SymbolEqualityComparer.Default.Equals(method.ReturnType, pointee) ? method.OriginalDefinition : null;
    }

    private EntryContract? Annotated(IOperation pointer) => pointer.Unconverted() switch
    {
        IMemberReferenceOperation { Member: var member } => facts.OfSymbol(member),
        var variable => BodyFacts.Variable(variable) is { } symbol ? facts.OfSymbol(symbol) : null,
    };
}
