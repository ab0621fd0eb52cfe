namespace PteGuard.Analyzers.Tests.Flow;

public class PathTests
{
    [Theory]
    [InlineData("while (b) At(\"in\", p); At(\"out\", p);", "in: Maybe; out: Maybe")]
    [InlineData("while (true) { if (p == null) break; At(\"in\", p); } At(\"out\", p);", "in: NotNull; out: Null")]
    [InlineData("while (p != null) { At(\"in\", p); p = Acquire(); } At(\"out\", p);", "in: NotNull; out: Null")]
    [InlineData("for (int i = 0; i < n; i++) { if (p == null) continue; At(\"in\", p); p++; }", "in: NotNull")]
    [InlineData("foreach (var x in new int[3]) { if (p == null) break; At(\"in\", p); }", "in: NotNull")]
    [InlineData("if (p == null) goto done; At(\"in\", p); done: At(\"out\", p);", "in: NotNull; out: NotNull, Null")]
    [InlineData("while (true) { } At(\"out\", p);", "")]
    [InlineData("if (false) At(\"in\", p); At(\"out\", p);", "out: Maybe")]
    [InlineData("throw new Exception(); At(\"out\", p);", "")]
    [InlineData("lock (this) { if (p == null) return; } At(\"out\", p);", "out: NotNull")]
    [InlineData("using (var x = new System.IO.MemoryStream()) { if (p == null) return; At(\"in\", p); } At(\"out\", p);", "in: NotNull; out: NotNull")]
    [InlineData("fixed (int* q = new int[1]) { At(\"q\", q); if (p == null) return; } At(\"out\", p);", "out: NotNull; q: ?")]
    [InlineData("checked { p += n; } if (p == null) return; p -= 2; --p; At(\"out\", p);", "out: NotNull")]
    [InlineData("p = given; At(\"out\", p);", "out: ?")]
    [InlineData("p = null; At(\"out\", p);", "out: null")]
    [InlineData("int x; p = &x; At(\"out\", p);", "out: address")]
    [InlineData("int** pp = &p; if (p == null) return; At(\"out\", p);", "out: ?")]
    [InlineData("ref int* r = ref p; At(\"out\", p);", "out: ?")]
    [InlineData("Action a = () => p = null; At(\"out\", p);", "out: ?")]
    [InlineData("void Local() { p = null; } At(\"out\", p);", "out: ?")]
    [InlineData("Func<bool> f = () => p == null; if (p == null) return; At(\"out\", p);", "out: NotNull")]
    [InlineData("p = b ? p : given; if (p == null) return; At(\"out\", p);", "out: ?, NotNull")]
    [InlineData("bool ok = p != null & b; if (!ok) At(\"in\", p); else At(\"out\", p);", "in: Maybe; out: NotNull")]
    [InlineData("bool gone = p == null | b; if (gone) At(\"in\", p); else At(\"out\", p);", "in: Maybe; out: NotNull")]
    [InlineData("if (p == null) { ArgumentNullException.ThrowIfNull(p); At(\"in\", p); } At(\"out\", p);", "out: NotNull")]
    [InlineData("int* q = b ? p : Acquire(); if (p == null) return; At(\"out\", q);", "out: Maybe, NotNull")]
    [InlineData("bool c = Unknown(); if (c == true && p == null) return; if (c) At(\"in\", p);", "in: NotNull")]
    [InlineData("bool c = Unknown(); if (true == c && p == null) return; if (c) At(\"in\", p);", "in: NotNull")]
    [InlineData("bool c = Unknown(); if (c == false && p == null) return; if (!c) At(\"in\", p);", "in: NotNull")]
    [InlineData("bool c = Unknown(); if (false != c && p == null) return; if (c) At(\"in\", p);", "in: NotNull")]
    [InlineData("bool c = Unknown(); if (!c & b) { if (c) At(\"in\", p); } At(\"out\", p);", "out: Maybe")]
    [InlineData("bool ok = false; bool r = b & ok; if (r) At(\"in\", p); At(\"out\", p);", "out: Maybe")]
    [InlineData("bool ok = false; bool r = ok & b; if (r) At(\"in\", p); At(\"out\", p);", "out: Maybe")]
    [InlineData("bool ok = true; bool r = b | ok; if (!r) At(\"in\", p); At(\"out\", p);", "out: Maybe")]
    [InlineData("int* q = Acquire(); bool ok = p != null & q != null; if (ok) { At(\"p\", p); At(\"q\", q); }", "p: NotNull; q: Maybe")]
    [InlineData("(p, (b, n)) = (Acquire(), (true, 1)); At(\"out\", p);", "out: Maybe")]
    [InlineData("int* q = p; ((q, b), n) = ((given, true), 1); if (p == null) return; At(\"out\", q);", "out: ?")]
    [InlineData("string s = \"\"; if (s == null) At(\"in\", p); At(\"out\", p);", "out: Maybe")]
    [InlineData("object o = false; if (o == null) At(\"in\", p); At(\"out\", p);", "out: Maybe")]
    [InlineData("int i = 1; if (i == 0) At(\"in\", p); At(\"out\", p);", "out: Maybe")]
    public void Paths_are_followed(string body, string expected) =>
        Assert.Equal(expected, FlowSnippet.OfBody("int* p = Acquire(); " + body).Nullness());

