namespace PteGuard.Analyzers.Tests.Flow;

public class SummaryTests
{
    [Theory]
    [InlineData("static int* Wrap() => Acquire();", "p = Wrap();", "Maybe")]
    [InlineData("static int* Wrap() { return Acquire() + 1; }", "p = Wrap();", "Maybe")]
    [InlineData("static int* Wrap() { int* q = Acquire(); if (q == null) return null; return q + 1; }", "p = Wrap();", "Maybe")]
    [InlineData("static int* Wrap(bool b) { if (b) return null; int* q = Acquire(); if (q == null) throw new Exception(); return q; }", "p = Wrap(b);", "Maybe")]
    [InlineData("static int* Wrap() { int* q; while ((q = Acquire()) == null) Work(); return q; }", "p = Wrap();", "?")]
    [InlineData("static int* Wrap() { int* q = Acquire(); if (q == null) throw new Exception(); return q; }", "p = Wrap();", "?")]
    [InlineData("static int* Wrap() { return null; }", "p = Wrap();", "?")]
    [InlineData("static int* Wrap(int* q) { return q; }", "p = Wrap(given);", "?")]
    [InlineData("static int* Inner() => Acquire(); static int* Wrap() => Inner();", "p = Wrap();", "Maybe")]
    [InlineData("static int* Wrap(int n) => n == 0 ? Acquire() : Wrap(n - 1);", "p = Wrap(n);", "Maybe")]
    [InlineData("static int* Even(int n) => n == 0 ? Acquire() : Odd(n - 1); static int* Odd(int n) => Even(n - 1);", "p = Odd(n);", "Maybe")]
    [InlineData("static int* Odd(int n) => Even(n - 1); static int* Even(int n) => Odd(n - 1);", "p = Odd(n);", "?")]
    [InlineData("static bool Try(out int* q) { q = Acquire(); return q != null; }", "if (!Try(out p)) return;", "NotNull")]
    [InlineData("static bool Try(out int* q) { q = Acquire(); if (q == null) return false; return true; }", "Try(out p);", "Maybe")]
    [InlineData("static bool Try(out int* q) { q = Acquire(); return true; }", "Try(out p);", "?")]
    [InlineData("static bool Try(out int* q) => TryAcquire(out q);", "Try(out p);", "Maybe")]
    [InlineData("static bool Try(out int* q) { q = null; if (Unknown()) return true; q = Acquire(); return q != null; }", "Try(out p);", "?")]
    [InlineData("static bool Try(out int* q) { q = null; if (Unknown()) return false; q = Acquire(); return q != null; }", "Try(out p);", "Maybe")]
    [InlineData("static bool Try(int* other, out int* q) { q = other; if (Unknown()) return true; q = Acquire(); return q != null; }", "Try(given, out p);", "?")]
    [InlineData("static bool Try(int* other, out int* q) { q = other; if (Unknown()) return false; q = Acquire(); return q != null; }", "Try(given, out p);", "Maybe")]
    [InlineData("static bool Try(out int* q) { q = Acquire(); return Unknown(); }", "Try(out p);", "?")]
    [InlineData("static bool Try(out int* q) { q = Acquire(); int* r = Acquire(); return r != null; }", "Try(out p);", "?")]
    [InlineData("virtual int* Wrap() => Acquire();", "p = Wrap();", "?")]
    [InlineData("", "int* Local() => Acquire(); p = Local();", "Maybe")]
    [InlineData("", "int* Local() { int* q = Acquire(); return q == null ? given : q; } p = Local();", "?")]
    public void What_a_method_hands_out_is_seen_in_its_body(string helper, string body, string expected) =>
        Assert.Equal("end: " + expected, Run(helper, $$"""int* p = given; {{body}} At("end", p);"""));

