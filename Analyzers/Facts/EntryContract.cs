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
    /// <param name="nameOf">Gives the name that was written for a role (Read, Write, Modify, ReadLockless), or null.</param>
    /// <param name="entry">The entry's type; null behind an untyped pointer.</param>
    public static EntryContract Create(INamedTypeSymbol? type, Func<string, string?> nameOf, ITypeSymbol? entry)
    {
        return type is null ? WithoutAccessors : new EntryContract(
            Find("Read", AccessorForm.Read),
            Find("Write", AccessorForm.Write),
            Find("Modify", AccessorForm.ModifyMasks, AccessorForm.ModifyFunction),
            Find("ReadLockless", AccessorForm.Read));

        Accessor? Find(string role, params AccessorForm[] forms) =>
            nameOf(role) is { Length: > 0 } name ? Accessor.Find(type, name, entry, forms) : null;
    }

    private static bool Includes(Accessor? accessor, IMethodSymbol method) => accessor?.Includes(method) == true;
}
