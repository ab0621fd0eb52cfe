using Microsoft.CodeAnalysis.Testing;
using PteGuard.Analyzers.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public sealed class InvalidOptionTests
{
    private const string Accessors = """
        static unsafe class Good { public static ulong Read(ulong* p) => *p; public static void Write(ulong* p, ulong v) { } public static ulong Modify(ulong* p, ulong a, ulong b) => 0; }
        static class Bad { public static void Read(string s) { } public static ulong Write(ulong value) => value; public static void Modify(string a, bool b) { } public static int Field; }
        """;

    [Theory]
    [InlineData("pteguard.entry_type = A", "pteguard.entry_type", "is unknown")]
    [InlineData("pteguard.reader = A.B", "pteguard.reader", "is unknown")]
    [InlineData("pteguard. = A", "pteguard.", "is unknown")]
    [InlineData("pteguard.entry_types = A-B", "pteguard.entry_types",
        "has the malformed value 'A-B': it lists types by metadata name (Namespace.Type, Namespace.Outer+Inner, Namespace.Type`1)")]
    [InlineData("pteguard.entry_types = Good, A B", "pteguard.entry_types",
        "has the malformed value 'A B': it lists types by metadata name (Namespace.Type, Namespace.Outer+Inner, Namespace.Type`1)")]
    [InlineData("pteguard.mappers = Map", "pteguard.mappers", "has the malformed value 'Map': it lists methods as Namespace.Type.Method")]
    [InlineData("pteguard.blocking_calls = Write", "pteguard.blocking_calls",
        "has the malformed value 'Write': it lists methods as Namespace.Type.Method, or all of a type as Namespace.Type.*")]
    [InlineData("pteguard.blocking_calls = Abc.Log.Write, Abc.*.Write", "pteguard.blocking_calls",
        "has the malformed value 'Abc.*.Write': it lists methods as Namespace.Type.Method, or all of a type as Namespace.Type.*")]
    [InlineData("pteguard.blocking_calls = .*", "pteguard.blocking_calls",
        "has the malformed value '.*': it lists methods as Namespace.Type.Method, or all of a type as Namespace.Type.*")]
    [InlineData("pteguard.unpublished_tables = Zero", "pteguard.unpublished_tables", "has the malformed value 'Zero': it lists methods as Namespace.Type.Method")]
    [InlineData("pteguard.raw_entry_pointers = ulong", "pteguard.raw_entry_pointers", "has the malformed value 'ulong': it lists pointer types such as ulong*")]
    [InlineData("pteguard.raw_entry_pointers = ulong*, *", "pteguard.raw_entry_pointers", "has the malformed value '*': it lists pointer types such as ulong*")]
    [InlineData("pteguard.read_accessor = Read", "pteguard.read_accessor", "has the malformed value 'Read': it names one method as Namespace.Type.Method")]
    [InlineData("pteguard.report_generated = yes", "pteguard.report_generated", "has the value 'yes': it is true or false")]
    [InlineData("pteguard.exception_paths = 1", "pteguard.exception_paths", "has the value '1': it is true or false")]
    [InlineData("pteguard.read_accessor = Bad.Read", "pteguard.read_accessor",
        "names 'Bad.Read', which has an impossible signature for an accessor: it would be like 'E Read(E*)'")]
    [InlineData("pteguard.read_accessor = Bad.Field", "pteguard.read_accessor",
        "names 'Bad.Field', which has an impossible signature for an accessor: it would be like 'E Read(E*)'")]
    [InlineData("pteguard.write_accessor = Bad.Write", "pteguard.write_accessor",
        "names 'Bad.Write', which has an impossible signature for an accessor: it would be like 'void Write(E*, E)'")]
    [InlineData("pteguard.modify_accessor = Bad.Modify", "pteguard.modify_accessor",
        "names 'Bad.Modify', which has an impossible signature for an accessor: it would be like 'E Modify(E*, E clear, E set)'")]
    public Task A_key_that_is_not_understood_is_reported(string line, string key, string problem) =>
        VerifyAsync("{|#0:|}" + Accessors, line, test =>
            test.ExpectedDiagnostics.Add(new DiagnosticResult(Descriptors.InvalidOption).WithLocation(0).WithArguments(key, problem)));

    [Theory]
    [InlineData("pteguard.entry_types = Not.There, Good, Outer+Inner, Abc.Pte`1")]
    [InlineData("pteguard.raw_entry_pointers = ulong*, uint **, void*, Abc.Table*, nint*")]
    [InlineData("pteguard.entry_pointer_names = ^(pml4|pdpt?|pd|pt|pte)$")]
    [InlineData("pteguard.read_accessor = Good.Read")]
    [InlineData("pteguard.write_accessor = Good.Write")]
    [InlineData("pteguard.modify_accessor = Good.Modify")]
    [InlineData("pteguard.read_accessor = Not.There.Read")]
    [InlineData("pteguard.read_accessor = Good.NotThere")]
    [InlineData("pteguard.mappers = Abc.Paging.GetTable")]
    [InlineData("pteguard.blocking_calls = Abc.Log.Write, Abc.Disk.*, Abc.Disk..ctor, Disk.*")]
    [InlineData("pteguard.architecture_code = Abc.Boot, Abc.Cpu.Mmu")]
    [InlineData("pteguard.report_generated = TRUE")]
    [InlineData("pteguard.entry_types =")]
    [InlineData("dotnet_diagnostic.PTE0001.severity = none")]
    [InlineData("other.pteguard.key = 1")]
    public Task A_key_that_is_understood_or_not_ours_is_not(string line) => VerifyAsync(Accessors, line);

    [Fact]
    public async Task A_bad_pattern_says_why()
    {
        var snippet = Snippet.Compile("", new() { ["pteguard.entry_pointer_names"] = "^(pt" });
        var problem = Assert.Single(snippet.Facts.Options(snippet.Tree).Problems);
        Assert.StartsWith("is no regular expression: ", problem.Text, StringComparison.Ordinal);
        await VerifyAsync("[||]class C { }", "pteguard.entry_pointer_names = ^(pt");
    }

    [Fact]
    public Task A_key_is_reported_once_in_the_first_file_that_it_affects() =>
        VerifyAsync("class A { }", "[B*.cs]\npteguard.unknown = 1\n[*.cs]", test =>
        {
            test.TestState.Sources.Add(("/0/B.cs", "[||]class B { }"));
            test.TestState.Sources.Add(("/0/B2.cs", "class B2 { }"));
        });

    [Fact]
    public Task Two_keys_are_two_reports() =>
        VerifyAsync("{|#0:|}class A { }", "pteguard.one = 1\npteguard.raw_entry_pointers = ulong", test =>
        {
            test.ExpectedDiagnostics.Add(new DiagnosticResult(Descriptors.InvalidOption).WithLocation(0).WithArguments("pteguard.one", "is unknown"));
            test.ExpectedDiagnostics.Add(new DiagnosticResult(Descriptors.InvalidOption).WithLocation(0)
                .WithArguments("pteguard.raw_entry_pointers", "has the malformed value 'ulong': it lists pointer types such as ulong*"));
        });

    [Fact]
    public Task What_the_build_generates_is_passed_over_for_a_file_of_the_users() =>
        VerifyAsync("class A { }", "[{G.g.cs,B.cs}]\npteguard.unknown = 1\n[*.cs]", test =>
        {
            test.TestState.Sources.Add(("/0/G.g.cs", "class G { }"));
            test.TestState.Sources.Add(("/0/B.cs", "[||]class B { }"));
        });

    [Fact]
    public Task What_affects_only_what_the_build_generates_is_reported_there() =>
        VerifyAsync("class A { }", "[G.g.cs]\npteguard.unknown = 1\n[*.cs]", test => test.TestState.Sources.Add(("/0/G.g.cs", "[||]class G { }")));

    private static Task VerifyAsync(string source, string editorConfig, Action<AnalyzerTest<DefaultVerifier>>? configure = null) =>
        Verify.AnalyzerAsync<InvalidOptionAnalyzer>(source, editorConfig, test =>
        {
            // No #pragma can stand before the start of a file.
            test.TestBehaviors |= TestBehaviors.SkipSuppressionCheck;
            configure?.Invoke(test);
        });
}
