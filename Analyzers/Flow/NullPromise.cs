using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Flow;

/// <summary>What a call tells about an argument's being null, once it has returned.</summary>
internal readonly record struct NullPromise(Nullness OnReturn, Nullness WhenTrue, Nullness WhenFalse)
{
    private const string Namespace = "System.Diagnostics.CodeAnalysis";

    public static NullPromise None => default;

    public static NullPromise Of(IParameterSymbol parameter)
    {
        var promise = None;
        foreach (var attribute in parameter.GetAttributes())
        {
            if (!IsFlow(attribute.AttributeClass))
                continue;

            promise = (attribute.AttributeClass!.Name, First(attribute)) switch
            {
                ("NotNullAttribute", _) => promise with { OnReturn = Nullness.NotNull },
                ("NotNullWhenAttribute", true) => promise with { WhenTrue = Nullness.NotNull },
                ("NotNullWhenAttribute", false) => promise with { WhenFalse = Nullness.NotNull },
                _ => promise,
            };
        }

        return promise;
    }

    public static bool Returns(IMethodSymbol method) => !method.GetAttributes().Any(a => IsFlow(a.AttributeClass) && a.AttributeClass!.Name == "DoesNotReturnAttribute");

    /// <summary>The condition that holds once the call has returned; null if the argument is not one.</summary>
    public static bool? Asserted(IParameterSymbol parameter)
    {
        foreach (var attribute in parameter.GetAttributes())
        {
            if (IsFlow(attribute.AttributeClass) && attribute.AttributeClass!.Name == "DoesNotReturnIfAttribute" && First(attribute) is { } ends)
                return !ends;
        }

        // Frameworks older than the attribute assert too.
        return parameter is { Ordinal: 0, Type.SpecialType: SpecialType.System_Boolean, ContainingSymbol: { Name: "Assert", ContainingType: { Name: "Debug" or "Trace" } type } }
            && type.ContainingNamespace.ToDisplayString() == "System.Diagnostics" ? true : null;
    }

    private static bool? First(AttributeData attribute) =>
        attribute.ConstructorArguments is [{ Value: bool value }, ..] ? value : null;

    private static bool IsFlow(INamedTypeSymbol? attribute) => attribute?.ContainingNamespace?.ToDisplayString() == Namespace;
}
