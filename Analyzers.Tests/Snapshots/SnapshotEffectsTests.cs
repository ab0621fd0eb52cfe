using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using PteGuard.Analyzers.Snapshots;

namespace PteGuard.Analyzers.Tests.Snapshots;

/// <summary>What may stand between two reads of one entry.</summary>
public class SnapshotEffectsTests
{
    private const string Members = """
            readonly unsafe Pte* _fixed;
            unsafe Pte* _field;
            static int s_count;
            static readonly object s_gate = new();
            event Action Happened;
            static event Action HappenedAnywhere { add { s_count++; } remove { s_count++; } }
            static int Computed => s_count + 1;
            static int Counting => s_count++;
            ref int Slot => ref s_count;
            int Auto { get; set; }
            int this[int i] { get => i; set { } }
            static extern void Elsewhere();
            static extern unsafe Pte* ElsewhereFrom(Pte* p);
            [EntryPointer(typeof(Paging), Read = nameof(Paging.Read))] unsafe ulong* _slot;
            unsafe Pte Fetch([ReadsEntry] Pte* p) => default;
            static int Quiet(int x) => x + 1;
            static void Note(int x) { s_count = x; }
            static unsafe void Touch(void* p) { }
            static void Reset(out int x) { x = 0; s_count++; }
            static void ReadOnly([ReadsEntry] ulong p) { s_count++; }
            static unsafe void Peek([ReadsEntry] Pte* p) { s_count++; }
            static unsafe void Clear(int n, [WritesEntry] Pte* p) { }
            static void Keep(object o) { s_count++; }
            static void KeepText(string s) { s_count++; }
        }

        class Loud { static int s_made; public Loud() { s_made++; } }
        class Silent { public int F; public Silent() { } public Silent(object o) { } }
        unsafe class Walk { public Pte* Pte; public readonly Pte* Fixed; public int Depth; public Pte Orig; public Pte AutoOrig { get; set; } public Walk Next; public Cursor Cursor; public Pte* Auto { get; set; } public void Reset() { Depth = 0; } }
        unsafe struct Cursor { public Pte* Pte; public int Index; public int Ignored { set { } } public int Far { set { Index = Other; } } static int s_other; static int Other => s_other++; public readonly int Twice() => Index * 2; public void Step() { Index++; } }
        struct Narrow { public byte Value; }
        """;

    [Theory]
    [InlineData("")]
    [InlineData("s_count = 3;")]
    [InlineData("n += 3;")]
    [InlineData("var x = Computed;")]
    [InlineData("Auto = 3;")]
    [InlineData("walk.Depth = 3;")]
    [InlineData("cursor.Index = 3;")]
    [InlineData("cursor.Ignored = 3;")]
    [InlineData("n = cursor.Twice();")]
    [InlineData("*(byte*)narrow = 3;")]
    [InlineData("*bytes = 3; bytes[1]++;")]
    [InlineData("*flag = true;")]
    [InlineData("*pp = p;")]
    [InlineData("names[0] = null;")]
    [InlineData("var x = new Silent();")]
    [InlineData("var x = new Silent(text);")]
    [InlineData("n = Quiet(n);")]
    [InlineData("n = maybe.Value;")]
    [InlineData("b = later.IsCompleted;")]
    [InlineData("_ = n is int and > 3;")]
    [InlineData("if (o is Walk { Depth: 3 } w) n = w.Depth;")]
    [InlineData("if (o is string s) n = s.Length;")]
    [InlineData("(n, _) = (3, 4);")]
    [InlineData("var (x, y) = (n, n);")]
    [InlineData("_ = n;")]
    [InlineData("ref int r = ref n; r = 3;")]
    [InlineData("n = -n; n = ~n; b = !b;")]
    [InlineData("b = n is 3 or 4;")]
    [InlineData("b = PteSame(old, old);")]
    [InlineData("b = old.IsPresent;")]
    [InlineData("old.Clear();")]
    [InlineData("throwIfNull(n); void throwIfNull(int x) { if (x == 0) throw null; }")]
    public void What_leaves_entries_alone_keeps_them(string between) => Assert.True(Repeats(between), between);

