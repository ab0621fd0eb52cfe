using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using PteGuard.Analyzers.Snapshots;

namespace PteGuard.Analyzers.Tests.Snapshots;

public class QuietCallsTests
{
    [Theory]
    [InlineData("static int F(int x) => x + 1;")]
    [InlineData("static void F() { }")]
    [InlineData("static int F(int x) { int y = x; y++; --y; (y) += 2; return y; }")]
    [InlineData("static void F(int x) { x = 3; }")]
    [InlineData("static void F(out int x) { x = 3; }")]
    [InlineData("static int F() { var (a, b) = (1, 2); (a, b) = (b, a); _ = a; return b; }")]
    [InlineData("static S F(S s) { s.A = 3; s.Inner.B = 4; return s; }")]
    [InlineData("static S F() => new S { A = 3 };")]
    [InlineData("static S F(S s) => s with { A = 3 };")]
    [InlineData("static C F() => new C(1) { field = 2 };")]
    [InlineData("static string F() => nameof(G) + nameof(String);")]
    [InlineData("static int F(int x) => G(x); static int G(int x) => x == 0 ? 0 : F(x - 1);")]
    [InlineData("static int F(int x) { return Local(x); int Local(int y) { y++; return y; } }")]
    [InlineData("static int F(int x) { return Local(x); int Local(int y) => y; }")]
    [InlineData("static int F(int x) { int[] a = { x, 2 }; return a[0]; }")]
    [InlineData("int F() => field; int field2;")]
    [InlineData("int F() => Auto;")]
    [InlineData("int F() => Computed;")]
    [InlineData("int F() => Accessor;")]
    [InlineData("static int F(int x) => Math.Max(x, 3);")]
    [InlineData("static string F(int x) => x.ToString();")]
    [InlineData("static object F() => new object();")]
    [InlineData("static object F() => new Plain();")]
    [InlineData("static int F(int? n) => n.Value;")]
    [InlineData("static bool F(System.Threading.CancellationToken t) => t.IsCancellationRequested;")]
    [InlineData("static S F() => new S(3);")]
    [InlineData("static S F() => new S();")]
    [InlineData("static void F() { int x = 1; G(ref x); } static void G(ref int x) { }")]
    [InlineData("static ulong F(Entry e) => Elsewhere.Pfn(e);")]
    [InlineData("static bool F(Entry e) => e.IsPresent();")]
    [InlineData("static Entry F() => new Entry(1);")]
    [InlineData("static ulong F(in Entry e) => Elsewhere.PfnIn(in e);")]
    [InlineData("static Action F() { int x = 0; return () => x++; }")]
    [InlineData("static System.Threading.CancellationToken F() => default;")]
    public void What_changes_only_its_own_is_quiet(string members) => Assert.True(IsQuiet(members));

