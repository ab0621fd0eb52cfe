using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Tests.Flow;

/// <summary>What follows from methods that call each other: here the names of all that a method can reach.</summary>
public class InferencesTests
{
    private const string Unknown = "?";

    private readonly List<string> _asked = [];
    private readonly Dictionary<string, string[]> _calls = [];
    private readonly Dictionary<string, IMethodSymbol> _methods;
    private readonly Inferences<string> _inferences = new(Unknown);

    public InferencesTests()
    {
        const int Many = 400;
        var snippet = FlowSnippet.OfMembers(string.Concat(Enumerable.Range(0, Many).Select(i => $"void M{i}() {{ }} ")) + "void M() { }");
        _methods = snippet.Root.Symbol.ContainingType.GetMembers().OfType<IMethodSymbol>().Where(m => m.Name.StartsWith('M')).ToDictionary(m => m.Name);
    }

    [Fact]
    public void A_method_is_asked_about_once()
    {
        _calls["M0"] = ["M1", "M2"];
        _calls["M1"] = ["M2"];

        Assert.Equal("M0(M1(M2()) M2())", Of("M0"));
        Assert.Equal("M1(M2())", Of("M1"));
        Assert.Equal("M0(M1(M2()) M2())", Of("M0"));
        Assert.Equal(["M0", "M1", "M2"], _asked);
    }

    [Fact]
    public void What_comes_round_again_is_unknown_there_and_no_answer_depends_on_the_first_question()
    {
        _calls["M0"] = ["M1"];
        _calls["M1"] = ["M0", "M2"];

        Assert.Equal("M0(M1(? M2()))", Of("M0"));
        Assert.Equal("M1(M0(?) M2())", Of("M1"));
        Assert.Equal("M0(M1(? M2()))", Of("M0"));
        Assert.Equal("M1(M0(?) M2())", Of("M1"));
        Assert.Equal(["M0", "M1", "M2", "M1", "M0"], _asked);
    }

    [Fact]
    public void Who_calls_into_a_recursion_gets_the_answer_of_its_own_question()
    {
        _calls["M0"] = ["M1"];
        _calls["M1"] = ["M2"];
        _calls["M2"] = ["M1"];

        Assert.Equal("M1(M2(?))", Of("M1"));
        Assert.Equal("M0(M1(M2(?)))", Of("M0"));
        Assert.Equal(["M1", "M2", "M0", "M1", "M2"], _asked);
    }

    [Fact]
    public void A_chain_is_followed_to_some_depth()
    {
        for (var i = 0; i < 99; i++)
            _calls[$"M{i}"] = [$"M{i + 1}"];

        var answer = Of("M0");
        Assert.Contains("M3(", answer, StringComparison.Ordinal);
        Assert.Contains(Unknown, answer, StringComparison.Ordinal);
        Assert.DoesNotContain("M90", answer, StringComparison.Ordinal);

        // Near its end, the chain is short enough.
        Assert.Equal("M98(M99())", Of("M98"));
    }

    [Fact]
    public void One_question_looks_into_so_many_bodies_and_the_next_into_as_many_again()
    {
        _calls["M0"] = [.. Enumerable.Range(100, 300).Select(i => $"M{i}")];
        _calls["M1"] = ["M398", "M399"];

        Assert.Contains(Unknown, Of("M0"), StringComparison.Ordinal);
        Assert.DoesNotContain("M399", _asked);
        Assert.Equal("M1(M398() M399())", Of("M1"));
    }

    private string Of(string name) => _inferences.Of(_methods[name], Infer);

    private string Infer(IMethodSymbol method, Inferences<string> inferences)
    {
        _asked.Add(method.Name);
        var called = _calls.TryGetValue(method.Name, out var names) ? names : [];
        return $"{method.Name}({string.Join(' ', called.Select(n => inferences.Of(_methods[n], Infer)))})";
    }
}
