using System.Reflection.Metadata;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Facts;

/// <summary>Whether a compiled assembly uses the contract's attributes: its own copy of them, or another assembly's.</summary>
internal static class ContractMetadata
{
    private static readonly ConditionalWeakTable<AssemblyMetadata, StrongBox<ContractUse>> s_assemblies = new();

    public static ContractUse Search(PortableExecutableReference reference)
    {
        try
        {
            return reference.GetMetadata() is AssemblyMetadata assembly
                ? s_assemblies.GetValue(assembly, a => new StrongBox<ContractUse>(Search(a))).Value
                : ContractUse.Everything;
        }
        catch (Exception e) when (e is BadImageFormatException or IOException or ObjectDisposedException)
        {
            // The compiler says what is wrong with the file. What it may state is not known.
            return ContractUse.Everything;
        }
    }

    private static ContractUse Search(AssemblyMetadata assembly)
    {
        var use = ContractUse.None;
        foreach (var module in assembly.GetModules())
        {
            var reader = module.GetMetadataReader();
            foreach (var handle in reader.CustomAttributes)
                use |= OfType(reader, reader.GetCustomAttribute(handle));
        }

        return use;
    }

    private static ContractUse OfType(MetadataReader reader, CustomAttribute attribute)
    {
        var type = attribute.Constructor.Kind switch
        {
            HandleKind.MethodDefinition => reader.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType(),
            HandleKind.MemberReference => reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent,
            _ => default(EntityHandle),
        };
        var (space, name) = type.Kind switch
        {
            HandleKind.TypeDefinition => Names(reader.GetTypeDefinition((TypeDefinitionHandle)type)),
            HandleKind.TypeReference => Names(reader.GetTypeReference((TypeReferenceHandle)type)),
            _ => default,
        };
        if (space.IsNil || !reader.StringComparer.Equals(space, Contract.Namespace))
            return ContractUse.None;

        return Is(Contract.PageTableEntry) || Is(Contract.EntryPointer) ? ContractUse.Entries
            : Is(Contract.MapsEntry) || Is(Contract.LockPointer) ? ContractUse.Mappings
            : ContractUse.None;

        bool Is(string attributeName) => reader.StringComparer.Equals(name, attributeName);
    }

    private static (StringHandle Namespace, StringHandle Name) Names(TypeDefinition type) => (type.Namespace, type.Name);

    private static (StringHandle Namespace, StringHandle Name) Names(TypeReference type) => (type.Namespace, type.Name);
}
