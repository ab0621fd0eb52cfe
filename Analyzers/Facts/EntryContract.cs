using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Facts;

/// <summary>What must be used to access one kind of entry.</summary>
internal sealed class EntryContract(Accessor? read, Accessor? write, Accessor? modify, Accessor? readLockless)
{
    /// <summary>An entry of which nothing is known but that it is one.</summary>
    public static readonly EntryContract WithoutAccessors = new(null, null, null, null);

    public Accessor? Read { get; } = read;

    public Accessor? Write { get; } = write;

    public Accessor? Modify { get; } = modify;

    public Accessor? ReadLockless { get; } = readLockless;

    public bool IsAccessor(IMethodSymbol method) =>
        Includes(Read, method) || Includes(Write, method) || Includes(Modify, method) || Includes(ReadLockless, method);

    /// <param name="type">The type that declares the accessors.</param>
    /// <param name="entry">The entry's type; null behind an untyped pointer.</param>
    /// <param name="read">The name that was written for the reader; null or empty: there is none.</param>
    /// <param name="write">That of the writer.</param>
    /// <param name="modify">That of the modifier.</param>
    /// <param name="readLockless">That of the lockless reader.</param>
    public static EntryContract Create(INamedTypeSymbol type, ITypeSymbol? entry, string? read, string? write, string? modify, string? readLockless)
    {
        return new EntryContract(
            Find(read, AccessorForm.Read),
            Find(write, AccessorForm.Write),
            Find(modify, AccessorForm.ModifyMasks, AccessorForm.ModifyFunction),
            Find(readLockless, AccessorForm.Read));

        Accessor? Find(string? name, params AccessorForm[] forms) => name is { Length: > 0 } ? Accessor.Find(type, name, entry, forms) : null;
    }

    private static bool Includes(Accessor? accessor, IMethodSymbol method) => accessor?.Includes(method) == true;
}
