using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace PteGuard.Analyzers.Facts;

/// <summary>
/// What one compilation says about its page tables, by attributes and by .editorconfig. Shared by all
/// rules and fixes; every answer is computed once.
/// </summary>
internal sealed class EntryFacts
{
    private static readonly ConditionalWeakTable<Compilation, ConditionalWeakTable<AnalyzerConfigOptionsProvider, EntryFacts>> s_cache = new();

    private readonly ConcurrentDictionary<SyntaxTree, FileOptions> _options = new();
    private readonly ConcurrentDictionary<ISymbol, Fact<EntryContract>> _contracts = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<(INamedTypeSymbol Accessors, ITypeSymbol? Entry, string? Read, string? Write, string? Modify, string? ReadLockless), EntryContract> _annotated = new();
    private readonly ConcurrentDictionary<(FileOptions, ITypeSymbol), EntryContract> _rawContracts = new();
    private readonly ConcurrentDictionary<IMethodSymbol, Fact<MapperFacts>> _mappers = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, Fact<UnmapperFacts>> _unmappers = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, Fact<LockPointerFacts>> _lockPointers = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<INamedTypeSymbol, bool> _locks = new(SymbolEqualityComparer.Default);
    private readonly BlockingFacts _blocking = new();
    private readonly Compilation _compilation;
    private readonly AnalyzerConfigOptionsProvider _provider;

    private EntryFacts(Compilation compilation, AnalyzerConfigOptionsProvider provider, CancellationToken cancellationToken)
    {
        _compilation = compilation;
        _provider = provider;
        var use = FactsGate.Of(compilation, cancellationToken);
        KnowsEntries = use.HasFlag(ContractUse.Entries);
        KnowsMappings = use.HasFlag(ContractUse.Mappings);
        foreach (var tree in compilation.SyntaxTrees)
        {
            var options = Options(tree);
            HasOptions |= !options.IsEmpty;
            KnowsEntries |= options.KnowsEntries;
            KnowsMappings |= options.KnowsMappers;
        }
    }

    /// <summary>Whether any file has a key of ours.</summary>
    public bool HasOptions { get; }

    /// <summary>Whether the compilation can know an entry type or an entry pointer.</summary>
    public bool KnowsEntries { get; }

    /// <summary>Whether the compilation can know a mapper or a lock pointer.</summary>
    public bool KnowsMappings { get; }

    public static EntryFacts For(Compilation compilation, AnalyzerOptions options, CancellationToken cancellationToken)
    {
        // A test or a changed .editorconfig may bring the same compilation under other options.
        var facts = s_cache.GetValue(compilation, _ => new());
        var provider = options.AnalyzerConfigOptionsProvider;
        return facts.TryGetValue(provider, out var known) ? known : facts.GetValue(provider, p => new EntryFacts(compilation, p, cancellationToken));
    }

    public FileOptions Options(SyntaxTree tree) =>
        _options.TryGetValue(tree, out var known) ? known : _options.GetOrAdd(tree, FileOptions.Read(_provider.GetOptions(tree)));

    /// <summary>Whether a rule reports in this file.</summary>
    public bool Reports(SyntaxTree tree, bool isGenerated) => !isGenerated || Options(tree).ReportGenerated;