    [Theory]
    [InlineData("Elsewhere();")]
    [InlineData("Note(3);")]
    [InlineData("Touch(p);")]
    [InlineData("Touch((void*)p);")]
    [InlineData("ReadOnly(3);")]
    [InlineData("Peek(p);")]
    [InlineData("Clear(3, q);")]
    [InlineData("SetPte(q, old);")]
    [InlineData("var x = Counting;")]
    [InlineData("var x = System.Threading.Tasks.Task.FromResult(3).Result;")]
    [InlineData("n = later.Result;")]
    [InlineData("n = lazy.Value;")]
    [InlineData("this[3] = 4;")]
    [InlineData("f();")]
    [InlineData("pointer(3);")]
    [InlineData("d.Call();")]
    [InlineData("d[3].ToString();")]
    [InlineData("d = new Silent(d);")]
    [InlineData("Happened += f;")]
    [InlineData("HappenedAnywhere -= f;")]
    [InlineData("var x = new T();")]
    [InlineData("var x = new Loud();")]
    [InlineData("cursor.Far = 3;")]
    [InlineData("cursor.Step();")]
    [InlineData("*q = old;")]
    [InlineData("*narrow = default;")]
    [InlineData("*(ulong*)bytes = 3;")]
    [InlineData("*(double*)bytes = 3;")]
    [InlineData("((Cursor*)bytes)->Pte = p; *(Cursor*)bytes = default;")]
    [InlineData("Reset(out n);")]
    [InlineData("missing(3);")]
    [InlineData("n = missing;")]
    [InlineData("lock (s_gate) { }")]
    [InlineData("ptl.Enter();")]
    [InlineData("ptl.Exit();")]
    [InlineData("Keep(ptl);")]
    [InlineData("System.Threading.Interlocked.MemoryBarrier();")]
    [InlineData("var m = PteOffsetMap(pmd, 0); PteUnmap(m);")]
    [InlineData("*(b ? q : q + 1) = old;")]
    [InlineData("ref Pte r = ref *q; r = old;")]
    [InlineData("p++;")]
    [InlineData("p = q;")]
    [InlineData("(p, n) = (q, 3);")]
    [InlineData("if (o is int m) p = q;")]
    [InlineData("(b ? ref p : ref q) = p + 1;")]
    public void What_may_change_an_entry_or_the_pointer_does_not(string between) => Assert.False(Repeats(between), between);

    [Theory]
    [InlineData("Note(3);", true)]
    [InlineData("Elsewhere();", true)]
    [InlineData("KeepText(text);", true)]
    [InlineData("ReadOnly(3);", true)]
    [InlineData("Peek(p);", true)]
    [InlineData("Touch(bytes);", true)]
    [InlineData("Touch(p);", false)]
    [InlineData("ElsewhereFrom(q);", false)]
    [InlineData("Clear(3, q);", false)]
    [InlineData("Keep(ptl);", false)]
    [InlineData("ptl.Exit();", false)]
    [InlineData("f();", false)]
    [InlineData("pointer(3);", false)]
    [InlineData("d.Call();", false)]
    [InlineData("Happened += f;", false)]
    [InlineData("var x = Counting;", false)]
    [InlineData("var x = new Loud();", false)]
    [InlineData("System.Threading.Monitor.Pulse(s_gate);", false)]
    [InlineData("ptl.Exit(); ptl.Enter();", false)]
    [InlineData("if (b) { ptl.Exit(); ptl.Enter(); }", false)]
    public void Under_a_lock_others_keep_away(string between, bool repeats) =>
        Assert.Equal(repeats, Find($"ptl.Enter(); Look(PtepGet(p)); {between} Look(PtepGet(p)); ptl.Exit();"));

    [Theory]
    [InlineData("ptl.Exit();")]
    [InlineData("if (b) ptl.Exit();")]
    [InlineData("pointer(3);")]
    [InlineData("new Loud();")]
    [InlineData("var x = Counting;")]
    [InlineData("System.Threading.Thread.Yield();")]
    public void A_lock_that_is_gone_protects_nothing(string before) =>
        Assert.False(Find($"ptl.Enter(); {before} Look(PtepGet(p)); Note(3); Look(PtepGet(p));"));