    [Theory]
    [InlineData("Change(out p);", "?")]
    [InlineData("if (p == null) return; Change(out p);", "?")]
    [InlineData("if (p == null) return; var h = new Holder(out p);", "?")]
    [InlineData("if (p == null) return; int* q = p; Change(out q);", "NotNull")]
    [InlineData("int* q = given; if (p == null) return; (p, q) = (q, p); p = q;", "NotNull")]
    [InlineData("if (p == null) return; p = b ? given : given;", "?")]
    [InlineData("p ??= given;", "?, NotNull")]
    [InlineData("if (p == null) return; p = *pp;", "?")]
    [InlineData("if (p == null) return; (b ? ref p : ref field) = given;", "?")]
    [InlineData("field = p; p = field;", "?")]
    [InlineData("if (p == null) return; Look(p, p = given);", "?")]
    [InlineData("if (p == null) return; Action a = () => { int* q = p; };", "NotNull")]
    public void What_a_variable_holds_is_followed(string body, string expected) =>
        Assert.Equal("end: " + expected, FlowSnippet.OfMembers($$"""
            class Holder { public Holder(out int* q) => throw null; }
            int* field;
            static extern void Change(out int* q);
            static void Look(int* q, int* r) { }
            void M(bool b, int* given, int** pp) { int* p = Acquire(); {{body}} At("end", p); }
            """).Nullness());

    [Fact]
    public void A_null_test_at_a_shared_label_stays_tied_to_the_paths_that_lead_there() =>
        Assert.Equal("unmap: NotNull; work: NotNull", FlowSnippet.OfBody("""
            int* p = null;
            if (b) goto done;
            p = Acquire();
            if (p == null) goto done;
            At("work", p);
            done:
            if (p != null) At("unmap", p);
            """).Nullness());

    [Fact]
    public void A_flag_says_whether_the_handle_is_there() =>
        Assert.Equal("unmap: NotNull", FlowSnippet.OfBody("""
            int* p = null;
            bool mapped = false;
            if (Unknown())
            {
                p = Acquire();
                if (p == null) return;
                mapped = true;
            }
            Work();
            if (mapped) At("unmap", p);
            """).Nullness());

    [Fact]
    public void One_unknown_condition_asked_twice_gives_one_answer() =>
        Assert.Equal("unmap: NotNull", FlowSnippet.OfBody("""
            int* p = null;
            if (b) { p = Acquire(); if (p == null) return; }
            while (n-- > 0) Work();
            if (b) At("unmap", p);
            """).Nullness());

    [Fact]
    public void Two_calls_of_an_unknown_condition_are_two_answers() =>
        Assert.Equal("unmap: NotNull, null", FlowSnippet.OfBody("""
            int* p = null;
            if (Unknown()) { p = Acquire(); if (p == null) return; }
            if (Unknown()) At("unmap", p);
            """).Nullness());

