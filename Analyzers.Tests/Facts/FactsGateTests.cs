using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Tests.Facts;

public sealed class FactsGateTests
{
    private const string Entry = "[PteGuard.PageTableEntry] public struct Entry { }";
    private const string Mapper = "public unsafe class Paging { [PteGuard.MapsEntry] public static ulong* Map() => null; }";
    private const string Nothing = "public class Nothing { }";

    [Fact]
    public void The_embedded_attributes_alone_open_nothing() => Assert.Equal(ContractUse.None, Gate(Compile("A", Nothing)));

    [Fact]
    public void Without_the_attributes_nothing_is_open() => Assert.Equal(ContractUse.None, Gate(Create("A", [], Nothing)));

    [Fact]
    public void An_entry_in_the_source_opens_the_rules_for_entries() => Assert.Equal(ContractUse.Entries, Gate(Compile("A", Entry)));

    [Fact]
    public void A_mapper_in_the_source_opens_the_rules_for_mappings() => Assert.Equal(ContractUse.Mappings, Gate(Compile("A", Mapper)));

    [Fact]
    public void An_alias_cannot_hide_an_attribute() =>
        Assert.Equal(ContractUse.Entries, Gate(Compile("A", "global using E = PteGuard.PageTableEntryAttribute;", "[E] struct Entry { }")));

    [Theory]
    [InlineData(16 * 1024 - 5)]
    [InlineData(16 * 1024)]
    [InlineData(100_000)]
    public void A_name_is_found_wherever_it_stands(int offset) => Assert.Equal(ContractUse.Entries, Gate(Compile("A", new string(' ', offset) + Entry)));

    [Fact]
    public void A_dependency_that_only_embeds_the_attributes_opens_nothing() => Assert.Equal(ContractUse.None, Gate(Compile("B", [Image(Compile("A", Nothing))], Nothing)));

    [Fact]
    public void A_project_that_only_embeds_the_attributes_opens_nothing() =>
        Assert.Equal(ContractUse.None, Gate(Compile("B", [Compile("A", Nothing).ToMetadataReference()], Nothing)));

    [Fact]
    public void What_a_dependency_states_counts()
    {
        Assert.Equal(ContractUse.Entries, Gate(Compile("B", [Image(Compile("A", Entry))], Nothing)));
        Assert.Equal(ContractUse.Mappings, Gate(Compile("B", [Image(Compile("A", Mapper))], Nothing)));
        Assert.Equal(ContractUse.Everything, Gate(Compile("B", [Compile("A", Entry, Mapper).ToMetadataReference()], Nothing)));
    }

    [Fact]
    public void What_is_stated_with_the_attributes_of_a_third_assembly_counts()
    {
        var core = Image(Create("Core", [], References.Attributes.Replace("sealed partial class", "public sealed partial class", StringComparison.Ordinal).Replace("enum Replaced", "public enum Replaced", StringComparison.Ordinal)));
        var kernel = Image(Create("Kernel", [core], Entry));

        Assert.Equal(ContractUse.Entries, Gate(Create("B", [core, kernel], Nothing)));
        Assert.Equal(ContractUse.None, Gate(Create("B", [core], Nothing)));
    }

    private static ContractUse Gate(Compilation compilation) => FactsGate.Of(compilation, default);

    private static CSharpCompilation Compile(string name, params string[] sources) => Compile(name, [], sources);

    private static CSharpCompilation Compile(string name, MetadataReference[] references, params string[] sources) =>
        Create(name, references, [References.Attributes, .. sources]);

    private static CSharpCompilation Create(string name, MetadataReference[] references, params string[] sources) => CSharpCompilation.Create(
        name,
        sources.Select(source => CSharpSyntaxTree.ParseText(source, References.ParseOptions)),
        References.Framework.Concat(references),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));

    private static PortableExecutableReference Image(Compilation compilation)
    {
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        return MetadataReference.CreateFromImage(stream.ToArray());
    }
}