    [Theory]
    [InlineData("static void F() { s_count = 3; } ")]
    [InlineData("static void F() { s_count++; }")]
    [InlineData("static void F() { --s_count; }")]
    [InlineData("static void F(ref int x) { x = 3; }")]
    [InlineData("static void F(int* p) { *p = 3; }")]
    [InlineData("static void F(int[] a) { a[0] = 3; }")]
    [InlineData("void F() { field = 3; }")]
    [InlineData("void F() { this.field = 3; }")]
    [InlineData("void F() { Auto = 3; }")]
    [InlineData("static void F(C c) { c.field = 3; }")]
    [InlineData("static void F(S s) { ref var r = ref s_struct; r = s; }")]
    [InlineData("static int F() { int x = 0; Local(); return x; void Local() { x = 3; } }")]
    [InlineData("static void F(int y) { Local(); void Local() { y++; } }")]
    [InlineData("static void F() { int a; (a, s_count) = (1, 2); }")]
    [InlineData("static void F() { G(ref s_count); } static void G(ref int x) { }")]
    [InlineData("static int F(int x) => G(x); static int G(int x) { s_count = x; return x; }")]
    [InlineData("static int F(int x) => x == 0 ? G(x) : F(x - 1); static int G(int x) => s_count++;")]
    [InlineData("static void F(object o) { lock (o) { } }")]
    [InlineData("static void F(IDisposable d) { using (d) { } }")]
    [InlineData("static void F(IDisposable d) { using var x = d; }")]
    [InlineData("static void F(int[] a) { foreach (var x in a) { } }")]
    [InlineData("static async System.Threading.Tasks.Task F() { await System.Threading.Tasks.Task.Yield(); }")]
    [InlineData("static async System.Threading.Tasks.Task F() { }")]
    [InlineData("static System.Collections.Generic.IEnumerable<int> F() { yield return 1; }")]
    [InlineData("static void F(Action a) => a();")]
    [InlineData("static void F(delegate*<void> f) => f();")]
    [InlineData("static void F(System.Collections.Generic.List<int> l) => l.ForEach(x => { });")]
    [InlineData("static void F(int* p) => Buffer.MemoryCopy(p, p, 4, 4);")]
    [InlineData("static void F() => GC.Collect();")]
    [InlineData("static void F() => Buffer.BlockCopy(new int[1], 0, new int[1], 0, 4);")]
    [InlineData("static object F() => Activator.CreateInstance(typeof(C));")]
    [InlineData("static void F(IDisposable d) => d.Dispose();")]
    [InlineData("static int F(Lazy<int> l) => l.Value;")]
    [InlineData("static int F(System.Threading.ThreadLocal<int> l) => l.Value;")]
    [InlineData("static int F(System.Threading.Tasks.Task<int> t) => t.Result;")]
    [InlineData("static int F() => Arrow; static int Arrow { get => s_count++; }")]
    [InlineData("static C F() => new C(1, 2); C(int a, int b) : this() { }")]
    [InlineData("static void F() => System.Threading.Thread.Yield();")]
    [InlineData("static void F(int* p) => System.Runtime.CompilerServices.Unsafe.InitBlock(p, 0, 4);")]
    [InlineData("static extern int F(int x);")]
    [InlineData("virtual int F() => 1;")]
    [InlineData("public override string ToString() => \"\"; void F() => ToString();")]
    [InlineData("static int F(C c) => c.Loud;")]
    [InlineData("static D F() => new D();")]
    [InlineData("static C F() => new C();")]
    [InlineData("static void F() => Missing();")]
    [InlineData("static void F() => new Missing();")]
    [InlineData("[AcquiresLock] static int F() => 1;")]
    [InlineData("[ReleasesLock] static int F() => 1;")]
    [InlineData("static void F(Entry e) => Elsewhere.Note(e);")]
    [InlineData("static ulong F(Entry* e) => Elsewhere.At(e);")]
    [InlineData("static ulong F() => Elsewhere.Call(null);")]
    [InlineData("static ulong F(Entry e) => Elsewhere.PfnRef(ref e);")]
    [InlineData("static ulong F(object o) => Elsewhere.Hash(o);")]
    [InlineData("static int F(Elsewhere e) => e.Instance();")]
    [InlineData("static bool F(Gate g) => g.Try();")]
    [InlineData("static bool F() => System.Threading.Thread.Yield();")]
    public void What_may_change_more_is_not(string members) => Assert.False(IsQuiet(members));

    [Theory]
    [InlineData("static void F() { s_count = 3; }", true)]
    [InlineData("static extern void F();", false)]
    [InlineData("static void F() { }", false)]
    public void A_body_that_shows_it_is_known_to_be_loud(string members, bool isKnown) => Assert.Equal(isKnown, Ask(members, (quiet, method) => quiet.IsKnownLoud(method)));

    [Theory]
    [InlineData("static void F() { s_count = 3; }")]
    [InlineData("static extern void F();")]
    [InlineData("static void F(C c) { c.field = 3; c.G(); } void G() { F(this); }")]
    [InlineData("static void F(int[] a, byte* b, string** s) { a[0] = 1; *b = 2; b[1] = 3; s[0] = null; }")]
    [InlineData("static void F(Page* page) { page->Refs = 1; }")]
    [InlineData("static string F() => nameof(F) + nameof(String);")]
    [InlineData("static void F(int[,] a) { a[0, 0] = 1; }")]
    [InlineData("static void F(string[] a) { a[0] = \"\"; }")]
    public void What_stores_no_entry_and_takes_no_lock_keeps_the_lock(string members) => Assert.False(MayUnlockOrStore(members));

