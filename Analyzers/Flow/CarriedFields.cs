using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;

namespace PteGuard.Analyzers.Flow;

/// <summary>The fields of a body's struct variables that are places like the variables themselves.</summary>
/// <remarks>Only what is surely one variable is followed: nothing whose address is taken, that has another name or that a lambda uses.</remarks>
internal sealed partial class CarriedFields
{
    private static readonly object s_elsewhere = new();

    private readonly Dictionary<object, ImmutableArray<Place>> _places = [];
    private readonly ISymbol _root;
    private readonly BodyFacts _body;
    private readonly Sites _sites;
    private readonly CaptureTargets _captures;

    private CarriedFields(ISymbol root, BodyFacts body, Sites sites, CaptureTargets captures)
    {
        _root = root;
        _body = body;
        _sites = sites;
        _captures = captures;
    }

    /// <summary>Null if the body has no such struct.</summary>
    public static CarriedFields? For(ISymbol root, BodyFacts body, Sites sites, CaptureTargets captures) =>
        body.HasCarriers || (root is IMethodSymbol method && MayCarry(method)) ? new(root, body, sites, captures) : null;

    /// <summary>The struct whose <c>this</c> a method is called on.</summary>
    public static INamedTypeSymbol? ThisOf(IMethodSymbol method) =>
        !method.IsStatic && method.MethodKind is not (MethodKind.LocalFunction or MethodKind.AnonymousFunction) && Carriers.Is(method.ContainingType) ? method.ContainingType : null;

    /// <summary>Whether a method is given or yields a struct that carries pointers.</summary>
    public static bool MayCarry(IMethodSymbol method)
    {
        if (ThisOf(method) is not null || Carriers.Is(method.ReturnType))
            return true;

        foreach (var parameter in method.Parameters)
        {
            if (Carriers.Is(parameter.Type))
                return true;
        }

        return false;
    }

