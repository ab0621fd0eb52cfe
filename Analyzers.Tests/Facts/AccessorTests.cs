using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Tests.Facts;

public sealed class AccessorTests
{
    [Theory]
    [InlineData("static E A(E* p)", nameof(AccessorForm.Read))]
    [InlineData("static void A(E* p, E e)", nameof(AccessorForm.Write))]
    [InlineData("static E A(E* p, E clear, E set)", nameof(AccessorForm.ModifyMasks))]
    [InlineData("static E A(E* p, System.Func<E, E> f)", nameof(AccessorForm.ModifyFunction))]
    [InlineData("E A(E* p)", nameof(AccessorForm.Other))]
    [InlineData("static ulong A(E* p)", nameof(AccessorForm.Other))]
    [InlineData("static E A(ref E p)", nameof(AccessorForm.Other))]
    [InlineData("static E A(E* p, int order)", nameof(AccessorForm.Other))]
    [InlineData("static int A(E* p, E e)", nameof(AccessorForm.Other))]
    [InlineData("static void A(E* p, Pte e)", nameof(AccessorForm.Other))]
    [InlineData("static E A(Pte* p)", nameof(AccessorForm.Other))]
    [InlineData("static E A(E* p, System.Func<E, bool> f)", nameof(AccessorForm.Other))]
    public void A_method_has_the_form_that_a_fix_can_write_or_none(string signature, string form)
    {
        var accessor = Find($"struct E {{ }} unsafe class Accessors {{ {signature} => throw null; }}", "E");
        Assert.Equal(form, accessor!.Form.ToString());
        Assert.Equal(form == nameof(AccessorForm.Other), accessor.Method is null);
    }

    [Theory]
    [InlineData("static ulong A(ulong* p)", nameof(AccessorForm.Read))]
    [InlineData("static uint A(void* p)", nameof(AccessorForm.Read))]
    [InlineData("static ulong A(nint p)", nameof(AccessorForm.Read))]
    [InlineData("static void A(nint p, ulong v)", nameof(AccessorForm.Write))]
    public void Behind_an_untyped_pointer_the_accessor_says_what_the_entry_is(string signature, string form) =>
        Assert.Equal(form, Find($"unsafe class Accessors {{ {signature} => throw null; }}", null)!.Form.ToString());

    [Fact]
    public void An_overload_that_a_fix_can_write_is_chosen_and_all_of_them_count()
    {
        var accessor = Find("struct E { } unsafe class Accessors { static E A(E* p, int i) => default; static E A(E* p) => default; }", "E")!;
        Assert.Equal(AccessorForm.Read, accessor.Form);
        Assert.All(accessor.Method!.ContainingType.GetMembers("A"), member => Assert.True(accessor.Includes((IMethodSymbol)member)));
    }

    [Fact]
    public void A_generic_entry_is_matched_by_its_definition() =>
        Assert.Equal(AccessorForm.Read, Find("struct E<T> where T : unmanaged { } unsafe class Accessors { static E<U> A<U>(E<U>* p) where U : unmanaged => default; }", "E`1")!.Form);

    [Fact]
    public void A_name_without_a_method_is_no_accessor() => Assert.Null(Find("class Accessors { int A; }", null));

    private static Accessor? Find(string source, string? entry)
    {
        var compilation = Snippet.Compile(source).Compilation;
        return Accessor.Find(
            compilation.GetTypeByMetadataName("Accessors")!,
            "A",
            entry is null ? null : compilation.GetTypeByMetadataName(entry),
            AccessorForm.Read,
            AccessorForm.Write,
            AccessorForm.ModifyMasks,
            AccessorForm.ModifyFunction);
    }
}