    /// <summary>The contract of an entry struct; null if the type is none.</summary>
    public EntryContract? OfType(ITypeSymbol? type, SyntaxTree tree)
    {
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Struct } named || named.SpecialType != SpecialType.None)
            return null;

        var definition = named.OriginalDefinition;
        var contract = _contracts.GetOrAdd(definition, symbol => Described((INamedTypeSymbol)symbol, Contract.PageTableEntry, (INamedTypeSymbol)symbol)).Value;
        if (contract is null && Options(tree) is var options && options.IsEntryType(definition))
            contract = Configured(options, definition);

        return contract is not null && IsOfDirectArchitecture(named) ? null : contract;
    }

    private static bool IsOfDirectArchitecture(INamedTypeSymbol type)
    {
        for (var generic = type; generic is not null; generic = generic.ContainingType)
        {
            foreach (var argument in generic.TypeArguments)
            {
                if (argument.Has(Contract.DirectEntryAccess))
                    return true;
            }
        }

        return false;
    }

    /// <summary>The contract of a symbol that is annotated as an entry pointer; null if it is not.</summary>
    public EntryContract? OfSymbol(ISymbol symbol) => _contracts.GetOrAdd(symbol.OriginalDefinition, s => s switch
    {
        IFieldSymbol field => Described(field, Contract.EntryPointer, ElementOf(field.Type)),
        IParameterSymbol parameter => Described(parameter, Contract.EntryPointer, ElementOf(parameter.Type)),
        IPropertySymbol property => Described(property, Contract.EntryPointer, ElementOf(property.Type)),
        IMethodSymbol method => Described(method.GetReturnTypeAttributes(), Contract.EntryPointer, ElementOf(method.ReturnType)),
        _ => Fact<EntryContract>.None,
    }).Value;

    /// <summary>
    /// The contract that .editorconfig gives to a pointer of this type called <paramref name="name"/>
    /// (null: it has no name of its own); null if it gives none.
    /// </summary>
    public EntryContract? OfRawPointer(ITypeSymbol? pointer, string? name, SyntaxTree tree)
    {
        var options = Options(tree);
        return pointer is not null && options.IsRawEntryPointer(pointer)
            && (name is null ? !options.NarrowsByName : options.IsEntryPointerName(name))
            ? Configured(options, ElementOf(pointer))
            : null;
    }

    /// <summary>Whether a method is the ordinary reader of what it is given a pointer to, by the entry's type or by the .editorconfig of a file.</summary>
    public bool IsReader(IMethodSymbol method, ITypeSymbol pointee, SyntaxTree tree) =>
        OfType(pointee, tree)?.Read?.Includes(method) == true || OfType(method.ReturnType, tree)?.Read?.Includes(method) == true
        || (Options(tree) is { ReadAccessor: not null } options && Configured(options, pointee).Read?.Includes(method) == true);

    /// <summary>
    /// Whether code may dereference entries of this contract because of where it stands: in an accessor, in
    /// the <paramref name="entry"/> struct's own members, or in architecture code.
    /// </summary>
    public bool IsExempt(ISymbol containingSymbol, EntryContract contract, ITypeSymbol? entry, SyntaxTree tree)
    {
        for (var symbol = containingSymbol; symbol is not null and not INamespaceSymbol; symbol = symbol.ContainingSymbol)
        {
            if (symbol is IMethodSymbol method && contract.IsAccessor(method))
                return true;

            if (symbol is INamedTypeSymbol && entry is not null && SymbolEqualityComparer.Default.Equals(symbol.OriginalDefinition, entry.OriginalDefinition))
                return true;
        }

        return IsArchitectureCode(containingSymbol, tree);
    }

    public bool IsArchitectureCode(ISymbol containingSymbol, SyntaxTree tree)
    {
        var options = Options(tree);
        for (var symbol = containingSymbol; symbol is not null and not INamespaceSymbol; symbol = symbol.ContainingSymbol)
        {
            if (symbol.Has(Contract.ArchitectureCode) || options.IsArchitectureCode(symbol)
                || (symbol is IMethodSymbol { AssociatedSymbol: { } associated } && associated.Has(Contract.ArchitectureCode)))
                return true;
        }

        return _compilation.Assembly.Has(Contract.ArchitectureCode);
    }

    /// <summary>Whether all tables that this code touches are its own.</summary>
    public bool IsUnpublished(ISymbol containingSymbol, SyntaxTree tree)
    {
        for (var symbol = containingSymbol; symbol is IMethodSymbol method; symbol = symbol.ContainingSymbol)
        {
            if (method.Has(Contract.UnpublishedTable) || Options(tree).IsUnpublishedTable(method))
                return true;
        }

        return false;
    }

    public static bool IsUnpublished(IParameterSymbol parameter) => parameter.Has(Contract.UnpublishedTable);

    /// <summary>The facts of a mapper called in this file, whose .editorconfig may have named it.</summary>
    public MapperFacts? Mapper(IMethodSymbol method, SyntaxTree tree)
    {
        var definition = Definition(method);
        return _mappers.GetOrAdd(definition, m => new(MapperFacts.From(m))).Value
            ?? (Options(tree).IsMapper(definition) ? MapperFacts.FromName(definition) : null);
    }

    public UnmapperFacts? Unmapper(IMethodSymbol method) => _unmappers.GetOrAdd(Definition(method), m => new(UnmapperFacts.From(m))).Value;

    public LockPointerFacts? LockPointer(IMethodSymbol method) => _lockPointers.GetOrAdd(Definition(method), m => new(LockPointerFacts.From(m))).Value;

    /// <summary>Whether values of the type are locks: one of its methods takes them.</summary>
    public bool IsLock(ITypeSymbol? type) => type is INamedTypeSymbol { SpecialType: SpecialType.None } named
        && _locks.GetOrAdd(named, static t => t.GetMembers().OfType<IMethodSymbol>().Any(AcquiresLock));

    public static bool AcquiresLock(IMethodSymbol method) => Definition(method).Has(Contract.AcquiresLock);

    public static bool ReleasesLock(IMethodSymbol method) => Definition(method).Has(Contract.ReleasesLock);

    public static bool ComparesEntries(IMethodSymbol method) => Definition(method).Has(Contract.ComparesEntries);

    /// <summary>Whether a method, or a property's accessor, may sleep, allocate tables or do I/O; this file's .editorconfig may have named it.</summary>
    public bool MayBlock(IMethodSymbol method, SyntaxTree tree) => _blocking.MayBlock(Definition(method), Options(tree));

    /// <summary>How an operation itself blocks, without its operands; null if it does not.</summary>
    public BlockingKind? Blocks(IOperation operation) => _blocking.Blocks(operation, Options(operation.Syntax.SyntaxTree));

    public static bool ReadsEntry(IParameterSymbol parameter) => parameter.OriginalDefinition.Has(Contract.ReadsEntry);

    public static bool WritesEntry(IParameterSymbol parameter) => parameter.OriginalDefinition.Has(Contract.WritesEntry);

    private static IMethodSymbol Definition(IMethodSymbol method) => (method.ReducedFrom ?? method).OriginalDefinition;

    private Fact<EntryContract> Described(ISymbol symbol, string attribute, ITypeSymbol? entry) =>
        Described(symbol.GetAttributes(), attribute, entry);

    private Fact<EntryContract> Described(ImmutableArray<AttributeData> attributes, string attribute, ITypeSymbol? entry)
    {
        foreach (var data in attributes)
        {
            if (Contract.Is(data, attribute))
                return new(data.ConstructorArguments is [{ Kind: TypedConstantKind.Type, Value: INamedTypeSymbol accessors }] ? Annotated(accessors, entry, data) : EntryContract.WithoutAccessors);
        }

        return Fact<EntryContract>.None;
    }

    /// <summary>What an attribute says: of a thousand pointers, most say the same.</summary>
    private EntryContract Annotated(INamedTypeSymbol accessors, ITypeSymbol? entry, AttributeData data) => _annotated.GetOrAdd(
        (accessors, entry, data.String("Read"), data.String("Write"), data.String("Modify"), data.String("ReadLockless")),
        static said => EntryContract.Create(said.Accessors, said.Entry, said.Read, said.Write, said.Modify, said.ReadLockless));

    private EntryContract Configured(FileOptions options, ITypeSymbol? entry)
    {
        if (options is { ReadAccessor: null, WriteAccessor: null, ModifyAccessor: null })
            return EntryContract.WithoutAccessors;

        return entry is null
            ? Create()
            : _rawContracts.GetOrAdd((options, entry), _ => Create());

        EntryContract Create() => new(
            ConfiguredAccessor(options.ReadAccessor, entry, AccessorForm.Read),
            ConfiguredAccessor(options.WriteAccessor, entry, AccessorForm.Write),
            ConfiguredAccessor(options.ModifyAccessor, entry, AccessorForm.ModifyMasks, AccessorForm.ModifyFunction),
            null);
    }

    private Accessor? ConfiguredAccessor(string? name, ITypeSymbol? entry, params AccessorForm[] forms)
    {
        if (name is null)
            return null;

        var dot = name.LastIndexOf('.');
        return _compilation.GetTypeByMetadataName(name.Substring(0, dot)) is { } type
            ? Accessor.Find(type, name.Substring(dot + 1), entry, forms)
            : null;
    }

    /// <summary>What a pointer, a by-ref or a span of entries points to; null for an untyped pointer.</summary>
    public static ITypeSymbol? ElementOf(ITypeSymbol type) => type switch
    {
        IPointerTypeSymbol { PointedAtType.SpecialType: SpecialType.System_Void } => null,
        IPointerTypeSymbol pointer => pointer.PointedAtType,
        IArrayTypeSymbol array => array.ElementType,
        { SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr } => null,
        INamedTypeSymbol { TypeArguments: [var element], IsRefLikeType: true } => element,
        _ => type,
    };

    /// <summary>A computed answer, which may be "no".</summary>
    private readonly record struct Fact<T>(T? Value)
        where T : class
    {
        public static readonly Fact<T> None = new((T?)null);
    }
}
