using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace PteGuard.Analyzers.Flow;

/// <summary>What is known about a value.</summary>
internal abstract record Value
{
    public static readonly Value Null = new Constant(null);

    /// <summary>A struct's default value: what a variable holds that was declared and never set.</summary>
    public static readonly Value Unset = new Nothing();

    /// <summary>A constant; the null pointer is the constant null.</summary>
    internal sealed record Constant(object? Content) : Value
    {
        public bool IsZero => Content is null
            || (Content is IConvertible number and not (string or bool or char) && Convert.ToDouble(number, System.Globalization.CultureInfo.InvariantCulture) == 0);
    }

    /// <summary>What came from a site, pointer arithmetic on it included: null that was surely moved is no null to a test.</summary>
    internal sealed record From(Site Site, Aspect Aspect, bool IsMoved = false) : Value;

    /// <summary>A Boolean that tells something about the handle of a site.</summary>
    internal sealed record Test(Site Site, Nullness WhenTrue, Nullness WhenFalse) : Value
    {
        public Value Negated() => new Test(Site, WhenFalse, WhenTrue);
    }

    private sealed record Nothing : Value;

    /// <summary>The address of a variable: never null, and nobody else's.</summary>
    internal sealed record Address(ISymbol Variable) : Value;
}

/// <summary>Something that holds a value: a local, a parameter, a capture, a struct's field, or a note: about a handle, a call, or a question's answer.</summary>
/// <param name="Key">Its symbol, <see cref="CaptureId"/> or <see cref="Carried"/>; the <see cref="Site"/>, the call or the <see cref="Question"/>.</param>
internal readonly record struct Place(object Key)
{
    public static Place Of(ISymbol symbol) => new(symbol);

    public static Place Of(CaptureId capture) => new(capture);

    public static Place Of(Site site) => new(site);

    /// <summary>The place of the answer that all conditions share which ask the same or the opposite.</summary>
    public static Place Of(Question question) => new(question with { IsNegated = false });
}