    [Fact]
    public void Acquiring_again_in_a_loop_starts_unchecked_and_forgets_the_old_handle() =>
        Assert.Equal("new: Maybe; old: ?, null", FlowSnippet.OfBody("""
            int* old = null;
            while (Unknown())
            {
                int* p = Acquire();
                At("new", p);
                At("old", old);
                if (p == null) break;
                old = p;
            }
            """).Nullness());

    [Fact]
    public void Variables_that_are_equal_on_all_ways_are_equal_where_they_meet() =>
        Assert.Equal("end: NotNull", FlowSnippet.OfBody("""
            bool x = Unknown(), y = x;
            while (Unknown()) { x = Unknown(); y = x; }
            int* p = null;
            if (x) { p = Acquire(); if (p == null) return; }
            if (y) At("end", p);
            """).Nullness());

    [Fact]
    public void Finally_runs_once_for_each_way_in_and_the_ways_do_not_mix() =>
        Assert.Equal("after: NotNull; finally: NotNull, Null", FlowSnippet.OfBody("""
            int* p = Acquire();
            try
            {
                if (p == null) return;
            }
            finally
            {
                At("finally", p);
            }
            At("after", p);
            """).Nullness());

    [Theory]
    [InlineData("try {", "} finally { Work(); }")]
    [InlineData("try {", "} catch { Work(); } finally { Work(); }")]
    [InlineData("try {", "} catch (Exception e) when (Unknown()) { Work(); }")]
    [InlineData("lock (this) {", "}")]
    public void The_code_around_a_lambda_does_not_catch_what_it_throws(string before, string after) =>
        Assert.Equal("end: NotNull; inner: NotNull", FlowSnippet.OfBody($$"""
            if (b) Work();
            {{before}}
            Work();
            Action a = () =>
            {
                int* p = Acquire();
                if (p == null) return;
                try { Work(); } finally { At("inner", p); }
                At("end", p);
                if (Unknown()) throw new Exception();
            };
            void Local() { Work(); if (Unknown()) throw new Exception(); }
            {{after}}
            """).OfLambda().Nullness());

    [Fact]
    public void Nested_finallys_run_from_the_inside() =>
        Assert.Equal("after: NotNull; inner: NotNull, Null; outer: NotNull, Null", FlowSnippet.OfBody("""
            int* p = Acquire();
            try
            {
                try { if (p == null) return; }
                finally { At("inner", p); try { Work(); } finally { p++; } }
            }
            finally { At("outer", p); }
            At("after", p);
            """).Nullness());

    [Fact]
    public void A_catch_sees_what_was_true_before_the_call_that_threw() =>
        Assert.Equal("catch: NotNull, null", FlowSnippet.OfBody("""
            int* p = null;
            try
            {
                p = Acquire();
                if (p == null) return;
                Work();
            }
            catch (Exception e) when (Unknown()) { At("catch", p); }
            """).Nullness());

    [Fact]
    public void A_throw_leaves_through_its_finally_to_the_outer_catch() =>
        Assert.Equal("catch: Null; finally: Null", FlowSnippet.OfBody("""
            int* p = Acquire();
            Exception e = null;
            try
            {
                try { if (p == null) throw e; return; }
                finally { if (p == null) At("finally", p); }
            }
            catch { At("catch", p); }
            """).Nullness());

    [Fact]
    public void Async_iterator_lambda_and_local_function_bodies_are_bodies()
    {
        Assert.Equal("in: NotNull", FlowSnippet.OfMembers("""async Task M() { await Task.Yield(); unsafe { int* p = Acquire(); if (p == null) return; At("in", p); } }""").Nullness());
        Assert.Equal("in: NotNull", FlowSnippet.OfMembers("""IEnumerable<int> M() { yield return 1; unsafe { int* p = Acquire(); if (p == null) yield break; At("in", p); } }""").Nullness());
        Assert.Equal("in: Maybe", FlowSnippet.OfMembers("""void M() => At("in", Acquire());""").Nullness());
    }
}
