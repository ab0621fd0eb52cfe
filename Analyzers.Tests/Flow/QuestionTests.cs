namespace PteGuard.Analyzers.Tests.Flow;

/// <summary>Conditions about parameters that are asked twice.</summary>
public class QuestionTests
{
    private const string Held = "in: NotNull";
    private const string Unknown = "in: NotNull, null";

    [Theory]
    [InlineData("(n & 1) != 0", "(n & 1) != 0")]
    [InlineData("(n & 1) != 0", "(n & 1) == 0 ? false : true")]
    [InlineData("!((n & 1) == 0)", "(n & 1) != 0")]
    [InlineData("n < 3", "!(n >= 3)")]
    [InlineData("n <= 3", "!(n > 3)")]
    [InlineData("n != 0", "n != 0")]
    [InlineData("(n & 1) == 0", "(n & 1) == 0")]
    [InlineData("((n >> 2) & 3) > 1", "((n >> 2) & 3) > 1")]
    [InlineData("-n < ~n + n * 2", "-n < ~n + n * 2")]
    [InlineData("(long)n > 7L", "(long)n > 7L")]
    [InlineData("flags.HasFlag(System.IO.FileAccess.Read)", "flags.HasFlag(System.IO.FileAccess.Read)")]
    [InlineData("(flags & System.IO.FileAccess.Read) != 0", "(flags & System.IO.FileAccess.Read) != 0")]
    public void The_same_question_has_the_same_answer(string first, string second) => Assert.Equal(Held, Asked(first, second));

    [Theory]
    [InlineData("(n & 1) != 0", "(n & 2) != 0")]
    [InlineData("(n & 1) != 0", "(n & 1) != 1")]
    [InlineData("(n & 1) != 0", "(n | 1) != 0")]
    [InlineData("n < 3", "n <= 3")]
    [InlineData("n < 3", "3 < n")]
    [InlineData("(n & 1) != 0", "(m & 1) != 0")]
    [InlineData("(byte)n > 7", "n > 7")]
    [InlineData("(n & Count()) != 0", "(n & Count()) != 0")]
    [InlineData("(counter & 1) != 0", "(counter & 1) != 0")]
    [InlineData("(local & 1) != 0", "(local & 1) != 0")]
    [InlineData("flags.HasFlag(System.IO.FileAccess.Read)", "flags.HasFlag(System.IO.FileAccess.Write)")]
    [InlineData("(byRef & 1) != 0", "(byRef & 1) != 0")]
    [InlineData("Value > 1", "Value > 1")]
    public void Another_question_may_have_another_answer(string first, string second) => Assert.Equal(Unknown, Asked(first, second));

    [Theory]
    [InlineData("n++;")]
    [InlineData("n = Count();")]
    [InlineData("int* address = &n;")]
    [InlineData("Action a = () => n = 3; a();")]
    [InlineData("ref int alias = ref n; alias = 3;")]
    public void What_may_have_changed_is_asked_anew(string change) => Assert.Equal(Unknown, Asked("(n & 1) != 0", "(n & 1) != 0", change));

    [Theory]
    [InlineData("n >= 0 ? 1 : 2")]
    [InlineData("b ? 1 : 2")]
    public void What_is_asked_in_between_makes_no_difference(string between) => Assert.Equal(Held, Asked("(n & 1) != 0", "(n & 1) != 0", $"Use({between});"));

    [Fact]
    public void The_opposite_question_has_the_opposite_answer() =>
        Assert.Equal("in: null", Nullness("int* p = null; if ((n & 1) != 0) { p = Acquire(); if (p == null) return; } if ((n & 1) == 0) At(\"in\", p);"));

    [Fact]
    public void An_answer_survives_the_ways_that_it_does_not_tell_apart() =>
        Assert.Equal(Held, Asked("(n & 1) != 0", "(n & 1) != 0", "while (Test()) { if (b) continue; Use(1); }"));

    [Fact]
    public void An_answer_that_two_ways_disagree_about_is_open_again() =>
        Assert.Equal("in: Maybe; out: Maybe", Nullness("int* p = Acquire(); if ((n & 1) != 0) Use(1); if ((n & 1) != 0) At(\"in\", p); else At(\"out\", p);"));

    /// <summary>Of the ways that skip the first branch, one knows one answer and one the other: joined, they know neither.</summary>
    [Fact]
    public void Two_questions_at_once_are_a_limit() => Assert.Equal(Unknown, Asked("(n & 1) != 0 && b", "(n & 1) != 0 && b"));

    [Fact]
    public void A_lambda_is_asked_about_its_own_parameters_and_those_around_it() =>
        Assert.Equal(Held, Snippet("Action<int> a = k => { int* p = null; if ((k & n) != 0) { p = Acquire(); if (p == null) return; } if ((k & n) != 0) At(\"in\", p); };").OfLambda().Nullness());

    private static string Asked(string first, string second, string between = "Work();") => Nullness(
        $"int local = Count(); int* p = null; if ({first}) {{ p = Acquire(); if (p == null) return; }} {between} if ({second}) At(\"in\", p);");

    private static string Nullness(string body) => Snippet(body).Nullness();

    private static FlowSnippet Snippet(string body) => FlowSnippet.OfMembers($$"""
        int counter;
        int Value { get; set; }
        static int Count() => 0;
        static bool Test() => true;
        static void Use(int value) { }
        void M(int n, int m, bool b, ref int byRef, System.IO.FileAccess flags) { {{body}} }
        """);
}
