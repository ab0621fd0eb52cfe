namespace PteGuard.Analyzers.Tests.Flow;

public class NullTestTests
{
    public static TheoryData<string, string> ConditionsThatMeanNull => new()
    {
        { "p == null", "p != null" },
        { "null == p", "null != p" },
        { "p == default", "p != default" },
        { "p == default(int*)", "p != default(int*)" },
        { "p == (int*)0", "p != (int*)0" },
        { "p == (void*)0", "(void*)0 != p" },
        { "p is null", "p is not null" },
        { "!(p is not null)", "!(p is null)" },
        { "(nint)p == 0", "(nint)p != 0" },
        { "(nuint)p == 0", "0 != (nuint)p" },
        { "(ulong)p == 0", "(ulong)p != 0UL" },
        { "(long)p == 0L", "(long)p != 0" },
        { "(IntPtr)p == IntPtr.Zero", "(nint)p != nint.Zero" },
        { "(UIntPtr)p == UIntPtr.Zero", "(nuint)p != nuint.Zero" },
        { "!((nuint)p > 0)", "(ulong)p > 0" },
        { "!(0 < (nuint)p)", "0 < (ulong)p" },
        { "true == (p == null)", "false == (p == null)" },
        { "(p == null) == true", "(p == null) == false" },
        { "p == null || p == null", "p != null && p != null" },
        { "p == null | p == null", "p != null & p != null" },
        { "p == null ? true : false", "p == null ? false : true" },
        { "p switch { null => true, _ => false }", "p switch { null => false, _ => true }" },
        { "(nint)p is 0", "(nint)p is not 0" },
        { "(nuint)p is not > 0", "(ulong)p is > 0" },
        { "IsNull(p)", "!IsNull(p)" },
        { "!HasTable(p)", "HasTable(p)" },
        { "!Annotated(p)", "Annotated(p)" },
    };

    [Theory]
    [MemberData(nameof(ConditionsThatMeanNull))]
    public void Condition_refines_both_ways(string isNull, string isNotNull)
    {
        Assert.Equal("no: NotNull; yes: Null", Branches(isNull));
        Assert.Equal("no: Null; yes: NotNull", Branches(isNotNull));
        Assert.Equal("no: NotNull; yes: Null", Branches($"!({isNotNull})"));

        static string Branches(string condition) => Run($$"""
            int* p = Acquire();
            if ({{condition}}) At("yes", p); else At("no", p);
            """).Replace("no: Maybe, Null", "no: Null").Replace("yes: Maybe, Null", "yes: Null").Replace("no: Maybe", "no: Null").Replace("yes: Maybe", "yes: Null");
    }

    [Theory]
    [MemberData(nameof(ConditionsThatMeanNull))]
    public void Bool_local_holds_a_test(string isNull, string isNotNull)
    {
        Assert.Equal("end: NotNull", Run($$"""int* p = Acquire(); bool gone = {{isNull}}; Work(); if (gone) return; At("end", p);"""));
        Assert.Equal("end: NotNull", Run($$"""int* p = Acquire(); var ok = {{isNotNull}}; bool not = !ok; if (not) return; At("end", p);"""));
    }

