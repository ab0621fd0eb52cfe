using PteGuard.Analyzers.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public sealed class DirectEntryWriteTests
{
    [Fact]
    public Task Every_form_of_write_of_an_entry_struct_is_reported() => VerifyAsync(EntryAccessForms.TypedSource(EntryAccessForms.Typed));

    [Fact]
    public Task Every_form_of_write_through_a_raw_pointer_is_reported() => VerifyAsync(EntryAccessForms.RawSource(EntryAccessForms.Raw));

    public static TheoryData<EntryAccessCase> Cases => [.. EntryAccessCases.All];

    [Theory, MemberData(nameof(Cases))]
    public Task What_is_an_entry_is_told_by_where_it_comes_from_and_where_it_stands(EntryAccessCase @case) => VerifyAsync(@case.Source, @case.EditorConfig);

    private static Task VerifyAsync(string markup, string? editorConfig = null) =>
        Verify.AnalyzerAsync<DirectEntryWriteAnalyzer>(FormMarkup.For(markup, "PTE0004", "W", "M"), editorConfig);
}
