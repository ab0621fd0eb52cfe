using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Snapshots;

/// <summary>Tells, without a control-flow graph, whether any two reads can be of one entry. Most code that reads several reads one of each table.</summary>
internal sealed class ReadPairs(IOperation root)
{
    private bool? _takesForAnother;

    public bool MayRepeat(List<SnapshotRead> reads)
    {
        for (var i = 1; i < reads.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (reads[i].Reader.Equals(reads[j].Reader) && (SymbolEqualityComparer.Default.Equals(TypeOf(reads[i]), TypeOf(reads[j])) || TakesForAnother))
                    return true;
            }
        }

        return false;
    }

    /// <summary>Whether a pointer of one type becomes one of another, so that what two types point to may be one entry. Comparing makes untyped ones of all pointers.</summary>
    private bool TakesForAnother => _takesForAnother ??= root.Descendants().Any(static operation =>
        operation is IConversionOperation { Type: var type, Operand.Type: { } from, Parent: not IBinaryOperation { Type.SpecialType: SpecialType.System_Boolean } }
        && (IsAddress(type) || IsAddress(from)) && !SymbolEqualityComparer.Default.Equals(type, from));

    /// <summary>What is read, or what the reader is given a pointer to.</summary>
    private static ITypeSymbol? TypeOf(SnapshotRead read) => read.Operation is IInvocationOperation { Arguments: [{ Value.Type: var given }, ..] }
        ? given is IPointerTypeSymbol { PointedAtType: var pointee } ? pointee : given
        : read.Operation.Type;

    private static bool IsAddress(ITypeSymbol? type) => type is IPointerTypeSymbol or { SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr };
}