    [Theory]
    [InlineData("if ((p = Acquire()) == null) return;")]
    [InlineData("if (null == (p = Acquire())) return;")]
    [InlineData("if ((p = Acquire()) is null) return;")]
    [InlineData("p = Acquire(); if (p == null) throw new Exception();")]
    [InlineData("p = Acquire(); if (p == null) Fail();")]
    [InlineData("p = Acquire(); if (p == null) Throw();")]
    [InlineData("p = Acquire(); if (p == null) { Environment.FailFast(\"\"); return; }")]
    [InlineData("p = Acquire(); Debug.Assert(p != null);")]
    [InlineData("p = Acquire(); Debug.Assert(p != null, \"no table\");")]
    [InlineData("p = Acquire(); Trace.Assert(p != null);")]
    [InlineData("p = Acquire(); ArgumentNullException.ThrowIfNull(p);")]
    [InlineData("p = Acquire(); Require(p);")]
    [InlineData("p = Acquire(); FailIf(p == null);")]
    [InlineData("p = Acquire(); FailUnless(p != null);")]
    [InlineData("if (!TryAcquire(out p)) return;")]
    [InlineData("if (TryAcquire(out p) == false) return;")]
    [InlineData("if (!TryAcquire(out int* q)) return; p = q;")]
    [InlineData("bool ok = TryAcquire(out p); if (!ok) return;")]
    [InlineData("while ((p = Acquire()) == null) Work();")]
    [InlineData("do { p = Acquire(); } while (p == null);")]
    [InlineData("for (p = Acquire(); p == null; p = Acquire()) Work();")]
    [InlineData("again: p = Acquire(); if (p == null) goto again;")]
    [InlineData("p = Acquire(); switch ((nint)p) { case 0: return; }")]
    [InlineData("p = Acquire(); switch (p) { case null: return; }")]
    [InlineData("p = Acquire(); switch (p == null) { case true: return; }")]
    [InlineData("p = Acquire(); var ok = true; if (p == null) ok = false; if (!ok) return;")]
    [InlineData("p = Acquire(); int error = 0; if (p == null) error = -1; if (error < 0) return;")]
    [InlineData("p = Acquire(); int error = 0; if (p == null) error = -1; if (error != 0) return;")]
    [InlineData("p = Acquire(); int e = 1; if (p == null) e = 0; if (e <= 0) return;")]
    [InlineData("p = Acquire(); int e = 1; if (p == null) e = 0; if (!(e > 0)) return;")]
    [InlineData("p = Acquire(); int e = 0; if (p == null) e = -1; if (!(e >= 0)) return;")]
    [InlineData("p = Acquire(); int e = 0; if (p == null) e = -1; if (e is -1 or -2) return;")]
    [InlineData("p = Acquire(); int e = 0; if (p == null) e = -1; if (e is < 0 and > -5) return;")]
    [InlineData("p = Acquire(); int e = 0; if (p == null) e = -1; if (!(e is 0 and > -1)) return;")]
    [InlineData("p = Acquire(); bool ok = b; ok &= p != null; if (!ok) return;")]
    [InlineData("p = Acquire(); if (p == null || n > 3) return;")]
    [InlineData("p = Acquire(); if (!(p != null && n > 3)) return;")]
    [InlineData("p = Acquire(); if (b ? p == null : p is null) return;")]
    [InlineData("p = b ? Acquire() : Acquire(); if (p == null) return;")]
    [InlineData("p = Acquire(); int* q = p; if (q == null) return;")]
    [InlineData("p = Acquire(); int* q = p + 1; q++; if (p == null) return; p = q;")]
    [InlineData("p = Acquire(); void* q = p; byte* r = (byte*)q; if (r == null) return; p = (int*)r;")]
    [InlineData("p = Acquire(); if ((p is var q) && q == null) return;")]
    [InlineData("int* q; (p, q) = (Acquire(), given); if (p == null) return;")]
    public void After_the_check_the_handle_is_not_null(string check)
    {
        Assert.Equal("end: NotNull", Run($$"""int* p = given; {{check}} At("end", p);"""));
    }

    [Theory]
    [InlineData("if (b && p != null) Work();")]
    [InlineData("if (p != given) return;")]
    [InlineData("bool ok = p != null; ok = true; if (!ok) return;")]
    [InlineData("bool ok = p != null; p = Acquire(); if (!ok) return;")]
    [InlineData("if (p == null) Work();")]
    [InlineData("if (p == null) Fill();")]
    [InlineData("Odd(p == null);")]
    [InlineData("if (p == null && b) return;")]
    [InlineData("Look(p);")]
    [InlineData("p = Acquire();")]
    public void What_is_not_a_check_leaves_the_handle_unchecked(string other)
    {
        var seen = Run($$"""int* p = Acquire(); {{other}} At("end", p);""");

        Assert.True(seen.Contains("Maybe", StringComparison.Ordinal) || seen.Contains(" Null", StringComparison.Ordinal), seen);
    }

    [Theory]
    [InlineData("Trace.Assert(p != null);", "NotNull")]
    [InlineData("Trace.Assert(b, p != null);", "Maybe")]
    [InlineData("Trace.Look(p != null);", "Maybe")]
    [InlineData("Mine.Debug.Assert(p != null);", "Maybe")]
    public void An_assertion_of_an_old_framework_is_known_by_its_name(string check, string expected) =>
        Assert.Equal("end: " + expected, FlowSnippet.OfMembers($$"""
            void M(bool b) { int* p = Acquire(); {{check}} At("end", p); } }
            namespace Mine { static class Debug { public static extern void Assert(bool condition); } }
            namespace System.Diagnostics
            {
                static class Trace
                {
                    public static extern void Assert(bool condition);
                    public static extern void Assert(bool condition, bool detail);
                    public static extern void Look(bool condition);
                }
            """).Nullness());

    private static string Run(string body) => FlowSnippet.OfMembers($$"""
        static bool IsNull(int* p) => p == null;
        static bool HasTable(int* p) { if (p == null) return false; return true; }
        static extern bool Annotated([NotNullWhen(true)] int* p);
        static void Require(int* p) { if (p == null) throw new Exception(); }
        [DoesNotReturn] static void Fail() => throw null;
        static void Throw() { Work(); throw new Exception(); }
        static void FailIf([DoesNotReturnIf(true)] bool failed) { }
        string text;
        [MemberNotNull(nameof(text))] void Fill() => text = "";
        static void Odd([NotNullWhen(true)] bool ok) { }
        static void FailUnless([DoesNotReturnIf(false)] bool ok) { }
        static void Look(int* p) { }
        void M(int n, bool b, int* given) { {{body}} }
        """).Nullness();
}
