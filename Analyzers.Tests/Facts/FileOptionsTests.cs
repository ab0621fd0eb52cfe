using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using FileOptions = PteGuard.Analyzers.Facts.FileOptions;

namespace PteGuard.Analyzers.Tests.Facts;

public sealed class FileOptionsTests
{
    [Fact]
    public void A_file_without_a_key_of_ours_has_the_shared_empty_options()
    {
        var options = FileOptions.Read(new Options(("dotnet_diagnostic.PTE0001.severity", "none")));
        Assert.Same(FileOptions.None, options);
        Assert.True(options.IsEmpty);
        Assert.False(options.KnowsEntries || options.KnowsMappers || options.ReportGenerated);
    }

    [Fact]
    public void A_host_that_cannot_list_keys_is_still_asked_for_those_that_we_know()
    {
        var options = FileOptions.Read(new Options(("pteguard.entry_types", "Abc.Pte"), ("pteguard.unknown", "1")) { CanList = false });
        Assert.True(options.KnowsEntries);
        Assert.Empty(options.Problems);
    }

    [Fact]
    public void A_pattern_that_backtracks_forever_matches_nothing_and_is_given_up()
    {
        var options = FileOptions.Read(new Options(("pteguard.entry_pointer_names", "^(a+)+$")));
        Assert.True(options.IsEntryPointerName("aaa"));
        for (var i = 0; i < 1_000; i++)
            Assert.False(options.IsEntryPointerName(new string('a', 40) + i));
    }

    [Fact]
    public void Lists_are_separated_by_commas_and_spaces_do_not_matter()
    {
        var compilation = Snippet.Compile("unsafe struct A { uint* u; ulong** d; }").Compilation;
        var options = FileOptions.Read(new Options(("pteguard.entry_types", " A ,, B "), ("pteguard.raw_entry_pointers", "uint *,ulong**")));
        Assert.True(options.IsEntryType(compilation.GetTypeByMetadataName("A")!));
        Assert.All(compilation.GetTypeByMetadataName("A")!.GetMembers().OfType<Microsoft.CodeAnalysis.IFieldSymbol>(), field => Assert.True(options.IsRawEntryPointer(field.Type)));
        Assert.Empty(options.Problems);
    }

    private sealed class Options(params (string Key, string Value)[] values) : AnalyzerConfigOptions
    {
        public bool CanList { get; init; } = true;

        public override IEnumerable<string> Keys => CanList ? values.Select(pair => pair.Key) : base.Keys;

        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value)
        {
            value = values.FirstOrDefault(pair => pair.Key == key).Value;
            return value is not null;
        }
    }
}
