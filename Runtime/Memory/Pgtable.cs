using System.Runtime.CompilerServices;

namespace PteGuard;

/// <summary>
/// A pte table, by physical address: what the kernel's <c>pgtable_t</c> names. It is not a <see cref="Page"/>, since on some
/// architectures several tables share a frame (s390), and on others a table takes several (arm64 with 16 or 64 KiB pages).
/// </summary>
public readonly unsafe struct Pgtable : IEquatable<Pgtable>
{
    /// <summary>The table at a physical address, in bytes. It is not checked before it is used.</summary>
    public Pgtable(ulong address) => Address = address;

    /// <summary>The physical address of the first entry, in bytes.</summary>
    public ulong Address { get; }

    /// <summary>Whether this is <c>default</c>, which names no table.</summary>
    public bool IsNull => Address == 0;

    /// <summary>The page that the table lies in; other tables may, too.</summary>
    public Page Page => new(Address >> PhysicalMemory.FrameShift);

    /// <summary>The first entry.</summary>
    public void* Pointer => PhysicalMemory.ToPointer(Address);

    internal bool IsInArena => PhysicalMemory.FindArena(Address) is not null;

    internal PageDescriptor* Descriptor
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => PhysicalMemory.Descriptor(Address >> PhysicalMemory.FrameShift);
    }

    /// <summary>
    /// The link to the next table on whatever list this one is: deposited, or waiting to be freed. Not in the table, whose
    /// readers may still be in it.
    /// </summary>
    internal ref ulong Link
        => ref Descriptor->Owner == 0 || TableFragments.Index(this) == 0 ? ref Descriptor->Next : ref Descriptor->Previous;

    /// <inheritdoc/>
    public bool Equals(Pgtable other) => Address == other.Address;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Pgtable other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Address.GetHashCode();

    /// <summary>The physical address, in hexadecimal.</summary>
    public override string ToString() => $"0x{Address:x}";

    /// <summary>Whether both name the same table.</summary>
    public static bool operator ==(Pgtable left, Pgtable right) => left.Equals(right);

    /// <summary>Whether they name different tables.</summary>
    public static bool operator !=(Pgtable left, Pgtable right) => !left.Equals(right);
}
