using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace PteGuard.Analyzers.Facts;

/// <summary>The pteguard.* keys in force for one file.</summary>
internal sealed class FileOptions
{
    private readonly ImmutableArray<OptionProblem>.Builder _problems = ImmutableArray.CreateBuilder<OptionProblem>();
    private readonly ImmutableHashSet<string> _entryTypes;
    private readonly ImmutableArray<RawPointerType> _rawPointers;
    private readonly EntryPointerNames? _names;
    private readonly ImmutableHashSet<string> _mappers;
    private readonly MethodNames _blockingCalls;
    private readonly ImmutableHashSet<string> _architectureCode;
    private readonly ImmutableHashSet<string> _unpublishedTables;

    private FileOptions(AnalyzerConfigOptions options, ImmutableArray<string> keys)
    {
        foreach (var key in keys)
        {
            if (!OptionKeys.All.Contains(key, StringComparer.OrdinalIgnoreCase))
                _problems.Add(new(key, "is unknown"));
        }

        _entryTypes = Names(options, OptionKeys.EntryTypes);
        _mappers = Names(options, OptionKeys.Mappers, member: true);
        _blockingCalls = BlockingCalls(options);
        _architectureCode = Names(options, OptionKeys.ArchitectureCode);
        _unpublishedTables = Names(options, OptionKeys.UnpublishedTables, member: true);
        _rawPointers = RawPointers(options);
        _names = Pattern(options);
        ReadAccessor = AccessorName(options, OptionKeys.ReadAccessor);
        WriteAccessor = AccessorName(options, OptionKeys.WriteAccessor);
        ModifyAccessor = AccessorName(options, OptionKeys.ModifyAccessor);
        ReportGenerated = Flag(options, OptionKeys.ReportGenerated);
        ExceptionPaths = Flag(options, OptionKeys.ExceptionPaths);
        Problems = _problems.ToImmutable();
    }

    /// <summary>The options of a file that has none of our keys, as nearly all files do.</summary>
    public static FileOptions None { get; } = new(NoOptions.Instance, ImmutableArray<string>.Empty);

    public bool IsEmpty => this == None;

    public string? ReadAccessor { get; }

    public string? WriteAccessor { get; }

    public string? ModifyAccessor { get; }

    public bool ReportGenerated { get; }

    public bool ExceptionPaths { get; }

    /// <summary>What is wrong with the values themselves, whatever the compilation.</summary>
    public ImmutableArray<OptionProblem> Problems { get; }

    public bool KnowsEntries => !_entryTypes.IsEmpty || !_rawPointers.IsEmpty;

    public bool KnowsMappers => !_mappers.IsEmpty;

    public bool KnowsBlockingCalls => !_blockingCalls.IsEmpty;

    public bool IsEntryType(INamedTypeSymbol type) => !_entryTypes.IsEmpty && _entryTypes.Contains(MetadataNames.Of(type.OriginalDefinition));

    public bool IsMapper(IMethodSymbol method) => !_mappers.IsEmpty && _mappers.Contains(MetadataNames.Of(method));

    public bool IsBlockingCall(IMethodSymbol method) => _blockingCalls.Contains(method);

    public bool IsUnpublishedTable(IMethodSymbol method) => !_unpublishedTables.IsEmpty && _unpublishedTables.Contains(MetadataNames.Of(method));

    public bool IsArchitectureCode(ISymbol typeOrMember) => !_architectureCode.IsEmpty && _architectureCode.Contains(MetadataNames.Of(typeOrMember));

    /// <summary>Whether a pointer of this type is an entry pointer if it, or what it comes from, has a name of an entry pointer.</summary>
    public bool IsRawEntryPointer(ITypeSymbol pointer)
    {
        foreach (var raw in _rawPointers)
        {
            if (raw.Matches(pointer))
                return true;
        }

        return false;
    }

    /// <summary>Whether there is a pattern, so that the type of a pointer alone does not make it an entry pointer.</summary>
    public bool NarrowsByName => _names is not null;