    [Theory]
    [InlineData("PtepGet(_field)", "Note(3);", false)]
    [InlineData("PtepGet(_field)", "Auto = 3;", true)]
    [InlineData("PtepGet(_fixed)", "Note(3);", true)]
    [InlineData("PtepGet(walk.Pte)", "walk.Pte = q;", false)]
    [InlineData("PtepGet(walk.Pte)", "walk.Auto = q;", true)]
    [InlineData("PtepGet(walk.Pte)", "walk.Depth = 3;", true)]
    [InlineData("PtepGet(walk.Pte)", "walk.Reset();", false)]
    [InlineData("PtepGet(walk.Fixed)", "walk = null;", false)]
    [InlineData("PtepGet(walk.Cursor.Pte)", "walk.Cursor.Pte = q;", false)]
    [InlineData("PtepGet(walk.Cursor.Pte)", "walk.Cursor = default;", false)]
    [InlineData("PtepGet(cursor.Pte)", "cursor.Pte = q;", false)]
    [InlineData("PtepGet(cursor.Pte)", "cursor = default;", false)]
    [InlineData("PtepGet(cursor.Pte)", "Note(3);", true)]
    [InlineData("PtepGet(cursor.Pte)", "cursor.Twice();", true)]
    [InlineData("PtepGet(cursor.Pte)", "cursor.Step();", false)]
    [InlineData("PtepGet(*pp)", "*pp = q;", false)]
    [InlineData("PtepGet(*pp)", "n = 3;", true)]
    [InlineData("PtepGet(*pp)", "Note(3);", false)]
    [InlineData("PtepGet(array[n])", "n++;", false)]
    [InlineData("PtepGet(array[n])", "array[n] = q;", false)]
    [InlineData("PtepGet(array[n])", "n = n;", true)]
    [InlineData("PtepGet(p + n)", "(n, _) = (3, 4);", false)]
    [InlineData("PtepGet(p + n)", "if (o is int i && i > 3) n = i;", false)]
    public void Under_a_lock_the_pointer_may_still_change(string read, string between, bool repeats) =>
        Assert.Equal(repeats, Find($"ptl.Enter(); Look({read}); {between} Look({read}); ptl.Exit();"));

    [Fact]
    public void Waiting_lets_others_change_entries()
    {
        const string Between = "unsafe {{ Look(PtepGet(_fixed)); }} {0} unsafe {{ Look(PtepGet(_fixed)); }}";
        Assert.True(FindIn("async System.Threading.Tasks.Task M()", string.Format(null, Between, "")));
        Assert.False(FindIn("async System.Threading.Tasks.Task M()", string.Format(null, Between, "await System.Threading.Tasks.Task.Yield();")));
        Assert.True(FindIn("System.Collections.Generic.IEnumerable<int> M()", string.Format(null, Between, "") + " yield break;"));
        Assert.False(FindIn("System.Collections.Generic.IEnumerable<int> M()", string.Format(null, Between, "yield return 3;")));
    }

    [Theory]
    [InlineData("SetPte(p, old); Look(PtepGet(p)); Look(PtepGet(p));", "Look(PtepGet(p))")]
    [InlineData("for (n = 0; n < 3; n++) { Look(PtepGet(p)); Look(PtepGet(p)); }", "Look(PtepGet(p))")]
    [InlineData("Look(PtepGet(p)); while (b) { Look(PtepGet(p)); Note(3); }", null)]
    [InlineData("do { Look(PtepGet(p)); } while (PtepGet(p).IsPresent && PtepGet(p).IsDirty);", "PtepGet(p).IsDirty")]
    [InlineData("{ Pte* r = q; Look(PtepGet(r)); } { Pte* r = p; Look(PtepGet(r)); }", null)]
    [InlineData("{ Pte* r = p; Look(PtepGet(r)); } { Pte* s = p; Look(PtepGet(s)); }", "Look(PtepGet(s))")]
    [InlineData("Look(PtepGet(p)); Look(PtepGetLockless(p)); Look(PtepGetLockless(p));", "Look(PtepGetLockless(p))")]
    [InlineData("if (b) Look(PtepGet(p)); else Look(PtepGet(p)); if (b) Look(PtepGet(q)); Look(PtepGet(p));", "Look(PtepGet(p))")]
    [InlineData("if (false) Note(3); Look(PtepGet(p));", null)]
    [InlineData("Look(PtepGet(p)); if (false) Note(3); Look(PtepGet(p));", "Look(PtepGet(p))")]
    [InlineData("Look(PtepGet(p)); if (true) { } else Note(3); Look(PtepGet(p));", "Look(PtepGet(p))")]
    [InlineData("Look(PtepGet(p)); if (old == PtepGet(p)) return;", null)]
    [InlineData("Look(PtepGet(p)); if (PtepGet(p) == walk.Orig) return;", null)]
    [InlineData("Look(PtepGet(p)); if (PtepGet(p) == walk.AutoOrig) return;", null)]
    [InlineData("Look(PtepGet(p)); if (PtepGet(p) == walk.Next.Next.AutoOrig) return;", null)]
    [InlineData("Look(PtepGet(p)); object now = PtepGet(p); if (now.Equals(old)) return;", null)]
    [InlineData("Look(PtepGet(p)); if (PtepGet(p) == list[0]) return;", "PtepGet(p) == list[0]")]
    [InlineData("Look(Fetch(p)); Look(Fetch(p));", null)]
    [InlineData("n = (int)Read(_slot); n = (int)Read(_slot);", "n = (int)Read(_slot)")]
    [InlineData("n = (int)Read(slot); n = (int)Read(slot);", "n = (int)Read(slot)")]
    [InlineData("n = (int)Read((ulong*)bytes); n = (int)Read((ulong*)bytes);", null)]
    public void The_read_that_repeats_is_the_later_one(string body, string? read)
    {
        var found = All(Method, body);
        if (read is null)
            Assert.Empty(found);
        else
            Assert.Contains(Assert.Single(found).Read.Site.Ancestors().TakeWhile(n => n is not StatementSyntax), n => n.ToString() == read);
    }