    [Theory]
    [InlineData("static bool Is(int* q) => q == null;", "if (Is(p)) return;", "NotNull")]
    [InlineData("static bool Is(int* q) => q == null;", "p++; if (Is(p)) return;", "Maybe")]
    [InlineData("static bool Is(int* q) => q == null;", "int* r = p + 1; if (p == null || Is(r)) return;", "NotNull")]
    [InlineData("static bool Is(int* q) => Other(q); static bool Other(int* q) => q == null;", "if (Is(p)) return;", "NotNull")]
    [InlineData("static bool Has(int* q) => q != null && *q != 0;", "if (!Has(p)) return;", "NotNull")]
    [InlineData("static bool Has(int* q) => q != null && *q != 0;", "if (Has(p)) return;", "Maybe")]
    [InlineData("static bool Has(int* q) { q = null; return true; }", "if (!Has(p)) return;", "Maybe")]
    [InlineData("static void Want(int* q) { if (q is null) throw new Exception(); Work(); }", "Want(p);", "NotNull")]
    [InlineData("static int Want(int* q) { if (q is null) throw new Exception(); return *q; }", "int x = Want(p);", "NotNull")]
    [InlineData("static void Want(int* q) { if (q is null) return; Work(); }", "Want(p);", "Maybe")]
    [InlineData("static void Want(int* q) { if (q is null) throw new Exception(); q = Acquire(); if (Unknown()) Work(); }", "Want(p);", "NotNull")]
    [InlineData("static int Code(int* q) => q == null ? -1 : 0;", "if (Code(p) < 0) return;", "Lost")]
    [InlineData("static int Code(int* q) => q != null ? 0 : -1;", "if (Code(p) < 0) return;", "Lost")]
    [InlineData("static int* Next(int* q) => q == null ? null : q + 1;", "if (Next(p) == null) return;", "Lost")]
    [InlineData("static int Code(int* q) => q == null ? -1 : 0;", "if (p == null) return; int x = Code(p);", "NotNull")]
    [InlineData("static int Code(int* q) => 0;", "if (Code(p) < 0) return;", "Maybe")]
    [InlineData("static bool Loop(int* q) => Loop(q);", "if (Loop(p)) return;", "Maybe")]
    [InlineData("", "bool Local(int* q) => q == null; if (Local(p)) return;", "NotNull")]
    public void What_a_method_tests_is_seen_in_its_body(string helper, string body, string expected) =>
        Assert.Equal("end: " + expected, Run(helper, $$"""int* p = Acquire(); {{body}} At("end", p);"""));

    [Theory]
    [InlineData("static void Want(bool x) { if (!x) throw new Exception(); }", "Want(p != null);", "NotNull")]
    [InlineData("static void Want(string text, bool x, int n = 1) { if (x) { Work(); return; } throw new Exception(text); }", "Want(x: p != null && b, text: \"\");", "NotNull")]
    [InlineData("static void Bug(bool x) { if (x) throw new Exception(); }", "Bug(p == null || b);", "NotNull")]
    [InlineData("static void Outer(bool x) => Want(x); static void Want(bool x) { if (!x) throw new Exception(); }", "Outer(p != null);", "NotNull")]
    [InlineData("", "void Want(bool x) { if (!x) throw new Exception(); } Want(p != null);", "NotNull")]
    [InlineData("static void Log(bool x) { if (!x) Work(); }", "Log(p != null);", "Maybe")]
    [InlineData("static void Fix(bool x) { if (!x) x = true; }", "Fix(p != null);", "Maybe")]
    [InlineData("static void Fix(bool x) { x = Unknown(); if (!x) throw new Exception(); }", "Fix(p != null);", "Maybe")]
    [InlineData("static void Loop(bool x) => Loop(x);", "Loop(p != null);", "Maybe")]
    public void What_a_method_asserts_is_seen_in_its_body(string helper, string body, string expected) =>
        Assert.Equal("end: " + expected, Run(helper, $$"""int* p = Acquire(); {{body}} At("end", p);"""));

    [Theory]
    [InlineData("static void Die() { throw new Exception(); }")]
    [InlineData("static void Die() => throw new Exception();")]
    [InlineData("static void Die() { Work(); while (true) Work(); }")]
    [InlineData("static void Die() { for (;;) { } }")]
    [InlineData("static void Die() { Work(); Environment.FailFast(null); }")]
    [InlineData("static void Die() => Halt(); static void Halt() { Work(); for (;;) ; }")]
    public void A_method_that_never_returns_ends_the_path(string helper) =>
        Assert.Equal("end: NotNull", Run(helper, """int* p = Acquire(); if (p == null) Die(); At("end", p);"""));

    [Theory]
    [InlineData("static void Die(bool b) { if (b) return; throw new Exception(); }")]
    [InlineData("static void Die(bool b) { while (true) { if (b) break; } }")]
    [InlineData("static void Die(bool b) { while (b) { } }")]
    [InlineData("static void Die(bool b) => Die(b);")]
    public void A_method_that_may_return_does_not(string helper) =>
        Assert.Equal("end: Maybe, Null", Run(helper, """int* p = Acquire(); if (p == null) Die(b); At("end", p);""").Replace("Maybe, NotNull", "Maybe").Replace("NotNull, Null", "Maybe, Null"));

    [Fact]
    public void Methods_that_all_call_each_other_are_given_up_in_bounded_time()
    {
        var methods = string.Concat(Enumerable.Range(0, 12).Select(i =>
            $"static int* M{i}(int n) {{ {string.Concat(Enumerable.Range(0, 12).Select(j => $"if (n == {j}) return M{j}(n - 1); "))} return Acquire(); }} "));

        Assert.Equal("end: Maybe", Run(methods, """int* p = M3(n); At("end", p);"""));
    }

    [Fact]
    public void A_wrapper_hands_on_the_companion_too() =>
        Assert.Equal("end: Maybe", Run(
            "static int* Wrap(out object o) => AcquireWith(out o);",
            """int* p = Wrap(out var o); At("end", p);"""));

    private static string Run(string helpers, string body) =>
        FlowSnippet.OfMembers($$"""{{helpers}} void M(int n, bool b, int* given) { {{body}} }""").Nullness();
}
