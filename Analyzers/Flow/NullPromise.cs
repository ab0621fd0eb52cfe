using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Flow;

/// <summary>What a call tells about an argument's being null, once it has returned.</summary>
internal readonly record struct NullPromise(Nullness OnReturn, Nullness WhenTrue, Nullness WhenFalse)
{
    private const string Namespace = "System.Diagnostics.CodeAnalysis";

    public static NullPromise None => default;

    /// <summary>What two ways out tell together.</summary>
    /// <param name="other">The other way.</param>
    /// <param name="saysMore">Whether the method returns more than a Boolean, and may say there whether it was null.</param>
    public NullPromise Join(NullPromise other, bool saysMore) => new(
        OnReturn == other.OnReturn ? OnReturn
            : OnReturn == Nullness.Lost || (saysMore && (OnReturn == Nullness.Null || other.OnReturn == Nullness.Null)) ? Nullness.Lost
            : Nullness.Maybe,
        Join(WhenTrue, other.WhenTrue),
        Join(WhenFalse, other.WhenFalse));

    /// <summary>Lost stands for a case that does not occur.</summary>
    private static Nullness Join(Nullness left, Nullness right) =>
        left == Nullness.Lost ? right : right == Nullness.Lost || left == right ? left : Nullness.Maybe;

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