    [Theory]
    [InlineData("ArchitectureCode", false)]
    [InlineData("UnpublishedTable", false)]
    [InlineData("Obsolete", true)]
    public void Where_nobody_can_change_it_an_entry_may_be_read_twice(string attribute, bool repeats) =>
        Assert.Equal(repeats, FindIn($"[{attribute}] {Method}", "Look(PtepGet(p)); Look(PtepGet(p));"));

    [Fact]
    public void Reads_and_their_sources_are_in_source_order()
    {
        var found = All(Method, "Pte x; if (b) x = PtepGet(p); else x = PtepGet(p).MkOld(); Look(PtepGet(p)); Look(PtepGet(p).MkDirty());");

        Assert.Equal(["Look(PtepGet(p))", "PtepGet(p).MkDirty"], found.Select(repeated => repeated.Read.Site.Parent is ArgumentSyntax a ? a.Parent!.Parent!.ToString() : repeated.Read.Site.Parent!.ToString()));
        Assert.All(found, repeated => Assert.Equal(["x = PtepGet(p)", "PtepGet(p).MkOld"], repeated.Sources.Take(2).Select(source => source.Site.Parent!.ToString())));
    }

    [Theory]
    [InlineData("var kept = PtepGet(p); Look(PtepGet(p));", "kept")]
    [InlineData("Pte kept; kept = PtepGet(p); Look(PtepGet(p));", "kept")]
    [InlineData("var kept = PtepGet(p); var alias = &kept; Look(PtepGet(p));", "")]
    [InlineData("object kept = PtepGet(p); Look(PtepGet(p));", "")]
    [InlineData("var kept = PtepGet(p); kept = old; Look(PtepGet(p));", "")]
    [InlineData("old = PtepGet(p); Look(PtepGet(p));", "")]
    public void A_local_of_its_own_may_hold_what_was_read(string body, string holders) =>
        Assert.Equal(holders, string.Join(' ', Assert.Single(All(Method, body)).Holders.Select(holder => holder.Name)));

    [Theory]
    [InlineData(199, true)]
    [InlineData(200, false)]
    public void Of_more_entries_than_code_decides_about_the_rest_is_not_known(int others, bool repeats)
    {
        var reads = string.Concat(Enumerable.Range(1, others).Select(i => $"Look(PtepGet(p + {i}));"));
        Assert.Equal(repeats, Find($"{reads} Look(PtepGet(p)); Look(PtepGet(p));"));
        Assert.True(Find($"Look(PtepGet(p)); {reads} SetPte(p, old); Look(PtepGet(p)); Look(PtepGet(p));"));
    }

    private const string Method = "unsafe void M<T>(Pte* p, Pte* q, Pte** pp, byte* bytes, bool* flag, Narrow* narrow, int n, bool b, Pte old, PtLock ptl, Pmd* pmd, Walk walk, Cursor cursor, object o, string text, string[] names, Pte*[] array, System.Collections.Generic.List<Pte> list, [EntryPointer(typeof(Paging), Read = nameof(Paging.Read))] ulong* slot, dynamic d, System.Threading.Tasks.Task<int> later, Lazy<int> lazy, int? maybe, Action f, delegate*<int, void> pointer) where T : new()";

    private static bool Repeats(string between) => Find($"Look(PtepGet(p)); {between} Look(PtepGet(p));");

    private static bool Find(string body) => FindIn(Method, body);

    private static bool FindIn(string method, string body) => All(method, body).Count > 0;

    private static List<RepeatedRead> All(string method, string body)
    {
        var snippet = Snippet.Compile($$"""
            using System;
            using PteGuard;
            using static Paging;

            class C
            {
                static void Look(Pte pte) { }
                {{method}} { {{body}} }
            {{Members}}
            """);
        var (root, owner) = snippet.Method("M");
        var reads = new RepeatedReads(snippet.Compilation, snippet.Facts);
        return [.. reads.Find(reads.ReadsOf(root, CancellationToken.None), () => ControlFlowGraph.Create(root), owner, CancellationToken.None)];
    }
}
