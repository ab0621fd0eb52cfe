using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Access;

/// <summary>What a framework method does with one of its operands (the receiver first, then the parameters).</summary>
internal enum OperandRole
{
    /// <summary>Nothing is known.</summary>
    None,

    /// <summary>Loads what the operand points to.</summary>
    Reads,

    /// <summary>Stores to what the operand points to.</summary>
    Writes,

    /// <summary>Changes what the operand points to, by loads and stores.</summary>
    Modifies,

    /// <summary>Gives back a pointer, reference or span derived from the operand.</summary>
    Passes,

    /// <summary>Loads what the operand points to in one piece, and before what follows.</summary>
    ReadsAtomically,

    /// <summary>Accesses the entry as it must be accessed, or not at all.</summary>
    Silent,
}

/// <summary>The framework's methods that access memory through what they are given, as data.</summary>
internal static class FrameworkCalls
{
    // One letter an operand: r(eads), w(rites), m(odifies), p(asses), a(tomically reads), s(ilent), '.' none. The letter that is
    // last stands for all operands that follow.
    private static readonly ImmutableDictionary<string, ImmutableArray<(string Type, string SimpleType, string Operands)>> s_methods = Table(
        ("System.Runtime.CompilerServices.Unsafe", "Read:r ReadUnaligned:r Write:w. WriteUnaligned:w. Copy:wr AsRef:p AsPointer:p As:p Add:p. AddByteOffset:p. "
            + "Subtract:p. SubtractByteOffset:p. CopyBlock:wr. CopyBlockUnaligned:wr. InitBlock:w. InitBlockUnaligned:w. SkipInit:s AreSame:s "
            + "ByteOffset:s IsAddressLessThan:s IsAddressLessThanOrEqualTo:s IsAddressGreaterThan:s IsAddressGreaterThanOrEqualTo:s IsNullRef:s"),
        ("System.Runtime.InteropServices.Marshal", "ReadByte:r. ReadInt16:r. ReadInt32:r. ReadInt64:r. ReadIntPtr:r. WriteByte:w. WriteInt16:w. WriteInt32:w. "
            + "WriteInt64:w. WriteIntPtr:w. PtrToStructure:r. StructureToPtr:.w. Copy:rww. FreeHGlobal:s FreeCoTaskMem:s"),
        ("System.Runtime.InteropServices.MemoryMarshal", "Read:r TryRead:r. Write:w. TryWrite:w. AsRef:p GetReference:p GetArrayDataReference:p Cast:p AsBytes:p "
            + "CreateSpan:p. CreateReadOnlySpan:p."),
        ("System.Runtime.InteropServices.NativeMemory", "Clear:w. Fill:w. Copy:rw. Free:s AlignedFree:s"),
        ("System.IntPtr", "Add:p. Subtract:p. ToPointer:p ToInt64:p"),
        ("System.UIntPtr", "Add:p. Subtract:p. ToPointer:p ToUInt64:p"),
        ("System.Buffer", "MemoryCopy:rw. BlockCopy:r.w."),
        ("System.BitConverter", "ToBoolean:r. ToChar:r. ToInt16:r. ToInt32:r. ToInt64:r. ToInt128:r. ToUInt16:r. ToUInt32:r. ToUInt64:r. ToUInt128:r. TryWriteBytes:w."),
        ("System.Buffers.Binary.BinaryPrimitives", Endian("Read{0}:r") + Endian("TryRead{0}:r.") + Endian("Write{0}:w.") + Endian("TryWrite{0}:w.")),
        ("System.Runtime.Intrinsics.Vector64", Vector),
        ("System.Runtime.Intrinsics.Vector128", Vector),
        ("System.Runtime.Intrinsics.Vector256", Vector),
        ("System.Runtime.Intrinsics.Vector512", Vector),
        ("System.Numerics.Vector", Vector),
        ("System.Runtime.Intrinsics.X86.Sse2", X86),
        ("System.Runtime.Intrinsics.X86.Avx", X86),
        ("System.Runtime.Intrinsics.X86.Avx2", X86),
        ("System.Runtime.Intrinsics.X86.Avx512F", X86),
        ("System.Span`1", "Clear:w Fill:w. CopyTo:rw TryCopyTo:rw ToArray:r Slice:p. GetPinnableReference:p"),
        ("System.ReadOnlySpan`1", "CopyTo:rw TryCopyTo:rw ToArray:r Slice:p. GetPinnableReference:p"),
        ("System.MemoryExtensions", "AsSpan:p. CopyTo:rw SequenceEqual:rr. SequenceCompareTo:rr. IndexOf:r. IndexOfAny:r. IndexOfAnyExcept:r. LastIndexOf:r. LastIndexOfAny:r. "
            + "LastIndexOfAnyExcept:r. Contains:r. ContainsAny:r. ContainsAnyExcept:r. Count:r. StartsWith:rr. EndsWith:rr. BinarySearch:r. Replace:m. Reverse:m Sort:m."),
        ("System.Array", "Clear:w. Clone:r CopyTo:rw. Fill:w. Copy:rww. Reverse:m. Sort:m. IndexOf:r."),
        ("System.Threading.Volatile", "Read:a Write:s."),
        ("System.Threading.Thread", "VolatileRead:a VolatileWrite:s."),
        ("System.Threading.Interlocked", "Add:s And:s CompareExchange:s Decrement:s Exchange:s Increment:s Or:s Read:a"));

