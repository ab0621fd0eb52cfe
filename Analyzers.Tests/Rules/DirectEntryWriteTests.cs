using PteGuard.Analyzers.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public sealed class DirectEntryWriteTests
{
    [Fact]
    public Task Every_form_of_write_of_an_entry_struct_is_reported() => VerifyAsync(EntryAccessForms.TypedSource(EntryAccessForms.Typed));

    [Fact]
    public Task Every_form_of_write_through_a_raw_pointer_is_reported() => VerifyAsync(EntryAccessForms.RawSource(EntryAccessForms.Raw));

    private static Task VerifyAsync(string forms) => Verify.AnalyzerAsync<DirectEntryWriteAnalyzer>(FormMarkup.For(forms, "PTE0004", "W", "M"));
}
