namespace PteGuard;

/// <summary>Protection bits of an entry, in the architecture's own form (<c>pgprot_t</c>).</summary>
/// <typeparam name="TArch">The architecture.</typeparam>
public readonly struct Pgprot<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    /// <summary>The protection with these bits (<c>__pgprot</c>).</summary>
    public Pgprot(ulong value) => Value = value;

    /// <summary>The bits (<c>pgprot_val</c>).</summary>
    public ulong Value { get; }

    /// <summary>The protection of pages in a region with these flags (<c>vm_get_page_prot</c>). Private regions start read-only: the fault decides.</summary>
    public static Pgprot<TArch> Of(VmFlags flags) => new(TArch.PageProt(flags));

    /// <summary>The bits, in hexadecimal.</summary>
    public override string ToString() => $"0x{Value:x}";
}
