using static PteGuard.Analyzers.Tests.EntryAccessCase;

namespace PteGuard.Analyzers.Tests;

/// <summary>What decides that an expression is an entry, or that it may be touched directly.</summary>
internal static class EntryAccessCases
{
    private const string AllRaw = "pteguard.raw_entry_pointers = ulong*, uint*";
    private const string NamedRaw = AllRaw + "\npteguard.entry_pointer_names = ^(pml4|pt|pte)$";

    public static IEnumerable<EntryAccessCase> All => [.. Provenance, .. Options, .. Exempt, .. Private, .. Places, .. Types];

    private static IEnumerable<EntryAccessCase> Provenance =>
    [
        Method("a pointer is followed through locals", "ulong M([EntryPointer] ulong* p) { var a = p; var b = a; return {|R:*b|}; }"),
        Method("a pointer is followed whatever the order of statements", "void M([EntryPointer] ulong* p, bool c) { ulong* b = null; while (c) { if (b != null) {|W:*b = 0|}; b = p; } }"),
        Method("pointers that are assigned to each other end the search", "void M(ulong* a, ulong* b) { a = b; b = a; *a = *b; }"),
        Method("pointers that are assigned to each other pass on what one of them is", "void M([EntryPointer] ulong* p, ulong* a, ulong* b) { a = b; b = a; b = p; {|W:*a = {|R:*b|}|}; }"),
        Method("a pointer is followed through arithmetic", "ulong M([EntryPointer] ulong* p, int i) { var q = p + i * 2 - 1; q++; q += 3; return {|R:q[i]|}; }"),
        Method("a pointer is followed through an integer and a mask", "ulong M([EntryPointer] ulong* p) { ulong a = (ulong)p & ~0xFFFul; return {|R:((ulong*)a)[3]|}; }"),
        Method("a page frame number is no pointer", "ulong M([EntryPointer] ulong* p, ulong* page) { ulong pfn = (ulong)p >> 12; return page[pfn]; }"),
        Method("an offset into other memory does not make it a table", "ulong M([EntryPointer] ulong* p, ulong* page) { long offset = p - page; return *(page + offset) + page[(ulong)p]; }"),
        Method("the next level's address is the reader's own business", "ulong M([EntryPointer] ulong* p) { var next = (ulong*)({|R:p[0]|} & ~0xFFFul); return next[1]; }"),
        Method("a pointer is followed through a conditional", "ulong M([EntryPointer] ulong* p, ulong* q, bool c) => {|R:*(c ? p : q)|};"),
        Method("a pointer is followed through a switch expression", "ulong M([EntryPointer] ulong* p, ulong* q, int i) { var r = i switch { 0 => p, 1 => null, _ => q }; return {|R:*r|}; }"),
        Method("a pointer is followed through an assignment in an expression", "ulong M([EntryPointer] ulong* p) { ulong* q; return {|R:*(q = p)|} + {|R:*q|}; }"),
        Method("a pointer is followed through out", "bool Get([EntryPointer] out ulong* e) => throw null; ulong M() => Get(out var e) ? {|R:*e|} : 0;"),
        Method("a pointer is followed through a local function", "ulong M([EntryPointer] ulong* p) { ulong* Next() => p + 1; return {|R:*Next()|}; }"),
        Method("a pointer is followed into a local function", "ulong M([EntryPointer] ulong* p) { ulong Get(ulong* q) => {|R:*q|}; return Get(p); }"),
        Method("a pointer is followed into a lambda", "Func<ulong> M([EntryPointer] ulong* p) { var q = p; return () => {|R:*q|}; }"),
        Method("a pointer is followed through a tuple of addresses", "ulong M([EntryPointer] ulong* p) { (nint a, nint b) t = ((nint)p, 0); var (c, d) = t; return {|R:*(ulong*)t.a|} + *(ulong*)t.b + {|R:*(ulong*)c|} + *(ulong*)d; }"),
        Method("a pointer is followed through ref locals", "ulong M([EntryPointer] ulong* p) { ref ulong r = ref p[1]; ref ulong s = ref r; return {|R:s|}; }"),
        Method("a pointer is followed through fixed", "ulong M() { fixed (ulong* p = Table) return {|R:*p|}; } [EntryPointer] static ulong[] Table;"),
        Method("a field may be annotated", "ulong M() => {|R:annotated[0]|} + {|R:s_table[1]|} + other[0];"),
        Method("a property may be annotated", "[EntryPointer] ulong* Root => other; ulong M() => {|R:Root[0]|};"),
        Method("a return value may be annotated", "[return: EntryPointer] ulong* Root() => other; ulong M() { var r = Root(); return {|R:r[0]|}; }"),
        Method("what is loaded from a pointer to pointers is a pointer", "ulong M([EntryPointer] ulong** pp) { ulong* p = pp[0]; return {|R:*p|}; }"),
        new("a parameter of a primary constructor may be annotated", "using PteGuard; unsafe class Walker([EntryPointer] ulong* p) { ulong Get() => {|R:p[1]|}; }"),
        new("a parameter of a lambda may be annotated", "using PteGuard; unsafe class C { delegate ulong D(ulong* p); D d = ([EntryPointer] ulong* p) => {|R:*p|}; D e = p => *p; }"),
    ];