    /// <summary>What holds the struct that an operation yields; null: nothing that is followed.</summary>
    public object? HolderOf(IOperation operation)
    {
        switch (operation)
        {
            case ILocalReferenceOperation local:
                return IsCarried(local.Local) ? local.Local : null;
            case IParameterReferenceOperation parameter:
                return IsCarried(parameter.Parameter) ? parameter.Parameter : null;
            case IDeclarationExpressionOperation declaration:
                return HolderOf(declaration.Expression);
            case IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance, Type: INamedTypeSymbol type }:
                return Carriers.Is(type) ? This(type) : null;
            case IFlowCaptureReferenceOperation capture:
                return Carriers.Is(capture.Type) ? capture.Id : null;
            case IInvocationOperation call:
                return call.TargetMethod.RefKind == RefKind.None && Carriers.Is(call.Type) ? call : null;
            case IConversionOperation { OperatorMethod: null } conversion when SymbolEqualityComparer.Default.Equals(conversion.Type, conversion.Operand.Type):
                return HolderOf(conversion.Operand);
            default:
                return null;
        }
    }

    /// <summary>What holds <c>this</c>; null: it is not followed.</summary>
    public object? This(INamedTypeSymbol type) => _body.IsAliased(type) ? null : type;

    public bool IsCarried(ISymbol variable) => variable switch
    {
        ILocalSymbol local => local.RefKind == RefKind.None && IsPlain(local, local.Type),
        IParameterSymbol parameter => IsPlain(parameter, parameter.Type),
        _ => false,
    };

    /// <summary>Whether what is put into the holder gets out of the body.</summary>
    public bool IsOutward(object holder) => holder switch
    {
        IParameterSymbol parameter => parameter.RefKind is RefKind.Ref or RefKind.Out,
        INamedTypeSymbol => _root is not IMethodSymbol { IsReadOnly: true },
        _ => false,
    };

    /// <summary>What a followed field holds.</summary>
    /// <returns>False if the field is not followed.</returns>
    public bool TryRead(IFieldReferenceOperation reference, World world, out Value? value)
    {
        value = null;
        if (reference.Instance is not { } instance || HolderOf(instance) is not { } holder || !IsFollowed(instance.Type, reference.Field))
            return false;

        value = world[PlaceOf(holder, reference.Field.OriginalDefinition)];
        return true;
    }

    public Value? Read(object holder, IFieldSymbol field, World world) => world[PlaceOf(holder, field)];

    /// <summary>The followed field that an assignment writes; null: it writes something else.</summary>
    public Place? Target(IOperation target) => Targets(target) is [var only] ? only : null;

    /// <summary>The followed fields that an assignment may write; more than one if it writes only one of them.</summary>
    public IReadOnlyList<Place> Targets(IOperation target)
    {
        switch (target)
        {
            case IFieldReferenceOperation { Instance: { } instance } reference when IsFollowed(instance.Type, reference.Field):
                return [.. WrittenHolders(instance, IsInitializer(reference)).Select(holder => PlaceOf(holder, reference.Field.OriginalDefinition))];
            case IFlowCaptureReferenceOperation capture:
                var targets = _captures.ValuesOf(capture).Where(v => v is not IFlowCaptureReferenceOperation).Select(Targets).ToList();
                return targets.TrueForAll(t => t.Count == 0) ? [] : [.. targets.SelectMany(t => t.Count == 0 ? [new Place(s_elsewhere)] : t)];
            default:
                return [];
        }
    }

    /// <summary>The variables whose struct a write through an operation may change.</summary>
    /// <param name="operation">The target of an assignment, an argument by reference, or what a method is called on.</param>
    /// <param name="isInitializer">Whether it is the copy that an initializer fills.</param>
    public IReadOnlyList<object> WrittenHolders(IOperation operation, bool isInitializer = false)
    {
        if (operation is not IFlowCaptureReferenceOperation capture || isInitializer)
            return HolderOf(operation) is { } holder ? [holder] : [];

        // What a call has yielded lives in the capture: an enumerator, say.
        var values = _captures.ValuesOf(capture).Where(v => v is not IFlowCaptureReferenceOperation).ToList();
        if (values.TrueForAll(v => v is IObjectCreationOperation or IDefaultValueOperation or IInvocationOperation { TargetMethod.RefKind: RefKind.None }))
            return HolderOf(capture) is { } itself ? [itself] : [];

        var captured = values.Select(HolderOf).ToList();
        return captured.TrueForAll(h => h is null) ? [] : [.. captured.Select(h => h ?? s_elsewhere)];
    }

    /// <summary>The followed structs that a call is given, each with the ordinal that a <see cref="Slot"/> has for it.</summary>
    public IEnumerable<(int Ordinal, IOperation Operand, object Holder)> Given(IInvocationOperation call)
    {
        if (call.Instance?.Unconverted() is { } instance && HolderOf(instance) is { } self)
            yield return (Slot.This, instance, self);

        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter is { RefKind: not RefKind.Out } parameter && argument.Value.Unconverted() is var value && HolderOf(value) is { } holder)
                yield return (parameter.Ordinal, value, holder);
        }
    }

    /// <summary>The structs that a call may write or yields, each with its ordinal and type.</summary>
    public IEnumerable<(int Ordinal, object Holder, ITypeSymbol Type)> Written(IInvocationOperation call)
    {
        if (call.Instance is { Type: { } self } instance && !Callee(call).IsReadOnly)
        {
            foreach (var holder in WrittenHolders(instance))
                yield return (Slot.This, holder, self);
        }

        foreach (var argument in call.Arguments)
        {
            if (argument is not { Parameter: { RefKind: RefKind.Ref or RefKind.Out } parameter, Value.Type: { } type })
                continue;

            foreach (var holder in WrittenHolders(argument.Value))
                yield return (parameter.Ordinal, holder, type);
        }

        if (HolderOf(call) is { } result)
            yield return (Slot.Result, result, call.Type!);
    }

    /// <summary>The method whose body a call runs: a struct's own, where an interface's is called on it.</summary>
    public static IMethodSymbol Callee(IInvocationOperation call) =>
        call.TargetMethod is { ContainingType.TypeKind: TypeKind.Interface } method && call.Instance?.Unconverted().Type is { TypeKind: TypeKind.Struct } type
            ? type.FindImplementationForInterfaceMember(method) as IMethodSymbol ?? method
            : call.TargetMethod;

    public Site SiteOf(IInvocationOperation call, int index, Acquisition acquisition) => _sites.OfCarried(call, index, acquisition);

    /// <summary>The site of what a field holds when the body begins.</summary>
    public Site Begun(object holder, IFieldSymbol field, Acquisition? acquisition) => _sites.Of(new Carried(holder, field), acquisition);

    /// <summary>Whether the caller gets what a site has yielded in a struct.</summary>
    public bool Gives(Func<Site, bool> isMeant, IOperation? returned, World world)
    {
        var given = returned is null ? null : HolderOf(returned);
        foreach (var (holder, places) in _places.Select(p => (p.Key, p.Value)))
        {
            if ((IsOutward(holder) || holder.Equals(given)) && places.Any(place => world[place] is Value.From from && isMeant(from.Site)))
                return true;
        }

        return false;
    }

    private bool IsPlain(ISymbol variable, ITypeSymbol type) =>
        Carriers.Is(type) && !_body.IsOpaque(variable) && !_body.IsCaptured(variable) && !_body.IsAliased(variable);

    private Place PlaceOf(object holder, IFieldSymbol field)
    {
        var place = new Place(new Carried(holder, field));
        if (!_places.TryGetValue(holder, out var known))
            _places.Add(holder, ImmutableArray.Create(place));
        else if (!known.Contains(place))
            _places[holder] = known.Add(place);

        return place;
    }

    private static bool IsFollowed(ITypeSymbol? type, IFieldSymbol field) => Carriers.FieldsOf(type).Contains(field.OriginalDefinition, SymbolEqualityComparer.Default);

    /// <summary>Whether the reference stands in <c>{ F = … }</c> behind <c>new</c> or <c>with</c>.</summary>
    private static bool IsInitializer(IFieldReferenceOperation reference) => reference.Syntax.Parent is AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax };
}
