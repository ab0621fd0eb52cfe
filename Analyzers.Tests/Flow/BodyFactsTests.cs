using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Tests.Flow;

/// <summary>What holds of variables in all of a body. <c>M(int n, int m, int* p, S s)</c> has locals of its own.</summary>
public class BodyFactsTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Use(n); Use(p);", "")]
    [InlineData("n = 3;", "written n")]
    [InlineData("n += 3; m++; --n;", "written m n")]
    [InlineData("(n, m) = (3, 4);", "written m n")]
    [InlineData("(n, (m, _)) = (3, (4, 5));", "written m n")]
    [InlineData("(n > 3 ? ref n : ref m) = 4;", "written m n")]
    [InlineData("var x = 3;", "")]
    [InlineData("Change(ref n); Fill(out m);", "written m n")]
    [InlineData("Fill(out var x);", "written x")]
    [InlineData("Look(in n);", "")]
    [InlineData("var x = &n;", "opaque n")]
    [InlineData("ref int x = ref n;", "opaque n x")]
    [InlineData("ref int x = ref n; x = ref m;", "opaque m n x")]
    [InlineData("ref int x = ref field;", "opaque x")]
    [InlineData("Action a = () => Use(n);", "captured n")]
    [InlineData("Action a = () => n = 3;", "captured n; opaque n; written n")]
    [InlineData("void Local() { m++; Use(n); } Local();", "captured m n; opaque m; written m")]
    [InlineData("void Local(int x) { x++; } Local(3);", "written x")]
    [InlineData("Action a = () => { int x = 0; x++; };", "written x")]
    [InlineData("Action a = () => { int x = 0; Action b = () => x++; };", "captured x; opaque x; written x")]
    [InlineData("Action a = () => Change(ref n);", "captured n; opaque n; written n")]
    [InlineData("S t;", "unset t; carriers")]
    [InlineData("S t = default;", "carriers")]
    [InlineData("Plain t;", "unset t")]
    [InlineData("int x; double y; string z;", "")]
    [InlineData("Make(out S t);", "written t; carriers")]
    [InlineData("Make(out var t);", "written t; carriers")]
    [InlineData("s.P = null;", "written s; written P")]
    [InlineData("s.Inner.N = 3;", "written s; written Inner N")]
    [InlineData("field = 3;", "written field")]
    [InlineData("Auto = 3;", "written Auto")]
    [InlineData("*p = 3;", "written p")]
    [InlineData("fixed (int* x = &field) { }", "")]
    [InlineData("var x = &s;", "aliased s; opaque s")]
    [InlineData("var x = &s.P;", "aliased s")]
    [InlineData("var x = &s.Inner.N;", "aliased s")]
    [InlineData("ref int* x = ref s.P;", "aliased s; opaque x")]
    [InlineData("ref S x = ref s;", "aliased s; opaque s x; carriers")]
    [InlineData("ref S x = ref s; x = ref Get(ref s);", "aliased s x; opaque s x; written s; carriers")]
    [InlineData("Get(ref s).N = 3;", "aliased s; written s; written N")]
    [InlineData("Change(ref s.N);", "written s; written N")]
    public void Variables_are_hidden_captured_written_or_unset(string body, string facts) => Assert.Equal(facts, Describe(FlowSnippet.OfMembers($$"""
        struct Inner { public int N; }
        struct S { public int* P; public int N; public Inner Inner; }
        struct Plain { public int N; }
        int field;
        int Auto { get; set; }
        static void Use(int x) { }
        static void Use(int* x) { }
        static void Change(ref int x) { }
        static void Look(in int x) { }
        static void Fill(out int x) => x = 3;
        static void Make(out S s) => s = default;
        static ref S Get(ref S s) => ref s;
        void M(int n, int m, int* p, S s) { {{body}} }
        """)));

    [Fact]
    public void A_struct_is_aliased_by_the_type_of_its_this()
    {
        var snippet = FlowSnippet.OfMembers("void M() { } struct S { public int* P; ref int* Ref() { M(); return ref P; } void M() { ref int* x = ref P; } }");
        var type = (INamedTypeSymbol)snippet.Root.Symbol.ContainingSymbol;

        Assert.True(snippet.Facts.IsAliased(type));
    }

    private static string Describe(FlowSnippet snippet)
    {
        var facts = snippet.Facts;
        var operations = snippet.Root.Graph.OriginalOperation.Descendants().ToList();
        List<ISymbol> variables = [.. operations.Select(BodyFacts.Variable).OfType<ISymbol>(), .. operations.OfType<IVariableDeclaratorOperation>().Select(d => d.Symbol), .. ((IMethodSymbol)snippet.Root.Symbol).Parameters];
        var members = operations.OfType<IMemberReferenceOperation>().Select(m => m.Member).Where(m => m is IFieldSymbol or IPropertySymbol);
        return string.Join("; ", new[]
        {
            Named("aliased", variables, facts.IsAliased),
            Named("captured", variables, facts.IsCaptured),
            Named("opaque", variables, facts.IsOpaque),
            Named("unset", variables, v => v is ILocalSymbol local && facts.IsDeclaredUnset(local)),
            Named("written", variables, facts.Writes),
            Named("written", members, facts.Writes),
            facts.HasCarriers ? "carriers" : "",
        }.Where(part => part.Length > 0));
    }

    private static string Named(string what, IEnumerable<ISymbol> symbols, Func<ISymbol, bool> isMeant)
    {
        var names = symbols.Where(isMeant).Select(s => s.Name).Distinct().Order(StringComparer.Ordinal).ToList();
        return names.Count == 0 ? "" : $"{what} {string.Join(' ', names)}";
    }
}