    private const string Vector = "Load:r LoadAligned:r LoadAlignedNonTemporal:r LoadUnsafe:r. Store:.w StoreAligned:.w StoreAlignedNonTemporal:.w StoreUnsafe:.w.";

    private const string X86 = "LoadVector128:r LoadVector256:r LoadVector512:r LoadAlignedVector128:r LoadAlignedVector256:r LoadAlignedVector512:r Store:w. "
        + "StoreAligned:w. StoreAlignedNonTemporal:w. StoreNonTemporal:w.";

    /// <summary>The roles of a method's operands; null if it is no known method.</summary>
    public static string? Operands(IMethodSymbol method)
    {
        if (!s_methods.TryGetValue(method.Name, out var candidates) || method.ContainingType is not { } type)
            return null;

        foreach (var candidate in candidates)
        {
            // The full name is built only for what is likely to have it: List<T>.Add is everywhere.
            if (candidate.SimpleType == type.Name && candidate.Type == MetadataNames.Of(type.OriginalDefinition))
                return candidate.Operands;
        }

        return null;
    }

    public static OperandRole Role(string? operands, int index) => operands is null ? OperandRole.None : operands[Math.Min(index, operands.Length - 1)] switch
    {
        'r' => OperandRole.Reads,
        'w' => OperandRole.Writes,
        'm' => OperandRole.Modifies,
        'p' => OperandRole.Passes,
        'a' => OperandRole.ReadsAtomically,
        's' => OperandRole.Silent,
        _ => OperandRole.None,
    };

    public static OperandRole Role(IMethodSymbol method, IParameterSymbol parameter) =>
        Role(Operands(method), parameter.Ordinal + (method.IsStatic ? 0 : 1));

    /// <summary>
    /// Whether an atomic operation is given a struct where it takes only words: it compiles, and throws
    /// when it runs.
    /// </summary>
    public static bool ThrowsOn(IMethodSymbol method, ITypeSymbol operand) =>
        method.IsGenericMethod && method.ContainingType.Name == "Interlocked" && operand is { IsValueType: true, SpecialType: SpecialType.None, TypeKind: not TypeKind.Enum };

    private static string Endian(string pattern)
    {
        var methods = "";
        foreach (var number in new[] { "Int16", "Int32", "Int64", "Int128", "IntPtr", "UInt16", "UInt32", "UInt64", "UInt128", "UIntPtr" })
        {
            foreach (var order in new[] { "LittleEndian", "BigEndian" })
                methods += pattern.Replace("{0}", number + order) + " ";
        }

        return methods;
    }

    private static ImmutableDictionary<string, ImmutableArray<(string, string, string)>> Table(params (string Type, string Methods)[] types)
    {
        var table = new Dictionary<string, List<(string, string, string)>>();
        foreach (var (type, methods) in types)
        {
            var simpleType = type.Substring(type.LastIndexOf('.') + 1).Split('`')[0];
            foreach (var method in methods.Split([' '], StringSplitOptions.RemoveEmptyEntries))
            {
                var colon = method.IndexOf(':');
                var name = method.Substring(0, colon);
                if (!table.TryGetValue(name, out var candidates))
                    table.Add(name, candidates = []);
                candidates.Add((type, simpleType, method.Substring(colon + 1)));
            }
        }

        return table.ToImmutableDictionary(pair => pair.Key, pair => pair.Value.ToImmutableArray());
    }
}