    [Theory]
    [InlineData("static void F(ulong* p) { *p = 1; }")]
    [InlineData("static void F(uint* p) { p[0] = 1; }")]
    [InlineData("static void F(Pte* p) { p->Value = 1; }")]
    [InlineData("static void F(Pte* p) { *p = default; }")]
    [InlineData("static void F(S[] a) { a[0] = default; }")]
    [InlineData("static void F(object o) { lock (o) { } }")]
    [InlineData("static void F(Action a) => a();")]
    [InlineData("static void F() => G(); [ReleasesLock] static void G() { }")]
    [InlineData("static void F() => G(); [AcquiresLock] static void G() { }")]
    [InlineData("static void F(Pte* p) => G(p); static void G([WritesEntry] Pte* p) { }")]
    [InlineData("static void F() => System.Threading.Thread.Sleep(1);")]
    [InlineData("static void F() => Missing();")]
    [InlineData("static async System.Threading.Tasks.Task F() { await System.Threading.Tasks.Task.Yield(); }")]
    [InlineData("static async System.Threading.Tasks.Task F() { }")]
    [InlineData("static System.Collections.Generic.IEnumerable<int> F() { yield return 1; }")]
    public void What_may_store_an_entry_or_wait_does_not(string members) => Assert.True(MayUnlockOrStore(members));

    private static bool IsQuiet(string members) => Ask(members, (quiet, method) =>
    {
        var answer = quiet.IsQuiet(method);
        Assert.Equal(answer, quiet.IsQuiet(method));
        return answer;
    });

    private static bool MayUnlockOrStore(string members) => Ask(members, (quiet, method) => quiet.MayUnlockOrStore(method));

    private static bool Ask(string members, Func<QuietCalls, IMethodSymbol, bool> question)
    {
        var compilation = Compile("Snippet", $$"""
            using System;
            using PteGuard;

            [PageTableEntry] struct Pte { public ulong Value; }
            struct Inner { public int B; }
            struct S { public int A; public Inner Inner; public S(int a) { A = a; } }
            struct Page { public int Refs; }
            class Plain { }
            class B { public B() { } }
            class D : B { public D() { } }
            unsafe class C
            {
                static int s_count;
                static S s_struct;
                public int field;
                int Auto { get; set; }
                int Computed => field + 1;
                int Accessor { get { return field; } }
                public int Loud { get { return s_count++; } }
                public C(int x) { field = x; this.field = x; }
                public C() { s_count++; }
                {{members}}
            }
            """, s_elsewhere);
        var method = compilation.GetTypeByMetadataName("C")!.GetMembers("F").OfType<IMethodSymbol>().First();
        return question(new QuietCalls(compilation), method);
    }

    private static readonly MetadataReference s_elsewhere = Emit(Compile("Elsewhere", """
        using PteGuard;

        public readonly struct Entry { readonly ulong _value; public Entry(ulong value) { _value = value; } public bool IsPresent() => (_value & 1) != 0; }
        public readonly struct Gate { public bool Try() => true; [AcquiresLock] public void Enter() { } }
        public unsafe class Elsewhere
        {
            public static ulong Pfn(Entry e) => 1;
            public static ulong PfnIn(in Entry e) => 1;
            public static ulong PfnRef(ref Entry e) => 1;
            public static ulong At(Entry* e) => 1;
            public static ulong Call(delegate*<void> f) => 1;
            public static ulong Hash(object o) => 1;
            public static void Note(Entry e) { }
            public int Instance() => 1;
        }
        """));

    private static CSharpCompilation Compile(string name, string source, params MetadataReference[] more) => CSharpCompilation.Create(
        name,
        [CSharpSyntaxTree.ParseText(source, References.ParseOptions), CSharpSyntaxTree.ParseText(References.Attributes, References.ParseOptions)],
        [.. References.Framework, .. more],
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));

    private static PortableExecutableReference Emit(CSharpCompilation compilation)
    {
        using var image = new MemoryStream();
        Assert.True(compilation.Emit(image).Success);
        return MetadataReference.CreateFromImage(image.ToArray());
    }
}
