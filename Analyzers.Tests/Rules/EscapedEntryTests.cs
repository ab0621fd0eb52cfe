using Microsoft.CodeAnalysis.Testing;
using PteGuard.Analyzers.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public sealed class EscapedEntryTests
{
    [Fact]
    public Task Every_form_of_escape_of_an_entry_struct_is_reported() => VerifyAsync(EntryAccessForms.TypedSource(EntryAccessForms.Typed));

    [Fact]
    public Task Every_form_of_escape_through_a_raw_pointer_is_reported() => VerifyAsync(EntryAccessForms.RawSource(EntryAccessForms.Raw));

    public static TheoryData<EntryAccessCase> Cases => [.. EntryAccessCases.All];

    [Theory, MemberData(nameof(Cases))]
    public Task What_is_an_entry_is_told_by_where_it_comes_from_and_where_it_stands(EntryAccessCase @case) => VerifyAsync(@case.Source, @case.EditorConfig);

    [Theory]
    [InlineData("ByRef(ref [|*p|]);")]
    [InlineData("ByIn(in [|*p|]);")]
    [InlineData("ByOut(out [|*p|]);")]
    [InlineData("ByReadOnly(in [|*p|]);")]
    [InlineData("ByReadOnly(ref [|*p|]);")]
    [InlineData("ByRef(ref ([|*p|]));")]
    [InlineData("ByRef(ref [|p[i]|]);")]
    [InlineData("ByWord(ref [|p->Value|]);")]
    [InlineData("ByWord(ref [|p[i]|].Value);")]
    [InlineData("ByWord(ref [|*(ulong*)p|]);")]
    [InlineData("ByWord(ref [|*word|]);")]
    [InlineData("ByRef(ref [|Unsafe.AsRef<Pte>(p)|]);")]
    [InlineData("ByRef(ref [|Unsafe.Add(ref *p, i)|]);")]
    [InlineData("ByWord(ref [|Unsafe.As<Pte, ulong>(ref *p)|]);")]
    [InlineData("ByRef(ref [|MemoryMarshal.GetReference(new Span<Pte>(p, 4))|]);")]
    [InlineData("ByRef(ref [|new Span<Pte>(p, 4)[i]|]);")]
    [InlineData("ByRef(ref [|c ? ref *p : ref *q|]);")]
    [InlineData("ref Pte r = ref *p; ByRef(ref [|r|]);")]
    [InlineData("foreach (ref var e in new Span<Pte>(p, 4)) ByRef(ref [|e|]);")]
    [InlineData("var h = new Holder(ref [|*p|]);")]
    [InlineData("_ = this[in [|*p|]];")]
    [InlineData("Change change = null; change(ref [|*p|]);")]
    [InlineData("delegate*<ref Pte, void> f = null; f(ref [|*p|]);")]
    [InlineData("dynamic d = null; d.M(ref [|*p|]);")]
    [InlineData("void Local(ref Pte e) { } Local(ref [|*p|]);")]
    [InlineData("var h = new Holder { Ref = ref [|*p|] };")]
    [InlineData("var h = default(Holder); h.Ref = ref [|p[i]|];")]
    [InlineData("parameter = ref [|*p|];")]
    [InlineData("Give give = () => ref [|*p|];")]
    [InlineData("var t = __makeref([|*p|]);")]
    [InlineData("Take([|new Span<Pte>(p, 4)|]);")]
    [InlineData("TakeReadOnly([|new ReadOnlySpan<Pte>(p, 4)|]);")]
    [InlineData("TakeReadOnly([|new Span<Pte>(p, 4)|]);")]
    [InlineData("var s = new Span<Pte>(p, 4); Take([|s|]);")]
    [InlineData("var s = new Span<Pte>(p, 4); Take([|s[1..]|]);")]
    [InlineData("var s = new Span<Pte>(p, 4); Take([|s.Slice(1)|]);")]
    [InlineData("var s = new Span<Pte>(p, 4); Take([|c ? s : default|]);")]
    [InlineData("Take([|MemoryMarshal.CreateSpan(ref *p, 4)|]);")]
    [InlineData("TakeBytes([|MemoryMarshal.AsBytes(new Span<Pte>(p, 4))|]);")]
    [InlineData("TakeWords([|MemoryMarshal.Cast<Pte, ulong>(new Span<Pte>(p, 4))|]);")]
    [InlineData("TakeWords([|new Span<ulong>(word, 4)|]);")]
    [InlineData("stream.Write([|new ReadOnlySpan<byte>(word, 8)|]);")]
    [InlineData("var view = new View { Entries = [|new Span<Pte>(p, 4)|] };")]
    [InlineData("var view = default(View); view.Entries = [|new Span<Pte>(p, 4)|];")]
    [InlineData("var view = new View([|new Span<Pte>(p, 4)|]);")]
    [InlineData("var t = (Pte*)NativeMemory.Alloc(4096); Publish(t); ByRef(ref [|*t|]);")]
    public Task What_leaves_is_reported(string body) => Verify.AnalyzerAsync<EscapedEntryAnalyzer>(InBody(body));

    [Theory]
    [InlineData("ByPointer(p); ByPointer(&p[i]); ByPointer(&*p);")]
    [InlineData("ByValue(*p); ByIn(*p);")]
    [InlineData("ref Pte r = ref *p; r = default; var e = r;")]
    [InlineData("ref Pte r = ref v; r = ref *p; ref Pte s = ref r; s.Clear();")]
    [InlineData("ref readonly Pte r = ref p[i]; var e = r;")]
    [InlineData("ref Pte r = ref c ? ref *p : ref *q; r = default;")]
    [InlineData("ref Pte r = ref Unsafe.AsRef<Pte>(p); r = default;")]
    [InlineData("ref ulong r = ref Unsafe.As<Pte, ulong>(ref *p); r |= 1;")]
    [InlineData("ref Pte Local() => ref *p; Local() = default;")]
    [InlineData("Span<Pte> Local() => new(p, 4); Local()[0] = default;")]
    [InlineData("void Local(Span<Pte> e) { e[0] = default; } Local(new Span<Pte>(p, 4));")]
    [InlineData("var s = new Span<Pte>(p, 4); s[0] = default; s.Clear(); var t = s[1..]; t.Fill(default);")]
    [InlineData("Span<Pte> s; s = new Span<Pte>(p, 4); foreach (ref var e in s) e = default;")]
    [InlineData("new Span<Pte>(p, 4).CopyTo(new Span<Pte>(q, 4)); var a = new Span<Pte>(p, 4).ToArray();")]
    [InlineData("int n = new Span<Pte>(p, 4).IndexOf(v);")]
    [InlineData("Volatile.Write(ref p->Value, 1); Interlocked.Or(ref *(ulong*)p, 1); var e = Volatile.Read(ref *word);")]
    [InlineData("Unsafe.SkipInit(out *p); var e = Unsafe.Read<Pte>(p); var f = Marshal.ReadInt64((nint)p);")]
    [InlineData("Pte e = default; ByRef(ref e); ByIn(in e); ByOut(out e);")]
    [InlineData("Pte* b = &v; ByRef(ref *b); Take(new Span<Pte>(b, 1));")]
    [InlineData("Pte* b = stackalloc Pte[4]; ByRef(ref b[0]); Take(new Span<Pte>(b, 4));")]
    [InlineData("Take(stackalloc Pte[4]); Take(new Pte[4]); TakeWords(new ulong[4]);")]
    [InlineData("var t = (Pte*)NativeMemory.Alloc(4096); ByRef(ref *t);")]
    [InlineData("var t = (Pte*)NativeMemory.Alloc(4096); Take(new Span<Pte>(t, 512));")]
    [InlineData("ByRef(ref *own); Take(new Span<Pte>(own, 4));")]
    [InlineData("Reads(in *p); Reads(*p); Writes(out *p); Unpublished(ref *p); Raw(ref *word); RawSpan(new Span<ulong>(word, 4)); Init(ref *p); Zero(ref *p);")]
    [InlineData("Entries.Get(in *entry); Entries.Get(*entry); Entry.Reset(ref *entry);")]
    [InlineData("Use(ref i); ByRef(ref parameter);")]
    public Task What_stays_or_is_told_is_not(string body) => Verify.AnalyzerAsync<EscapedEntryAnalyzer>(InBody(body));

    [Theory]
    [InlineData("ref Pte At(int i) => ref [|table[i]|];")]
    [InlineData("ref readonly Pte At(int i) { return ref [|table[i]|]; }")]
    [InlineData("ref Pte At(int i) { ref Pte r = ref table[i]; return ref [|r|]; }")]
    [InlineData("ref ulong Word(int i) => ref [|table[i]|].Value;")]
    [InlineData("ref Pte First => ref [|*table|];")]
    [InlineData("ref Pte this[int i] => ref [|table[i]|];")]
    [InlineData("ref Pte At(int i) => ref [|Unsafe.AsRef<Pte>(table)|];")]
    [InlineData("Span<Pte> All() => [|new Span<Pte>(table, 512)|];")]
    [InlineData("ReadOnlySpan<Pte> All => [|new(table, 512)|];")]
    [InlineData("Span<Pte> All() { var s = new Span<Pte>(table, 512); return [|s[1..]|]; }")]
    [InlineData("Span<ulong> Raw() => [|new Span<ulong>(raw, 512)|];")]
    [InlineData("[return: EntryPointer] ref ulong At(int i) => ref raw[i];")]
    [InlineData("[return: EntryPointer] Span<ulong> Raw() => new(raw, 512);")]
    [InlineData("[EntryPointer] Span<ulong> Raw => new(raw, 512);")]
    [InlineData("[ArchitectureCode] ref Pte At(int i) => ref table[i];")]
    [InlineData("[UnpublishedTable] Span<Pte> All(Pte* t) => new(t, 512);")]
    [InlineData("Span<Pte> Copy() => new Span<Pte>(table, 512).ToArray();")]
    [InlineData("Pte* At(int i) => &table[i];")]
    [InlineData("Pte[] shadow; ref Pte At(int i) => ref shadow[i]; Span<Pte> All() => shadow;")]
    [InlineData("Span<Pte> New() { var t = (Pte*)System.Runtime.InteropServices.NativeMemory.AllocZeroed(4096); return new(t, 512); }")]
    public Task What_is_returned_is_reported_unless_it_is_told(string member) => Verify.AnalyzerAsync<EscapedEntryAnalyzer>($$"""
        using System;
        using System.Runtime.CompilerServices;
        using PteGuard;

        unsafe class C
        {
            Pte* table; [EntryPointer] ulong* raw;
            {{member}}
        }
        """);

    [Theory]
    [InlineData("ByIn(in {|#0:*p|});", "*p", "pass what PtepGet reads")]
    [InlineData("ByOut(out {|#0:*p|});", "*p", "let a local be written, and store it with SetPte")]
    [InlineData("ByRef(ref {|#0:p[i]|});", "p[i]", "use a pointer, whose accesses are seen, or say with [EntryPointer] what receives it")]
    [InlineData("Take({|#0:new Span<Pte>(p,  4)|});", "new Span<Pte>(p, 4)", "use a pointer, whose accesses are seen, or say with [EntryPointer] what receives it")]
    [InlineData("ByInBare(in {|#0:*bare|});", "*bare", "no reader is named for BareEntry: name one with [PageTableEntry(Read = …)] or pteguard.read_accessor, and pass what it reads")]
    [InlineData("ByOutBare(out {|#0:*bare|});", "*bare", "let a local be written, and store it")]
    public Task The_message_says_what_to_do(string body, string text, string advice) => Verify.AnalyzerAsync<EscapedEntryAnalyzer>(
        InBody(body),
        configure: test => test.ExpectedDiagnostics.Add(new DiagnosticResult(Descriptors.EscapedEntry).WithLocation(0).WithArguments(text, advice)));

    [Fact]
    public Task Generated_code_is_not_reported() => VerifyAsync("// <auto-generated/>\nunsafe class C { ref Pte M(Pte* p) => ref *p; }");

    private static Task VerifyAsync(string markup, string? editorConfig = null) =>
        Verify.AnalyzerAsync<EscapedEntryAnalyzer>(FormMarkup.For(markup, "PTE0018", "E"), editorConfig);

    private static string InBody(string body) => $$"""
        using System;
        using System.IO;
        using System.Runtime.CompilerServices;
        using System.Runtime.InteropServices;
        using System.Threading;
        using PteGuard;

        unsafe class C
        {
            void F(Pte* p, Pte* q, [EntryPointer] ulong* word, [UnpublishedTable] Pte* own, BareEntry* bare, Entry* entry, Pte v, ref Pte parameter, Stream stream, bool c, int i)
            {
                {{body}}
            }

            delegate void Change(ref Pte e);
            delegate ref Pte Give();
            ref struct Holder { public ref Pte Ref; public Holder(ref Pte r) { } }
            ref struct View { public Span<Pte> Entries; public View(Span<Pte> e) { } }
            int this[in Pte e] => 0;
            static void ByValue(Pte e) { }
            static void ByRef(ref Pte e) { }
            static void ByIn(in Pte e) { }
            static void ByOut(out Pte e) { e = default; }
            static void ByReadOnly(ref readonly Pte e) { }
            static void ByWord(ref ulong e) { }
            static void ByInBare(in BareEntry e) { }
            static void ByOutBare(out BareEntry e) { e = default; }
            static void ByPointer(Pte* e) { }
            static void Publish(Pte* e) { }
            static void Take(Span<Pte> e) { }
            static void TakeReadOnly(ReadOnlySpan<Pte> e) { }
            static void TakeBytes(Span<byte> e) { }
            static void TakeWords(Span<ulong> e) { }
            static void Use(ref int i) { }
            static void Reads([ReadsEntry] in Pte e) { }
            static void Writes([WritesEntry] out Pte e) { e = default; }
            static void Unpublished([UnpublishedTable] ref Pte e) { }
            static void Raw([EntryPointer] ref ulong e) { }
            static void RawSpan([EntryPointer] Span<ulong> e) { }
            [ArchitectureCode] static void Init(ref Pte e) { }
            [UnpublishedTable] static void Zero(ref Pte e) { }
        }

        [PageTableEntry(typeof(Entries), Read = nameof(Entries.Get))] struct Entry { public ulong Value; public static void Reset(ref Entry e) { } }
        static class Entries { public static Entry Get(in Entry e) => e; }
        """;
}
