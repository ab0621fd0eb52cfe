using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;

namespace PteGuard.Analyzers.Flow;

/// <content>How the fields of a variable begin, change together and end.</content>
internal sealed partial class CarriedFields
{
    /// <summary>What the fields hold when the body begins.</summary>
    public World Enter(World world, Protocol protocol)
    {
        foreach (var holder in Holders())
        {
            foreach (var field in Carriers.FieldsOf(holder.Type))
            {
                var acquisition = protocol.Given(field);
                var site = Begun(holder.Key, field, acquisition);
                world = world.With(PlaceOf(holder.Key, field), new Value.From(site, Aspect.Handle));
                if (acquisition is not null)
                    world = world.With(site, new SiteState(acquisition.Nullness, acquisition.States));
            }
        }

        return world;
    }

    /// <summary>Ends the variables that a branch leaves behind, and begins others.</summary>
    public World Cross(ControlFlowBranch branch, World world)
    {
        foreach (var region in branch.LeavingRegions)
        {
            foreach (var local in region.Locals)
                world = Clear(local, world);

            foreach (var capture in region.CaptureIds)
                world = Clear(capture, world);
        }

        foreach (var region in branch.EnteringRegions)
        {
            foreach (var local in region.Locals)
            {
                if (_body.IsDeclaredUnset(local) && IsCarried(local))
                    world = Empty(local, local.Type, world);
            }
        }

        return world;
    }

    /// <summary>Forgets what a struct's fields hold.</summary>
    public World Clear(object holder, World world) => _places.TryGetValue(holder, out var places) ? world.Without(places) : world;

    /// <summary>Whether an operation yields a struct that holds nothing.</summary>
    public static bool IsEmpty(IOperation operation) =>
        operation.Unconverted() is IDefaultValueOperation or IObjectCreationOperation { Arguments.IsEmpty: true, Initializer: null, Constructor: null or { IsImplicitlyDeclared: true } };

    /// <summary>Notes that a variable holds another struct.</summary>
    /// <param name="holder">The variable.</param>
    /// <param name="source">Where the struct comes from; null: from where nobody can look.</param>
    /// <param name="value">The struct's own value.</param>
    /// <param name="type">Its type.</param>
    /// <param name="world">The case.</param>
    /// <param name="before">The case in which the source has been looked at; null: the same.</param>
    public World Fill(object holder, IOperation? source, Value? value, ITypeSymbol? type, World world, World? before = null)
    {
        if (source is not null && IsEmpty(source))
            return Empty(holder, type, world);

        if (source is not null && HolderOf(source) is { } from && (from is not IInvocationOperation || _places.ContainsKey(from)))
        {
            var filled = world;
            foreach (var field in Carriers.FieldsOf(type))
                filled = filled.With(PlaceOf(holder, field), Read(from, field, before ?? world));

            return from is IInvocationOperation ? Clear(from, filled) : filled;
        }

        foreach (var field in Carriers.FieldsOf(type))
            world = world.With(PlaceOf(holder, field), value is null || _body.Writes(field) ? null : new Value.From(_sites.OfMember(value, field), Aspect.Handle));

        return world;
    }

    public World Write(object holder, IFieldSymbol field, Value? value, World world) => world.With(PlaceOf(holder, field), value);

    private World Empty(object holder, ITypeSymbol? type, World world)
    {
        foreach (var field in Carriers.FieldsOf(type))
            world = world.With(PlaceOf(holder, field), DefaultOf(field.Type));

        return world;
    }

    private IEnumerable<(object Key, ITypeSymbol Type)> Holders()
    {
        if (_root is not IMethodSymbol method)
            yield break;

        if (method.MethodKind != MethodKind.Constructor && ThisOf(method) is { } type && This(type) is { } self)
            yield return (self, type);

        foreach (var parameter in method.Parameters)
        {
            if (parameter.RefKind != RefKind.Out && IsCarried(parameter))
                yield return (parameter, parameter.Type);
        }
    }

    private static Value? DefaultOf(ITypeSymbol type) => type switch
    {
        IPointerTypeSymbol or { IsReferenceType: true } => Value.Null,
        { SpecialType: SpecialType.System_Boolean } => Evaluator.Boolean(false),
        { TypeKind: TypeKind.Struct, SpecialType: SpecialType.None } => Value.Unset,
        _ => null,
    };
}