    private static IEnumerable<EntryAccessCase> Options =>
    [
        Method("without an option a raw pointer is nothing", "ulong M(ulong* p) => *p + pml4[1];"),
        Method("an option makes every pointer of a type one to entries", "void M(ulong* p, uint* q, byte* b, nint n) { {|W:*p = {|R:*q|}|}; *b = 1; {|W:pml4[1] = {|R:*(ulong*)n|}|}; }", AllRaw),
        Method("an option by type still spares stack copies", "void M(ulong v) { ulong* p = &v; *p = 1; var q = stackalloc ulong[4]; q[0] = 1; }", AllRaw),
        Method("names narrow an option by type", "void M(ulong* pt, ulong* data) { {|W:pt[0] = data[1]|}; {|M:pml4[1] |= 1|}; other[0] = 1; }", NamedRaw),
        Method("what comes from a named pointer is one too", "ulong M(ulong* pt) { var child = pt + 1; return {|R:*child|} + {|R:*(ulong*)((byte*)pt + 8)|}; }", NamedRaw),
        Method("an integer called like a pointer is the entry's value", "ulong M(ulong* pt) { ulong pte = {|R:pt[0]|}; return *(ulong*)(pte & ~0xFFFul); }", NamedRaw),
        Method("a method's name counts", "ulong* pt() => null; ulong M() => {|R:pt()[1]|};", NamedRaw),
        Method("a broken pattern names nothing", "ulong M(ulong* pt) => pt[0];", AllRaw + "\npteguard.entry_pointer_names = ^(pt"),
        new("an option names entry structs of any nesting", """
            namespace Abc { struct Outer { public struct Pte { public ulong V; } } struct Pte { public ulong V; } struct Gen<T> { public T V; } }
            unsafe class C { ulong M(Abc.Outer.Pte* a, Abc.Pte* b, Abc.Gen<ulong>* g, Other.Outer.Pte* o) => {|R:a->V|} + b->V + {|R:g->V|} + o->V; }
            namespace Other { struct Outer { public struct Pte { public ulong V; } } }
            """, "pteguard.entry_types = Abc.Outer+Pte, Abc.Gen`1, Not.There"),
        new("an option may stand in a section of its own", "unsafe class C { ulong M(ulong* p) => {|R:*p|}; }", "[Other.cs]\npteguard.raw_entry_pointers = uint*\n[Test0.cs]\n" + AllRaw),
        new("an option for other files says nothing here", "unsafe class C { ulong M(ulong* p, Pte* q) => *p + {|R:q->Value|}; }", "[Other.cs]\n" + AllRaw),
        new("code may be called architecture code by an option", "namespace Abc { unsafe class Boot { void M(Pte* p) { *p = default; } } unsafe class Mmu { void Init(Pte* p) { *p = default; } void M(Pte* p) { {|W:*p = default|}; } } }",
            "pteguard.architecture_code = Abc.Boot, Abc.Mmu.Init"),
        new("a method may be said by an option to own its tables", "namespace Abc { unsafe class Paging { void ZeroPage(Pte* p) { *p = default; } void M(Pte* p) { {|W:*p = default|}; } } }", "pteguard.unpublished_tables = Abc.Paging.ZeroPage"),
        new("an option may name the method that gives a table of its own", "namespace Abc { static unsafe class Pages { public static ulong Take() => throw null; public static void Zero(ulong page) { } static ulong M(ulong* slot) { ulong page = Take(); Zero(page); var p = (Pte*)page; p[0] = default; *slot = page | 1; {|W:p[1] = default|}; return page; } } }", "pteguard.unpublished_tables = Abc.Pages.Take, Abc.Pages.Zero"),
        new("the accessors of an option are exempt", """
            namespace Abc { static unsafe class Paging2 { public static ulong Get(ulong* p) => *p; public static void Set(ulong* p, ulong v) => *p = v; public static ulong Other(ulong* p) => {|R:*p|}; } }
            """, AllRaw + "\npteguard.read_accessor = Abc.Paging2.Get\npteguard.write_accessor = Abc.Paging2.Set"),
    ];

