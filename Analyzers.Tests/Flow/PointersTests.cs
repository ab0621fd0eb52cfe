using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Tests.Flow;

public class PointersTests
{
    [Theory]
    [InlineData("&*given", "given", false)]
    [InlineData("&given[1]", "given", true)]
    [InlineData("&t->Value", "t", true)]
    [InlineData("&t->Inner.B", "t", true)]
    [InlineData("&t[2].Inner.B", "t", true)]
    [InlineData("&t->Entries[n]", "t", true)]
    [InlineData("&(*t).Entries[n]", "t", true)]
    [InlineData("&n", "", true)]
    [InlineData("&local.Inner.B", "", true)]
    public void An_address_is_computed_from_a_pointer(string expression, string from, bool isOffset)
    {
        var addressOf = Operations($"var x = {expression};").OfType<IAddressOfOperation>().Single();

        Assert.Equal(from, Pointers.Base(addressOf)?.Syntax.ToString() ?? "");
        Assert.Equal(isOffset, Pointers.IsOffset(addressOf));
    }

    [Theory]
    [InlineData("var x = &*given;", true)]
    [InlineData("var x = &given[1];", true)]
    [InlineData("var x = &t->Value;", true)]
    [InlineData("var x = &t->Inner.B;", true)]
    [InlineData("var x = &t->Entries[n];", true)]
    [InlineData("var x = *given;", false)]
    [InlineData("var x = t->Value;", false)]
    [InlineData("var x = t->Inner.B;", false)]
    [InlineData("var x = t->Entries[n];", false)]
    [InlineData("var x = &Choose(*given)->Value;", false)]
    [InlineData("t->Value = 1;", false)]
    public void A_dereference_may_only_be_there_for_its_address(string statement, bool isOnlyAddressed)
    {
        // The innermost is the one that a pointer variable is dereferenced by.
        var dereference = Operations(statement).Last(o => o.DereferencedPointer() is { } pointer && pointer is IParameterReferenceOperation);

        Assert.Equal(isOnlyAddressed, Pointers.IsOnlyAddressed(dereference));
    }

    [Theory]
    [InlineData("given", "given")]
    [InlineData("given + 1", "given")]
    [InlineData("1 + given", "given")]
    [InlineData("(int*)(long*)(given - n)", "given")]
    [InlineData("given++", "given")]
    [InlineData("--given", "given")]
    [InlineData("&given[n]", "given")]
    [InlineData("(int*)&t->Inner", "t")]
    [InlineData("given = other", "given")]
    [InlineData("&n", "&n")]
    [InlineData("Choose(n) + 1", "Choose(n)")]
    public void What_a_pointer_is_computed_from_stands_in_the_middle(string expression, string from)
    {
        var value = Operations($"void* x = {expression};").OfType<IVariableInitializerOperation>().Single().Value;

        Assert.Equal(from, Pointers.Unwrapped(value).Syntax.ToString());
    }

    private static IEnumerable<IOperation> Operations(string statement) => FlowSnippet.OfMembers($$"""
        struct Inner { public int A, B; }
        struct Table { public int Value; public Inner Inner; public fixed int Entries[512]; }
        static Table* Choose(int n) => throw null;
        void M(int n, int* given, int* other, Table* t) { Table local; {{statement}} }
        """).Root.Graph.OriginalOperation.Descendants();
}
