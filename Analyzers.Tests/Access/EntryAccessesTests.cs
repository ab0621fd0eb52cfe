using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Tests.Access;

public sealed class EntryAccessesTests
{
    public static TheoryData<string> Typed => [.. EntryAccessForms.Typed];

    public static TheoryData<string> Raw => [.. EntryAccessForms.Raw];

    [Theory, MemberData(nameof(Typed))]
    public void A_form_over_an_entry_struct_is_classified(string form) => Check(EntryAccessForms.TypedSource([form]));

    [Theory, MemberData(nameof(Raw))]
    public void A_form_over_a_raw_pointer_is_classified(string form) => Check(EntryAccessForms.RawSource([form]));

    [Theory]
    [InlineData("var e = *p;", EntryExtent.Whole)]
    [InlineData("var e = p->Value;", EntryExtent.Word)]
    [InlineData("p->Value = 1;", EntryExtent.Word)]
    [InlineData("var e = *(ulong*)p;", EntryExtent.Word)]
    [InlineData("var e = *(uint*)p;", EntryExtent.Part)]
    [InlineData("p->Young = true;", EntryExtent.Part)]
    [InlineData("bare->Low = 1;", EntryExtent.Part)]
    [InlineData("var e = *(ulong*)bare;", EntryExtent.Word)]
    [InlineData("union->Bits = 1;", EntryExtent.Word)]
    [InlineData("union->Low = 1;", EntryExtent.Part)]
    [InlineData("wrapped->Inner.Value = 1;", EntryExtent.Word)]
    [InlineData("var e = *word;", EntryExtent.Whole)]
    [InlineData("var e = *(uint*)word;", EntryExtent.Part)]
    public void An_access_knows_how_much_of_the_entry_it_covers(string code, object extent) =>
        Assert.Equal(extent, Assert.Single(Accesses(code)).Extent);

    [Fact]
    public void A_read_modify_write_knows_the_reads_that_are_part_of_it()
    {
        var access = Assert.Single(Accesses("p[i] = c ? p[i].MkOld() : Paging.PtepGet(p + i);"));
        Assert.Equal(EntryAccessKind.ReadModifyWrite, access.Kind);
        Assert.Equal(["p[i]", "Paging.PtepGet(p + i)"], access.MergedReads.Select(read => read.ToString()));
    }

    [Fact]
    public void A_write_by_a_compiled_member_is_only_presumed()
    {
        Assert.False(Assert.Single(Accesses("p->Clear();")).IsPresumed);
        Assert.True(Assert.Single(Accesses("spinning->Wait.SpinOnce();")).IsPresumed);
    }

    [Fact]
    public void An_access_is_found_at_its_site()
    {
        var snippet = Snippet.Compile("unsafe class C { void M(Pte* p, Pte* q) { {|W:*p = {|R:*q|}|}; } }");
        var model = snippet.Compilation.GetSemanticModel(snippet.Tree);
        foreach (var (mark, kind) in new[] { ("W", EntryAccessKind.Write), ("R", EntryAccessKind.Read) })
        {
            var site = Assert.Single(snippet.Marks[mark]);
            Assert.Single(Find(model, snippet.Facts, site, CancellationToken.None), a => a.Kind == kind && a.Site.Span == site);
        }

        Assert.Empty(Find(model, snippet.Facts, new(0, 6), CancellationToken.None));
    }

    private static ImmutableArray<EntryAccess> Accesses(string code)
    {
        var snippet = Snippet.Compile($$"""
            using System.Runtime.InteropServices;
            using PteGuard;
            [PageTableEntry, StructLayout(LayoutKind.Explicit)] struct Union { [FieldOffset(0)] public ulong Bits; [FieldOffset(0)] public uint Low; [FieldOffset(4)] public uint High; }
            [PageTableEntry] struct Wrapped { public Pte Inner; }
            [PageTableEntry] struct Spinning { public System.Threading.SpinWait Wait; }
            unsafe class C { void M(Pte* p, BareEntry* bare, Union* union, Wrapped* wrapped, Spinning* spinning, [EntryPointer] ulong* word, bool c, int i) { {{code}} } }
            """);
        var body = snippet.Tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().Single().Body!;
        return Find(snippet.Compilation.GetSemanticModel(snippet.Tree), snippet.Facts, body.Span, CancellationToken.None);
    }

    private static void Check(string markup)
    {
        var snippet = Snippet.Compile(markup);
        Assert.Empty(snippet.Compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        var text = snippet.Tree.GetText();
        var expected = snippet.Marks.SelectMany(pair => pair.Value.Select(span => (span.Start, $"{pair.Key}: {text.ToString(span)}"))).Order().Select(pair => pair.Item2);

        var method = snippet.Tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().Single(m => m.Identifier.Text == "Form0");
        var accesses = Find(snippet.Compilation.GetSemanticModel(snippet.Tree), snippet.Facts, method.Body!.Span, CancellationToken.None);
        var actual = accesses.Select(access => (access.Site.SpanStart, $"{Letter(access.Kind)}: {access.Site}")).Order().Select(pair => pair.Item2);
        Assert.Equal(expected, actual);
    }

    private static string Letter(EntryAccessKind kind) => kind switch
    {
        EntryAccessKind.ReadModifyWrite => "M",
        _ => kind.ToString()[..1],
    };

    private static ImmutableArray<EntryAccess> Find(SemanticModel model, EntryFacts facts, TextSpan span, CancellationToken cancellationToken) =>
        EntryAccesses.BodyAt(model, span, cancellationToken) is { } root ? EntryAccesses.Of(root, facts, cancellationToken) : [];
}