    private static IEnumerable<EntryAccessCase> Exempt =>
    [
        new("an entry's own members may touch it", "using PteGuard; [PageTableEntry] unsafe struct E { ulong v; static ulong Get(E* p) => p->v; struct Inner { ulong Get(E* p) { p->v = 1; return p->v; } } } unsafe class C { E M(E* p) => {|R:*p|}; }"),
        new("an entry's own members may not touch another kind", "using PteGuard; [PageTableEntry] unsafe struct E { Pte M(Pte* p) => {|R:*p|}; }"),
        new("partial entry types are one", "using PteGuard; [PageTableEntry] partial struct E { ulong v; } unsafe partial struct E { static void Set(E* p) { p->v = 1; E Local() => *p; } }"),
        new("accessors may touch their entry and no other", "using PteGuard; [PageTableEntry(typeof(A), Read = nameof(A.Get), Write = \"Set\")] struct E { public ulong V; } static unsafe class A { public static E Get(E* p) => *p; static void Set(E* p, E e) { void Store() { *p = e; } Store(); } static E Other(E* p) => {|R:*p|}; static Pte Get2(Pte* p) => {|R:*p|}; }"),
        new("an accessor's overloads are exempt", "using PteGuard; [PageTableEntry(typeof(A), Read = \"Get\")] struct E { } static unsafe class A { public static E Get(E* p) => *p; public static E Get(E* p, int i) => p[i]; }"),
        Method("a method may be architecture code", "[ArchitectureCode] Pte M(Pte* p) { Func<Pte> f = () => *p; return *p; } Pte N(Pte* p) => {|R:*p|};"),
        Method("a property may be architecture code", "[ArchitectureCode] Pte P => *pte; [ArchitectureCode] Pte Q { get { return *pte; } set { *pte = value; } } Pte R => {|R:*pte|};"),
        new("a type may be architecture code, with what it contains", "using PteGuard; [ArchitectureCode] unsafe class C { Pte M(Pte* p) => *p; class D { Pte M(Pte* p) => *p; } }"),
        new("an assembly may be architecture code", "using PteGuard; [assembly: ArchitectureCode] unsafe class C { Pte M(Pte* p) => *p; }"),
        new("attributes count by their full name only", "using System; [Mine.PageTableEntry] struct E { public ulong V; } unsafe class C { ulong M(E* p) => p->V; } namespace Mine { class PageTableEntryAttribute : Attribute { } class ArchitectureCodeAttribute : Attribute { } }"),
        Method("a method may say that its tables are unpublished", "[UnpublishedTable] void M(Pte* p, Pte* q) { *p = *q; void Local() { p->Clear(); } }"),
        Method("a parameter may be said to be unpublished", "void M([UnpublishedTable] Pte* p, Pte* q) { var r = p + 1; *p = {|R:*q|}; r->Clear(); {|W:*q = *r|}; }"),
        Method("an unpublished raw parameter is silent too", "void M([UnpublishedTable, EntryPointer] ulong* p, [EntryPointer] ulong* q) { p[0] = {|R:q[0]|}; }"),
    ];

