using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Flow;

/// <summary>What a method's body shows about a call of it.</summary>
/// <param name="Acquisition">The handle that it hands out unchecked; null: none.</param>
/// <param name="Promises">What it tells about its parameters' being null, by ordinal.</param>
/// <param name="Assertions">The values without which it does not return, of its Boolean parameters, by ordinal.</param>
internal sealed record MethodSummary(Acquisition? Acquisition, ImmutableDictionary<int, NullPromise> Promises, ImmutableDictionary<int, bool> Assertions)
{
    public static readonly MethodSummary Nothing = new(null, ImmutableDictionary<int, NullPromise>.Empty, ImmutableDictionary<int, bool>.Empty);

    public static bool MayHandOut(IMethodSymbol method) => method.ReturnType is IPointerTypeSymbol
        || (method.ReturnType.SpecialType == SpecialType.System_Boolean && method.Parameters.Any(IsHandle));

    public static bool MayTest(IParameterSymbol parameter) => parameter is { RefKind: RefKind.None, Type: IPointerTypeSymbol };

    public static bool MayAssert(IParameterSymbol parameter) => parameter is { RefKind: RefKind.None, Type.SpecialType: SpecialType.System_Boolean, ContainingSymbol: IMethodSymbol { ReturnsVoid: true } };

    public static bool IsHandle(IParameterSymbol parameter) => parameter is { RefKind: RefKind.Out, Type: IPointerTypeSymbol };
}

/// <summary>Watches a method return.</summary>
internal sealed class SummaryProtocol(IMethodSymbol method, BodyFacts body, Summaries summaries) : Protocol
{
    private static readonly Acquisition s_parameter = new(null, null, Nullness.Maybe, 0, typeof(IParameterSymbol));

    private readonly IParameterSymbol? _handle = method.ReturnType is IPointerTypeSymbol ? null : method.Parameters.FirstOrDefault(MethodSummary.IsHandle);
    private readonly Dictionary<int, NullPromise> _promises = [];
    private readonly bool _saysMore = method is { ReturnsVoid: false, ReturnType.SpecialType: not SpecialType.System_Boolean };
    private readonly Dictionary<int, bool?> _assertions = [];
    private readonly HashSet<IParameterSymbol> _companions = new(SymbolEqualityComparer.Default);
    private Acquisition? _acquired;
    private bool _mayBeNull;
    private bool _isUnclear;

    public MethodSummary Summary => new(
        _acquired is not null && _mayBeNull && !_isUnclear
            ? new Acquisition(_handle, _companions.Count == 1 ? _companions.Single() : null, Nullness.Maybe, _acquired.States, _acquired.Tag)
            : null,
        _promises.Where(p => p.Value != NullPromise.None).ToImmutableDictionary(p => p.Key, p => p.Value),
        _assertions.Where(a => a.Value is not null).ToImmutableDictionary(a => a.Key, a => a.Value!.Value));

    public override Acquisition? Given(IParameterSymbol parameter) => MethodSummary.MayTest(parameter) ? s_parameter : null;

    public override Acquisition? Acquire(IInvocationOperation call) => summaries.Acquisition(call);

    public override bool SeesCarriers => true;

    public override bool Keeps(Site site, SiteState state) => site.Acquisition == s_parameter;

    public override void Return(Exit exit, Scene scene)
    {
        var result = exit.Value is { } value ? scene.ValueOf(value) : null;
        foreach (var parameter in method.Parameters)
        {
            if (MethodSummary.MayTest(parameter))
                Test(parameter, result, scene);
            else if (MethodSummary.MayAssert(parameter))
                Assert(parameter, scene);
        }

        if (_handle is not null)
            HandOut(scene.ValueOf(_handle), result, scene);
        else if (method.ReturnType is IPointerTypeSymbol)
            HandOut(result, null, scene);
    }

    /// <param name="handle">What is handed out.</param>
    /// <param name="success">The Boolean that goes with it, of a <c>Try…</c>.</param>
    /// <param name="scene">The case.</param>
    private void HandOut(Value? handle, Value? success, Scene scene)
    {
        if (handle is Value.Constant { IsZero: true })
        {
            _mayBeNull = true;
            _isUnclear |= _handle is not null && success is not Value.Constant { Content: false };
            return;
        }

        if (handle is not Value.From { Aspect: Aspect.Handle, Site: { Acquisition: { } acquisition } site } || acquisition == s_parameter || scene[site] is not { } state)
        {
            _isUnclear |= _handle is not null && success is not Value.Constant { Content: false };
            return;
        }

        _acquired ??= acquisition;
        _mayBeNull |= state.Nullness is Nullness.Maybe or Nullness.Null;
        _isUnclear |= _handle is not null && success switch
        {
            Value.Constant { Content: true } => state.Nullness != Nullness.NotNull,
            Value.Constant { Content: false } => state.Nullness != Nullness.Null,
            Value.Test { WhenTrue: Nullness.NotNull } test => test.Site != site,
            _ => true,
        };
        foreach (var parameter in method.Parameters)
        {
            if (parameter.RefKind == RefKind.Out && scene.ValueOf(parameter) is Value.From { Aspect: Aspect.Companion } companion && companion.Site == site)
                _companions.Add(parameter);
        }
    }

    private void Test(IParameterSymbol parameter, Value? result, Scene scene)
    {
        // A parameter that was reassigned or hidden is no longer what the caller passed.
        var site = (scene.World?.Sites ?? []).Select(s => s.Key).FirstOrDefault(s => SymbolEqualityComparer.Default.Equals(s.Origin as ISymbol, parameter));
        var now = site is null ? Nullness.Maybe : scene[site]!.Value.Nullness;
        var test = result is Value.Test told && told.Site == site ? told : null;
        var seen = new NullPromise(
            now,
            result is Value.Constant { Content: false } ? Nullness.Lost : test?.WhenTrue ?? now,
            result is Value.Constant { Content: true } ? Nullness.Lost : test?.WhenFalse ?? now);
        _promises[parameter.Ordinal] = _promises.TryGetValue(parameter.Ordinal, out var before)
            ? before.Join(seen, _saysMore)
            : seen;
    }

    /// <summary>Notes what a Boolean parameter is whenever the method returns.</summary>
    private void Assert(IParameterSymbol parameter, Scene scene)
    {
        var value = !body.Writes(parameter) && scene.ValueOf(parameter) is Value.Constant { Content: bool known } ? known : (bool?)null;
        _assertions[parameter.Ordinal] = !_assertions.TryGetValue(parameter.Ordinal, out var before) || before == value ? value : null;
    }
}