    public bool IsEntryPointerName(string name) => _names?.Contains(name) != false;

    public static FileOptions Read(AnalyzerConfigOptions options)
    {
        var keys = ImmutableArray.CreateBuilder<string>();
        try
        {
            foreach (var key in options.Keys)
            {
                if (key.StartsWith(OptionKeys.Prefix, StringComparison.OrdinalIgnoreCase))
                    keys.Add(key);
            }
        }
        catch (NotImplementedException)
        {
            // A host that cannot list the keys can still be asked for those that we know.
            return new FileOptions(options, ImmutableArray<string>.Empty);
        }

        return keys.Count == 0 ? None : new FileOptions(options, keys.ToImmutable());
    }

    private ImmutableHashSet<string> Names(AnalyzerConfigOptions options, string key, bool member = false)
    {
        var names = List(options, key);
        foreach (var name in names)
        {
            if (!IsName(name) || (member && !name.Contains('.')))
                _problems.Add(new(key, $"has the malformed value '{name}': it lists {(member ? "methods as Namespace.Type.Method" : "types by metadata name (Namespace.Type, Namespace.Outer+Inner, Namespace.Type`1)")}"));
        }

        return names.ToImmutableHashSet();
    }

    private MethodNames BlockingCalls(AnalyzerConfigOptions options)
    {
        var names = List(options, OptionKeys.BlockingCalls);
        foreach (var name in names)
        {
            if (!IsName(MethodNames.Stem(name)) || !name.Contains('.'))
                _problems.Add(new(OptionKeys.BlockingCalls, $"has the malformed value '{name}': it lists methods as Namespace.Type.Method, or all of a type as Namespace.Type.*"));
        }

        return names.Count == 0 ? MethodNames.None : new MethodNames(names);
    }

    private ImmutableArray<RawPointerType> RawPointers(AnalyzerConfigOptions options)
    {
        var types = ImmutableArray.CreateBuilder<RawPointerType>();
        foreach (var text in List(options, OptionKeys.RawEntryPointers))
        {
            if (RawPointerType.Parse(text) is { } type)
                types.Add(type);
            else
                _problems.Add(new(OptionKeys.RawEntryPointers, $"has the malformed value '{text}': it lists pointer types such as ulong*"));
        }

        return types.ToImmutable();
    }

    private EntryPointerNames? Pattern(AnalyzerConfigOptions options)
    {
        if (!options.TryGetValue(OptionKeys.EntryPointerNames, out var pattern) || pattern.Length == 0)
            return null;

        try
        {
            return new EntryPointerNames(pattern);
        }
        catch (ArgumentException e)
        {
            _problems.Add(new(OptionKeys.EntryPointerNames, $"is no regular expression: {e.Message}"));
            return EntryPointerNames.None;
        }
    }

    private string? AccessorName(AnalyzerConfigOptions options, string key)
    {
        if (!options.TryGetValue(key, out var name) || name.Length == 0)
            return null;

        if (IsName(name) && name.Contains('.'))
            return name;

        _problems.Add(new(key, $"has the malformed value '{name}': it names one method as Namespace.Type.Method"));
        return null;
    }

    private bool Flag(AnalyzerConfigOptions options, string key)
    {
        if (!options.TryGetValue(key, out var value))
            return false;

        if (!bool.TryParse(value, out var flag))
            _problems.Add(new(key, $"has the value '{value}': it is true or false"));

        return flag;
    }

    private static List<string> List(AnalyzerConfigOptions options, string key) =>
        options.TryGetValue(key, out var value) ? [.. value.Split(',').Select(item => item.Trim()).Where(item => item.Length > 0)] : [];

    private static bool IsName(string name) =>
        name.Length > 0 && name.All(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '+' or '`') && name[0] != '.' && name[name.Length - 1] != '.';

    /// <summary>An .editorconfig that says nothing.</summary>
    private sealed class NoOptions : AnalyzerConfigOptions
    {
        public static readonly NoOptions Instance = new();

        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value)
        {
            value = null;
            return false;
        }
    }
}
