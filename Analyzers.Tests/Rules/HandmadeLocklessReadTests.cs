using Microsoft.CodeAnalysis.Testing;
using PteGuard.Analyzers.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public sealed class HandmadeLocklessReadTests
{
    [Fact]
    public Task Every_form_of_lockless_read_of_an_entry_struct_is_reported() => VerifyAsync(EntryAccessForms.TypedSource(EntryAccessForms.Typed));

    [Fact]
    public Task Without_a_lockless_reader_nothing_is_reported() => VerifyAsync(EntryAccessForms.RawSource(EntryAccessForms.Raw));

    public static TheoryData<EntryAccessCase> Cases => [.. EntryAccessCases.All];

    [Theory, MemberData(nameof(Cases))]
    public Task What_is_an_entry_is_told_by_where_it_comes_from_and_where_it_stands(EntryAccessCase @case) => VerifyAsync(@case.Source, @case.EditorConfig);

    [Theory]
    [InlineData("x = [|Volatile.Read(ref *(ulong*)p)|];")]
    [InlineData("x = [|Volatile.Read(ref p->Value)|];")]
    [InlineData("x = [|Volatile.Read(ref (*p).Value)|];")]
    [InlineData("x = [|Volatile.Read(ref ((p->Value)))|];")]
    [InlineData("x = [|Volatile.Read(ref p[i].Value)|];")]
    [InlineData("x = [|Volatile.Read(ref *(ulong*)(p + i))|];")]
    [InlineData("x = [|Volatile.Read(ref ((ulong*)p)[i])|];")]
    [InlineData("x = [|Volatile.Read(ref *(uint*)p)|];")]
    [InlineData("x = [|Volatile.Read(location: ref p->Value)|];")]
    [InlineData("x = (ulong)[|Volatile.Read(ref *(long*)p)|];")]
    [InlineData("x = [|Volatile.Read(ref Unsafe.As<Pte, ulong>(ref *p))|];")]
    [InlineData("x = [|Volatile.Read(ref Unsafe.AsRef<ulong>(p))|];")]
    [InlineData("ref ulong r = ref p->Value; x = [|Volatile.Read(ref r)|];")]
    [InlineData("ref Pte r = ref p[i]; x = [|Volatile.Read(ref r.Value)|];")]
    [InlineData("var s = new Span<Pte>(p, 4); x = [|Volatile.Read(ref s[i].Value)|];")]
    [InlineData("ulong* w = (ulong*)p; x = [|Volatile.Read(ref w[i])|];")]
    [InlineData("x = [|Interlocked.Read(ref p->Value)|];")]
    [InlineData("x = [|Interlocked.Read(ref *(ulong*)p)|];")]
    [InlineData("x = [|Thread.VolatileRead(ref p->Value)|];")]
    [InlineData("if (([|Volatile.Read(ref p->Value)|] & 1) != 0) return;")]
    [InlineData("while ([|Volatile.Read(ref p->Value)|] == 0) { }")]
    [InlineData("Func<ulong> f = () => [|Volatile.Read(ref p->Value)|];")]
    [InlineData("ulong Local() => [|Volatile.Read(ref p->Value)|];")]
    [InlineData("v = [|*p|]; Thread.MemoryBarrier();")]
    [InlineData("v = [|*p|]; Interlocked.MemoryBarrier();")]
    [InlineData("v = [|*p|]; System.Threading.Thread.MemoryBarrier();")]
    [InlineData("var e = [|*p|]; Thread.MemoryBarrier();")]
    [InlineData("Pte e = [|p[i]|], f = [|*q|]; Thread.MemoryBarrier();")]
    [InlineData("x = [|p->Value|]; Thread.MemoryBarrier();")]
    [InlineData("x = [|*(ulong*)p|]; Thread.MemoryBarrier();")]
    [InlineData("v = [|Unsafe.Read<Pte>(p)|]; Thread.MemoryBarrier();")]
    [InlineData("x = (ulong)[|Marshal.ReadInt64((nint)p)|]; Thread.MemoryBarrier();")]
    [InlineData("Use([|*p|]); Thread.MemoryBarrier();")]
    [InlineData("if (i > 0) { v = [|*p|]; Thread.MemoryBarrier(); }")]
    [InlineData("switch (i) { case 1: v = [|*p|]; Thread.MemoryBarrier(); break; }")]
    [InlineData("Action f = () => { v = [|*p|]; Thread.MemoryBarrier(); };")]
    [InlineData("again: v = [|*p|]; Thread.MemoryBarrier(); goto again;")]
    public Task A_lockless_read_made_by_hand_is_reported(string body) => Verify.AnalyzerAsync<HandmadeLocklessReadAnalyzer>(InBody(body));

    [Theory]
    [InlineData("v = PtepGetLockless(p);")]
    [InlineData("v = PtepGet(p); Thread.MemoryBarrier();")]
    [InlineData("v = *p;")]
    [InlineData("v = *p; i++; Thread.MemoryBarrier();")]
    [InlineData("Thread.MemoryBarrier(); v = *p;")]
    [InlineData("Thread.MemoryBarrier();")]
    [InlineData("v = *p; Interlocked.MemoryBarrierProcessWide();")]
    [InlineData("v = *p; MemoryBarrier(); void MemoryBarrier() { }")]
    [InlineData("if (p->IsPresent) { Thread.MemoryBarrier(); }")]
    [InlineData("if (i > 0) v = *p; Thread.MemoryBarrier();")]
    [InlineData("while (p->IsNone) { } Thread.MemoryBarrier();")]
    [InlineData("Func<Pte> f = () => *p; Thread.MemoryBarrier();")]
    [InlineData("Action f = () => { v = *p; }; Thread.MemoryBarrier();")]
    [InlineData("*p = v; Thread.MemoryBarrier();")]
    [InlineData("p->Value |= 1; Thread.MemoryBarrier();")]
    [InlineData("*p = p->MkOld(); Thread.MemoryBarrier();")]
    [InlineData("*(ulong*)p = Volatile.Read(ref *(ulong*)p) | 1;")]
    [InlineData("Volatile.Write(ref p->Value, 1);")]
    [InlineData("Interlocked.Or(ref p->Value, 1);")]
    [InlineData("Interlocked.CompareExchange(ref p->Value, 1, 0);")]
    [InlineData("Interlocked.Exchange(ref *(ulong*)p, 0);")]
    [InlineData("x = Volatile.Read(ref d->Value);")]
    [InlineData("Pmd e = *d; Thread.MemoryBarrier();")]
    [InlineData("x = Volatile.Read(ref *word);")]
    [InlineData("x = Volatile.Read(ref x);")]
    [InlineData("Pte* c = &v; x = Volatile.Read(ref c->Value);")]
    [InlineData("Pte* c = stackalloc Pte[2]; v = c[0]; Thread.MemoryBarrier();")]
    [InlineData("var c = (Pte*)NativeMemory.AllocZeroed(4096); x = Volatile.Read(ref c->Value);")]
    [InlineData("x = Volatile.Read(ref own->Value);")]
    public Task What_is_no_lockless_read_or_has_no_lockless_reader_is_not(string body) => Verify.AnalyzerAsync<HandmadeLocklessReadAnalyzer>(InBody(body));

    [Fact]
    public Task The_readers_architecture_code_and_unpublished_tables_read_as_they_must() => Verify.AnalyzerAsync<HandmadeLocklessReadAnalyzer>("""
        using System.Threading;
        using PteGuard;

        [PageTableEntry(typeof(Reader), Read = nameof(Reader.Get), ReadLockless = nameof(Reader.GetLockless))]
        unsafe struct Entry
        {
            public uint Low, High;
            public static uint LowOf(Entry* entry) => Volatile.Read(ref entry->Low);
        }

        static unsafe class Reader
        {
            public static Entry Get(Entry* entry) => *entry;

            public static Entry GetLockless(Entry* entry)
            {
                Entry read;
                do
                {
                    read.Low = Volatile.Read(ref entry->Low);
                    read.High = entry->High;
                    Thread.MemoryBarrier();
                }
                while (read.Low != Volatile.Read(ref entry->Low));
                return read;
            }

            public static uint Other(Entry* entry) => [|Volatile.Read(ref entry->Low)|];

            [ArchitectureCode]
            public static uint Architecture(Entry* entry) => Volatile.Read(ref entry->Low);

            [UnpublishedTable]
            public static uint Unpublished(Entry* entry) => Volatile.Read(ref entry->Low);
        }
        """);

    [Fact]
    public Task A_volatile_field_of_an_entry_with_a_lockless_reader_is_read_locklessly() => Verify.AnalyzerAsync<HandmadeLocklessReadAnalyzer>("""
        using PteGuard;

        [PageTableEntry(typeof(Reader), ReadLockless = "Get")] struct Entry { public volatile uint Word; public uint Plain; }
        static unsafe class Reader { public static Entry Get(Entry* entry) => *entry; }
        unsafe class C { uint M(Entry* entry) => [|entry->Word|] + entry->Plain; void N(Entry* entry) { entry->Word = 1; } }
        """);

    [Fact]
    public Task A_raw_pointer_may_name_a_lockless_reader() => Verify.AnalyzerAsync<HandmadeLocklessReadAnalyzer>("""
        using System.Threading;
        using PteGuard;

        unsafe class C
        {
            [EntryPointer(typeof(Paging), ReadLockless = nameof(Paging.Read))] ulong* table;
            [EntryPointer(typeof(Paging), Read = nameof(Paging.Read))] ulong* other;
            ulong M(int i) => [|Volatile.Read(ref table[i])|] + Volatile.Read(ref other[i]);
        }
        """);

    [Fact]
    public Task The_direct_read_rule_leaves_a_lockless_read_to_this_one() => Verify.AnalyzerAsync<DirectEntryReadAnalyzer>(InBody(
        "v = *p; Thread.MemoryBarrier(); x = Volatile.Read(ref p->Value); v = [|*p|]; Pmd e = [|*d|]; Thread.MemoryBarrier();"));

    [Fact]
    public Task The_message_names_the_lockless_reader() => Verify.AnalyzerAsync<HandmadeLocklessReadAnalyzer>(
        InBody("x = {|#0:Volatile.Read(ref  p->Value)|};"),
        configure: test => test.ExpectedDiagnostics.Add(new DiagnosticResult(Descriptors.HandmadeLocklessRead).WithLocation(0)
            .WithArguments("Volatile.Read(ref p->Value)", "PtepGetLockless")));

    [Theory]
    [InlineData("", "")]
    [InlineData("pteguard.report_generated = true", "L")]
    public Task Generated_code_is_reported_only_where_an_option_says_so(string option, string letter) => Verify.AnalyzerAsync<HandmadeLocklessReadAnalyzer>(
        FormMarkup.For("// <auto-generated/>\nunsafe class C { ulong M(Pte* p) => {|L:System.Threading.Volatile.Read(ref p->Value)|}; }", "PTE0006", letter), option);

    private static Task VerifyAsync(string markup, string? editorConfig = null) =>
        Verify.AnalyzerAsync<HandmadeLocklessReadAnalyzer>(FormMarkup.For(markup, "PTE0006", "L"), editorConfig);

    private static string InBody(string body) => $$"""
        using System;
        using System.Runtime.CompilerServices;
        using System.Runtime.InteropServices;
        using System.Threading;
        using PteGuard;
        using static Paging;

        unsafe class C
        {
            void F(Pte* p, Pte* q, Pmd* d, [EntryPointer] ulong* word, [UnpublishedTable] Pte* own, Pte v, ulong x, int i)
            {
                {{body}}
            }

            void Use(Pte pte) { }
        }
        """;
}
