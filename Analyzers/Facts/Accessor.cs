using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Facts;

/// <summary>One of the up to four methods through which an entry is accessed.</summary>
internal sealed class Accessor
{
    private readonly ImmutableArray<IMethodSymbol> _overloads;

    private Accessor(string name, ImmutableArray<IMethodSymbol> overloads, IMethodSymbol? method, AccessorForm form)
    {
        Name = name;
        _overloads = overloads;
        Method = method;
        Form = form;
    }

    public string Name { get; }

    /// <summary>The overload that a fix calls; null if none has a form that it can write.</summary>
    public IMethodSymbol? Method { get; }

    public AccessorForm Form { get; }

    public bool Includes(IMethodSymbol method) => _overloads.Contains(method.OriginalDefinition, SymbolEqualityComparer.Default);

    /// <summary>
    /// The accessor called <paramref name="name"/> in <paramref name="type"/>, for entries of type
    /// <paramref name="entry"/> (null: behind an untyped pointer); null if there is no such method.
    /// </summary>
    public static Accessor? Find(INamedTypeSymbol type, string name, ITypeSymbol? entry, params AccessorForm[] forms)
    {
        var overloads = ImmutableArray.CreateRange(type.GetMembers(name).OfType<IMethodSymbol>().Select(m => m.OriginalDefinition));
        if (overloads.IsEmpty)
            return null;

        foreach (var overload in overloads)
        {
            foreach (var form in forms)
            {
                if (!type.IsGenericType && HasForm(overload, entry, form))
                    return new Accessor(name, overloads, overload, form);
            }
        }

        return new Accessor(name, overloads, null, AccessorForm.Other);
    }

    /// <summary>Whether some entry could be accessed through the method at all.</summary>
    public static bool IsPossible(IMethodSymbol method, AccessorForm form) =>
        (form == AccessorForm.Write || !method.ReturnsVoid)
        && method.Parameters.Length >= (form == AccessorForm.Read ? 1 : 2)
        && method.Parameters.Any(p => p.RefKind != RefKind.None || CanPoint(p.Type));

    private static bool CanPoint(ITypeSymbol type) => type switch
    {
        IPointerTypeSymbol or ITypeParameterSymbol or IErrorTypeSymbol => true,
        { SpecialType: SpecialType.System_String or SpecialType.System_Boolean } => false,
        { IsReferenceType: true } => false,
        _ => true,
    };

    private static bool HasForm(IMethodSymbol method, ITypeSymbol? entry, AccessorForm form)
    {
        if (!method.IsStatic || method.Parameters.IsEmpty || method.Parameters.Any(p => p.RefKind != RefKind.None))
            return false;

        var element = method.Parameters[0].Type switch
        {
            IPointerTypeSymbol { PointedAtType.SpecialType: SpecialType.System_Void } or { SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr } =>
                entry is null ? (form == AccessorForm.Read ? method.ReturnType : method.Parameters.Last().Type) : null,
            IPointerTypeSymbol pointer when entry is null || Same(pointer.PointedAtType, entry) => pointer.PointedAtType,
            _ => null,
        };

        return element is not null && form switch
        {
            AccessorForm.Read => method.Parameters.Length == 1 && Same(method.ReturnType, element),
            AccessorForm.Write => method.Parameters.Length == 2 && method.ReturnsVoid && Same(method.Parameters[1].Type, element),
            AccessorForm.ModifyMasks => method.Parameters.Length == 3 && Same(method.ReturnType, element)
                && Same(method.Parameters[1].Type, element) && Same(method.Parameters[2].Type, element),
            AccessorForm.ModifyFunction => method.Parameters.Length == 2 && Same(method.ReturnType, element)
                && method.Parameters[1].Type is INamedTypeSymbol { Name: "Func", TypeArguments: [var from, var to] } function
                && function.ContainingNamespace.ToDisplayString() == "System" && Same(from, element) && Same(to, element),
            _ => false,
        };
    }

    private static bool Same(ITypeSymbol left, ITypeSymbol right) =>
        SymbolEqualityComparer.Default.Equals(left.OriginalDefinition, right.OriginalDefinition);
}