    private static IEnumerable<EntryAccessCase> Private =>
    [
        Method("a copy on the stack is private through locals", "Pte M(Pte v) { Pte* p = &v; Pte* q = p; q->Clear(); return *q; }"),
        Method("a local that may also point to a table is not private", "Pte M(Pte v, Pte* t, bool c) { Pte* p = &v; if (c) p = t; return {|R:*p|}; }"),
        Method("stackalloc is private", "void M() { Pte* p = stackalloc Pte[512]; for (int i = 0; i < 512; i++) p[i] = default; Span<Pte> s = stackalloc Pte[4]; s[0].Clear(); }"),
        Method("by-value and by-ref structs that nobody pointed to are silent", "void M(Pte a, ref Pte b, in Pte c, out Pte d) { a.Clear(); b = c; b.Clear(); d = b; } void N(List<Pte> l, Dictionary<int, Pte> m) { var e = l[0]; m[1] = e; }"),
        Method("a managed shadow is no table until a pointer is taken", "Pte M() { shadow[1] = default; shadow[2].Clear(); ref Pte r = ref shadow[3]; r.Clear(); return r; }"),
        Method("a span over an array is no table", "Pte M() { Span<Pte> s = shadow; s[0].Clear(); foreach (ref var e in s) e.Clear(); return s[1]; }"),
        Method("an allocated table is private until it is stored", "void M() { var p = (Pte*)NativeMemory.AllocZeroed(4096); p[0] = default; p->Clear(); pte = p; {|W:p[1] = default|}; }"),
        Method("an allocated table is private until it is passed on", "void M() { var p = (Pte*)NativeMemory.AlignedAlloc(4096, 4096); NativeMemory.Clear(p, 4096); p[0] = default; Publish(p); {|W:p[1] = default|}; }"),
        Method("an allocated table is private until its address is computed for someone", "void M(ulong* slot) { var p = (Pte*)Marshal.AllocHGlobal(4096); p[0] = default; *slot = Physical(p); {|W:p[1] = default|}; }"),
        Method("an allocated table is private until its address is stored as a number", "void M(ulong* slot) { var p = (Pte*)Marshal.AllocHGlobal(4096); p[0] = default; *slot = (ulong)p | 1; {|W:p[1] = default|}; }"),
        Method("an allocated table is private up to the return", "Pte* M(bool c) { var p = (Pte*)NativeMemory.Alloc(4096); if (c) return p; *p = default; if (p == null) return null; return p; }"),
        Method("what a method with unpublished tables gives back is private until it is stored", "[UnpublishedTable] static ulong Page() => throw null; void M() { ulong page = Page(); if (page == 0) return; var p = (Pte*)page; p[0] = default; pte = p; {|W:p[1] = default|}; }"),
        Method("what another method gives back is not private", "static ulong Page() => throw null; void M() { ulong page = Page(); var p = (Pte*)page; {|W:p[0] = default|}; }"),
        Method("a table is passed to who says that nobody else sees it", "[UnpublishedTable] static void Zero(ulong page) { } static void Fill([UnpublishedTable] Pte* p) { } void M() { var p = (Pte*)NativeMemory.Alloc(4096); Zero((ulong)p); Fill(p); *p = default; Publish(p); {|W:*p = default|}; }"),
        Method("a table is private where those who published it have left", "Pte* M(bool c, out ulong page) { page = 0; var p = (Pte*)NativeMemory.Alloc(4096); if (c) { page = (ulong)p; return null; } for (int i = 0; i < 9; i++) { if (p[i].IsPresent) { Publish(p); return null; } p[i] = default; } return p; }"),
        Method("a table is private where those who published it have thrown", "void M(bool c) { var p = (Pte*)NativeMemory.Alloc(4096); if (c) { Publish(p); throw null; } *p = default; }"),
        Method("who publishes and leaves by a jump may come to the access", "void M(bool c, bool d) { var p = (Pte*)NativeMemory.Alloc(4096); while (c) { if (d) { Publish(p); if (c) break; return; } } {|W:*p = default|}; }"),
        Method("who publishes and throws may come to the access in a handler", "void M(bool c) { var p = (Pte*)NativeMemory.Alloc(4096); try { if (c) { Publish(p); throw null; } } catch (Exception) { } {|W:*p = default|}; }"),
        Method("who publishes and leaves has published for what follows in the same block", "void M(bool c) { var p = (Pte*)NativeMemory.Alloc(4096); if (c) { Publish(p); {|W:*p = default|}; return; } *p = default; }"),
        Method("an allocated table that a lambda may give away is not private", "Func<nint> M() { var p = (Pte*)NativeMemory.Alloc(4096); Func<nint> f = () => { Publish(p); return 0; }; {|W:*p = default|}; return f; }"),
        Method("a loop comes round to a table that it has published", "void M(bool c) { var p = (Pte*)NativeMemory.Alloc(4096); while (c) { {|W:*p = default|}; Publish(p); } }"),
        Method("a loop that allocates anew comes round to a private one", "void M(bool c) { while (c) { var p = (Pte*)NativeMemory.Alloc(4096); *p = default; Publish(p); } }"),
        Method("goto may come round to a published table", "void M(bool c) { var p = (Pte*)NativeMemory.Alloc(4096); again: {|W:*p = default|}; Publish(p); if (c) goto again; }"),
        Method("a pinned array of its own is private until it is stored", "void M() { var a = new Pte[512]; fixed (Pte* p = a) { p[0] = default; shadow = a; {|W:p[1] = default|}; } }"),
        Method("freeing, clearing and writing through the accessors publish nothing", "void M() { var p = (Pte*)NativeMemory.Alloc(4096); Paging.SetPte(p, default); *p = default; NativeMemory.Free(p); *p = default; }"),
        Method("a compare-exchange loop is right", "void M(ref ulong slot, [EntryPointer] ref ulong pte) { ulong old; do { old = Volatile.Read(ref pte); } while (Interlocked.CompareExchange(ref pte, old | 1, old) != old); slot |= 1; }"),
        Method("a compare-exchange loop over a span of a table is right", "void M([EntryPointer] ulong* t, int i) { var s = new Span<ulong>(t, 512); ref ulong pte = ref s[i]; ulong old; do { old = Volatile.Read(ref pte); } while (Interlocked.CompareExchange(ref pte, old | 1, old) != old); }"),
    ];

