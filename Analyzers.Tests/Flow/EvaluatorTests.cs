namespace PteGuard.Analyzers.Tests.Flow;

/// <summary>What is known of conditions without knowing what is unknown.</summary>
public class EvaluatorTests
{
    [Theory]
    [InlineData("three < four", "true")]
    [InlineData("three < 3", "false")]
    [InlineData("three <= 3", "true")]
    [InlineData("three <= 2", "false")]
    [InlineData("three > 2", "true")]
    [InlineData("three > 3", "false")]
    [InlineData("three >= 3", "true")]
    [InlineData("three >= 4", "false")]
    [InlineData("three == 3", "true")]
    [InlineData("three == four", "false")]
    [InlineData("three != 3", "false")]
    [InlineData("three != four", "true")]
    [InlineData("(byte)three == four - 1", "false, true")]
    [InlineData("big == 18446744073709551615", "true")]
    [InlineData("big > 9223372036854775807", "true")]
    [InlineData("three == n", "false, true")]
    [InlineData("three < n", "false, true")]
    [InlineData("n > three", "false, true")]
    public void Numbers_are_compared(string condition, string ways) => AssertWays(condition, ways);

    [Theory]
    [InlineData("three is 3", "true")]
    [InlineData("three is not 3", "false")]
    [InlineData("three is > 2 and < 4", "true")]
    [InlineData("three is > 3 and < 5", "false")]
    [InlineData("three is < 2 or > 2", "true")]
    [InlineData("three is 1 or 2", "false")]
    [InlineData("three is <= 2", "false")]
    [InlineData("three is >= 3", "true")]
    [InlineData("three is var v", "true")]
    [InlineData("three is not (1 or 2)", "true")]
    [InlineData("none is null", "true")]
    [InlineData("none is not null", "false")]
    [InlineData("none is string s", "false")]
    [InlineData("none is { }", "false")]
    [InlineData("some is string", "false, true")]
    [InlineData("some is null", "false, true")]
    [InlineData("n is 3", "false, true")]
    [InlineData("n is > 3 or _", "true")]
    public void Patterns_are_matched(string condition, string ways) => AssertWays(condition, ways);

    [Theory]
    [InlineData("zero == null", "true")]
    [InlineData("null == zero", "true")]
    [InlineData("zero != null", "false")]
    [InlineData("there == null", "false")]
    [InlineData("null != there", "true")]
    [InlineData("(nint)zero == IntPtr.Zero", "true")]
    [InlineData("(nuint)zero == UIntPtr.Zero", "true")]
    [InlineData("IntPtr.Zero != (nint)there", "true")]
    [InlineData("(nint)zero == nint.Zero", "true")]
    [InlineData("(ulong)zero == 0", "true")]
    [InlineData("none == null", "true")]
    [InlineData("text == null", "false")]
    [InlineData("some == null", "false, true")]
    [InlineData("p == null", "false, true")]
    [InlineData("p == q", "false, true")]
    [InlineData("p == given", "false, true")]
    [InlineData("p + 1 == null", "false, true")]
    public void Null_is_null_and_an_address_is_not(string condition, string ways) => AssertWays(condition, ways);

    [Theory]
    [InlineData("Flag", "false, true")]
    [InlineData("!(three == 3)", "false")]
    [InlineData("three == 3 & Flag", "false, true")]
    [InlineData("three == 4 & Flag", "false")]
    [InlineData("Flag & three == 4", "false")]
    [InlineData("three == 3 | Flag", "true")]
    [InlineData("Flag | three == 3", "true")]
    [InlineData("Flag | three == 4", "false, true")]
    [InlineData("three == 3 && three == 4", "false")]
    [InlineData("three == 3 || Flag", "true")]
    [InlineData("(three == 3) == true", "true")]
    [InlineData("true != (three == 3)", "false")]
    [InlineData("three == 3 ? Flag : true", "false, true")]
    [InlineData("three == 4 ? Flag : true", "true")]
    public void Logic_is_followed(string condition, string ways) => AssertWays(condition, ways);

    [Theory]
    [InlineData("p == null", "false")]
    [InlineData("p != null", "true")]
    [InlineData("null == p", "false")]
    [InlineData("p is null", "false")]
    [InlineData("(ulong)p > 0", "true")]
    [InlineData("0 < (ulong)p", "true")]
    [InlineData("0 > (ulong)p", "false, true")]
    [InlineData("(ulong)p < 1", "false, true")]
    [InlineData("(p == null) == false", "true")]
    [InlineData("true == (p != null)", "true")]
    [InlineData("false == (p != null)", "false")]
    [InlineData("p + 1 == null", "false")]
    [InlineData("q == null", "false")]
    [InlineData("(p == null) & Flag", "false")]
    [InlineData("(p != null) | Flag", "true")]
    public void What_was_tested_is_known(string condition, string ways) => AssertWays(condition, ways, "if (p == null) return;");

    [Theory]
    [InlineData("(p == null) == true", "Null", "NotNull")]
    [InlineData("(p == null) == false", "NotNull", "Null")]
    [InlineData("true == (p == null)", "Null", "NotNull")]
    [InlineData("false == (p == null)", "NotNull", "Null")]
    [InlineData("p == null & Flag", "Null", "Maybe")]
    [InlineData("Flag & p == null", "Null", "Maybe")]
    [InlineData("p == null | Flag", "Maybe", "NotNull")]
    [InlineData("Flag | p != null", "Maybe", "Null")]
    [InlineData("p == null & three == 3", "Null", "NotNull")]
    [InlineData("three == 3 & p == null", "Null", "NotNull")]
    [InlineData("p + n == null", "Null", "NotNull")]
    [InlineData("p + 1 == null", "Maybe", "Maybe")]
    [InlineData("1 + p == null", "Maybe", "Maybe")]
    [InlineData("p - 1 == null", "Maybe", "Maybe")]
    [InlineData("p + 0 == null", "Null", "NotNull")]
    [InlineData("&p[0] == null", "Null", "NotNull")]
    [InlineData("(int*)(ulong)p == null", "Null", "NotNull")]
    [InlineData("(q = p) == null", "Null", "NotNull")]
    public void A_test_tells_about_the_handle(string condition, string whenTrue, string whenFalse) =>
        Assert.Equal($"false: {whenFalse}; true: {whenTrue}", FlowSnippet.OfBody($"{Locals} if ({condition}) At(\"true\", p); else At(\"false\", p);").Nullness());

    private const string Locals = """
        int three = 3; long four = 4; ulong big = 18446744073709551615; object none = null, some = Unknown() ? "" : null; string text = "";
        int x = 0; int* zero = null; int* there = &x; int* p = Acquire(); int* q = p;
        """;

    private static void AssertWays(string condition, string ways, string before = "") =>
        Assert.Equal(
            ways,
            string.Join(", ", FlowSnippet.OfBody($"{Locals} {before} if ({condition}) Reached(\"true\"); else Reached(\"false\");").Nullness().Split("; ").Select(way => way.Split(':')[0])));
}