    private static IEnumerable<EntryAccessCase> Places =>
    [
        new("field and property initializers are bodies", "using System; unsafe class C { static Pte* s; Pte a = {|R:*s|}; Func<Pte> f = () => {|R:*s|}; Pte P { get; } = {|R:s[1]|}; static Pte b = {|W:*s = default|}; }"),
        new("initializers that use each other end", "unsafe class C { static Pte* a = b; static Pte* b = a; Pte c = {|R:*a|}; static ulong d = e; static ulong e = d; }"),
        new("a constructor's initializer and body are one body", "unsafe class C { C(Pte p) { } C(Pte* p) : this({|R:*p|}) { {|W:*p = default|}; } }"),
        new("a base constructor's arguments are seen", "unsafe class B { protected B(Pte p) { } } unsafe class C(Pte* p) : B({|R:*p|}) { }"),
#if NEWEST_ROSLYN
        new("iterators are bodies", "using System.Collections.Generic; unsafe class C { nint p; IEnumerable<Pte> M() { Pte e; unsafe { e = {|R:*(Pte*)p|}; } yield return e; } }"),
#endif
        new("async methods are bodies", "using System.Threading.Tasks; class C { nint p; async Task<ulong> M() { ulong v; unsafe { v = {|R:((Pte*)p)->Value|}; } await Task.Yield(); unsafe { {|W:*(Pte*)p = default|}; } return v; } }"),
        new("operators, indexers, events and finalizers are bodies", "using System; unsafe class C { Pte* p; public static Pte operator +(C c) => {|R:*c.p|}; Pte this[int i] { get => {|R:p[i]|}; set => {|W:p[i] = value|}; } event Action E { add { {|M:p->Clear()|}; } remove { } } ~C() { {|W:*p = default|}; } }"),
        new("partial types are seen in every part", "unsafe partial class C { Pte* p; private partial Pte M(); } unsafe partial class C { private partial Pte M() => {|R:*p|}; Pte N() => {|R:p[1]|}; }"),
        new("local functions in lambdas in local functions are seen", "using System; unsafe class C { void M(Pte* p) { void A() { Action b = () => { Pte D() => {|R:*p|}; {|W:*p = D()|}; }; } } }"),
        new("only the code that #if leaves is seen", "unsafe class C { Pte M(Pte* p) {\n#if SOMETHING\n return *p;\n#else\n return {|R:p[1]|};\n#endif\n } }"),
        new("a nested report stands inside the outer one", "unsafe class C { void M(Pte* p, Pte* q, ulong* i) { {|W:p[{|R:q->Value|}].Value = {|R:q[{|R:p->Value|}]|}.Value|}; } }"),
        new("interface implementations and generics are bodies", "interface I { unsafe Pte Get(Pte* p) => {|R:*p|}; } unsafe class C<T> where T : unmanaged { Pte M<U>(Pte* p) => {|R:*p|}; T N(T* p) => *p; }"),
    ];

    private static IEnumerable<EntryAccessCase> Types =>
    [
        new("an entry of an open architecture is an entry", """
            using PteGuard;
            struct X86 { } [DirectEntryAccess] struct NoMmu { }
            [PageTableEntry] struct Entry<TArch> where TArch : unmanaged { public ulong V; }
            unsafe class C<TArch> where TArch : unmanaged
            {
                Entry<TArch> M(Entry<TArch>* p) => {|R:*p|};
                Entry<X86> M(Entry<X86>* p) => {|R:*p|};
                Entry<NoMmu> M(Entry<NoMmu>* p) { *p = default; return *p; }
                ulong N<U>(Entry<U>* p) where U : unmanaged => {|R:p->V|};
            }
            """),
        new("an entry nested in a direct architecture's table is none", "using PteGuard; [DirectEntryAccess] struct NoMmu { } struct X86 { } struct Tables<T> { [PageTableEntry] public struct Entry { public ulong V; } } unsafe class C { ulong M(Tables<NoMmu>.Entry* p, Tables<X86>.Entry* q) => p->V + {|R:q->V|}; }"),
        new("types with one short name are told apart", "using PteGuard; class A { [PageTableEntry] public struct E { public ulong V; } } class B { public struct E { public ulong V; } } unsafe class C { ulong M(A.E* a, B.E* b) => {|R:a->V|} + b->V; }"),
        new("an entry of several words is one entry", "unsafe class C { void M(BareEntry* p) { {|W:p->Low = 1|}; {|M:p->High |= 2|}; bool b = {|R:p->IsPresent|}; } }"),
        new("an entry inside another struct is reached through it", "struct Table { public Pte First; public Pmd Dir; public ulong Count; } unsafe class C { void M(Table* t, Table local) { t->Count = 1; {|W:t->First = default|}; {|W:t->Dir.Value = {|R:t->First|}.Value|}; local.First = default; local.First.Clear(); } }"),
        new("a pointer property of a table gives the entry", "unsafe struct Table { public Pte* Entries => null; public Pte* this[int i] => null; } unsafe class C { void M(Table* t, Table u) { {|M:t->Entries[1].Clear()|}; var e = {|R:u[1]->Value|}; {|M:((*t)[2])->Young = true|}; } }"),
        new("a member of another assembly that is not readonly is presumed to write", "using PteGuard; using System.Threading; [PageTableEntry] struct E { public SpinWait Wait; public System.Guid Id; } unsafe class C { void M(E* p) { {|M:p->Wait.SpinOnce()|}; string s = {|R:p->Id|}.ToString(); } }"),
        new("members that only look are reads, however they are written", """
            using PteGuard;
            [PageTableEntry] struct E
            {
                ulong v; int count;
                public bool A() { var v = this.v; v++; return v == 0; }
                public bool B(ulong v) { v = 1; return Twice(3); }
                public bool Twice(int n) => n == 0 ? A() : Twice(n - 1);
                public bool Get { get { return v != 0; } }
                public bool Counting { get { count++; return true; } }
                public void Through() { Set(ref v); }
                static void Set(ref ulong x) { x = 1; }
                public void Whole() { this = default; }
                public int Auto { get; set; }
            }
            unsafe class C
            {
                void M(E* p)
                {
                    _ = {|R:p->A|}(); _ = {|R:p->B|}(1); _ = {|R:p->Get|}; _ = {|R:p->Auto|};
                    _ = {|M:p->Counting|}; {|M:p->Through()|}; {|M:p->Whole()|}; {|M:p->Auto = 1|}; {|M:p->Auto++|};
                }
            }
            """),
#if NEWEST_ROSLYN
        new("a partial property's accessors are looked for in its other part", """
            using PteGuard;
            [PageTableEntry] partial struct E { public ulong V; public partial bool P { get; set; } }
            partial struct E { public partial bool P { get { V++; return true; } set { } } }
            unsafe class C { void M(E* p) => _ = {|M:p->P|}; }
            """),
#endif
        new("a partial method's body is looked for in its other part", """
            using PteGuard;
            [PageTableEntry] partial struct E { public ulong V; public partial void Set(); public partial bool Get(); }
            partial struct E { public partial void Set() { V = 1; } public partial bool Get() { foreach (var V in new int[1]) { var x = V; } return V == 0; } }
            unsafe class C { void M(E* p) { {|M:p->Set()|}; _ = {|R:p->Get|}(); } }
            """),
        Method("copies and enumerations of an annotated array are reads", "void M(ulong[] a) { {|R:annotatedArray.CopyTo(a, 0)|}; _ = {|R:annotatedArray.Clone()|}; a = [.. {|R:annotatedArray|}]; a = [.. a]; } [EntryPointer] ulong[] annotatedArray;"),
        new("a class is never an entry", "using PteGuard; unsafe class C { [EntryPointer] ulong* p; C next; void M(C c) { c.next = c; c.p = p + 1; } }"),
    ];
}
