using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public class HandmadeLocklessReadFixTests
{
    [Theory]
    [InlineData("x = [|Volatile.Read(ref *(ulong*)p)|];", "x = PtepGetLockless(p).Value;")]
    [InlineData("x = [|Volatile.Read(ref p->Value)|];", "x = PtepGetLockless(p).Value;")]
    [InlineData("x = [|Volatile.Read(ref (*p).Value)|];", "x = PtepGetLockless(p).Value;")]
    [InlineData("x = [|Volatile.Read(ref ((p->Value)))|];", "x = PtepGetLockless(p).Value;")]
    [InlineData("x = [|Volatile.Read(ref p[i].Value)|];", "x = PtepGetLockless(&p[i]).Value;")]
    [InlineData("x = [|Volatile.Read(ref *(ulong*)(p + i))|];", "x = PtepGetLockless(p + i).Value;")]
    [InlineData("x = [|Volatile.Read(ref p++->Value)|];", "x = PtepGetLockless(p++).Value;")]
    [InlineData("x = [|Volatile.Read(location: ref p->Value)|];", "x = PtepGetLockless(p).Value;")]
    [InlineData("x = [|System.Threading.Volatile.Read(ref p->Value)|];", "x = PtepGetLockless(p).Value;")]
    [InlineData("x = [|Volatile.Read(ref Unsafe.As<Pte, ulong>(ref *p))|];", "x = PtepGetLockless(p).Value;")]
    [InlineData("x = [|Volatile.Read(ref Unsafe.As<Pte, ulong>(ref p[i]))|];", "x = PtepGetLockless(&p[i]).Value;")]
    [InlineData("ref Pte r = ref p[2]; x = [|Volatile.Read(ref r.Value)|];", "ref Pte r = ref p[2]; x = PtepGetLockless(&p[2]).Value;")]
    [InlineData("x = [|Interlocked.Read(ref p->Value)|];", "x = PtepGetLockless(p).Value;")]
    [InlineData("x = [|Thread.VolatileRead(ref p->Value)|];", "x = PtepGetLockless(p).Value;")]
    [InlineData("v = new Pte([|Volatile.Read(ref *(ulong*)p)|]);", "v = new Pte(PtepGetLockless(p).Value);")]
    [InlineData("if (([|Volatile.Read(ref p->Value)|] & 1) != 0) return;", "if ((PtepGetLockless(p).Value & 1) != 0) return;")]
    [InlineData("x = [|Volatile.Read(ref p->Value)|] + [|Volatile.Read(ref p->Value)|];", "x = PtepGetLockless(p).Value + PtepGetLockless(p).Value;")]
    [InlineData("x = ~[|Volatile.Read(ref p->Value)|] >> 12;", "x = ~PtepGetLockless(p).Value >> 12;")]
    [InlineData("x = (ulong)(int)[|Volatile.Read(ref p->Value)|];", "x = (ulong)(int)PtepGetLockless(p).Value;")]
    [InlineData("i = [|Volatile.Read(ref p->Value)|].CompareTo(1UL);", "i = PtepGetLockless(p).Value.CompareTo(1UL);")]
    [InlineData("Func<ulong> f = () => [|Volatile.Read(ref p->Value)|];", "Func<ulong> f = () => PtepGetLockless(p).Value;")]
    [InlineData("x = [|Volatile.Read(ref (p + (int)[|Volatile.Read(ref q->Value)|])->Value)|];", "x = PtepGetLockless(p + (int)PtepGetLockless(q).Value).Value;")]
    [InlineData("x = [|Volatile.Read(ref /* the entry */ p->Value)|];", "x = /* the entry */ PtepGetLockless(p).Value;")]
    [InlineData("x = /* before */ [|Volatile.Read(ref p->Value)|] /* behind */;", "x = /* before */ PtepGetLockless(p).Value /* behind */;")]
    [InlineData("while ([|Volatile.Read(ref p->Value)|] == 0) { }", "while (PtepGetLockless(p).Value == 0) { }")]
    public Task A_volatile_read_becomes_a_call_of_the_lockless_reader(string before, string after) => VerifyBody(before, after);

    [Theory]
    [InlineData("v = [|*p|]; Thread.MemoryBarrier(); Use(v);", "v = PtepGetLockless(p); Use(v);")]
    [InlineData("var e = [|*p|]; Interlocked.MemoryBarrier(); Use(e);", "var e = PtepGetLockless(p); Use(e);")]
    [InlineData("Pte e = [|p[i]|]; Thread.MemoryBarrier(); Use(e);", "Pte e = PtepGetLockless(&p[i]); Use(e);")]
    [InlineData("x = [|p->Value|]; Thread.MemoryBarrier(); Use(v);", "x = PtepGetLockless(p).Value; Use(v);")]
    [InlineData("x = [|*(ulong*)p|]; Thread.MemoryBarrier(); Use(v);", "x = PtepGetLockless(p).Value; Use(v);")]
    [InlineData("v = [|Unsafe.Read<Pte>(p)|]; Thread.MemoryBarrier(); Use(v);", "v = PtepGetLockless(p); Use(v);")]
    [InlineData("_ = [|*p|]; Thread.MemoryBarrier(); Use(v);", "_ = PtepGetLockless(p); Use(v);")]
    [InlineData("x = [|Volatile.Read(ref p->Value)|]; Thread.MemoryBarrier(); Use(v);", "x = PtepGetLockless(p).Value; Use(v);")]
    [InlineData("bool b = [|p->IsPresent|] && i > 0; Thread.MemoryBarrier(); Use(v);", "bool b = PtepGetLockless(p).IsPresent && i > 0; Use(v);")]
    public Task The_barrier_behind_a_read_into_a_variable_goes(string before, string after) => VerifyBody(before, after);

    [Theory]
    [InlineData("Use([|*p|]); Thread.MemoryBarrier();", "Use(PtepGetLockless(p)); Thread.MemoryBarrier();")]
    [InlineData("v = [|*p|]; Thread.MemoryBarrier(); // last on its line", "v = PtepGetLockless(p); Thread.MemoryBarrier(); // last on its line")]
    [InlineData("field = [|*p|]; Thread.MemoryBarrier();", "field = PtepGetLockless(p); Thread.MemoryBarrier();")]
    [InlineData("field = v; v = [|*p|]; Thread.MemoryBarrier();", "field = v; v = PtepGetLockless(p); Thread.MemoryBarrier();")]
    [InlineData("Volatile.Write(ref flag, true); v = [|*p|]; Thread.MemoryBarrier();", "Volatile.Write(ref flag, true); v = PtepGetLockless(p); Thread.MemoryBarrier();")]
    [InlineData("Interlocked.Increment(ref counter); v = [|*p|]; Thread.MemoryBarrier();", "Interlocked.Increment(ref counter); v = PtepGetLockless(p); Thread.MemoryBarrier();")]
    [InlineData("Pte e = [|*p|], f = [|*q|]; Thread.MemoryBarrier();", "Pte e = PtepGetLockless(p), f = PtepGetLockless(q); Thread.MemoryBarrier();")]
    [InlineData("x = [|p->Value|] + [|q->Value|]; Thread.MemoryBarrier();", "x = PtepGetLockless(p).Value + PtepGetLockless(q).Value; Thread.MemoryBarrier();")]
    [InlineData("x = Compute([|*p|]); Thread.MemoryBarrier();", "x = Compute(PtepGetLockless(p)); Thread.MemoryBarrier();")]
    public Task A_barrier_that_may_order_more_than_the_read_stays(string before, string after) => VerifyBody(before, after);

    [Fact]
    public Task Reads_that_must_agree_are_one_read() => VerifyMembers(
        """
            ulong F(Pte* ptep)
            {
                // Look first.
                bool both = [|ptep->IsPresent|] && [|ptep->IsDirty|];
                // Then order.
                Thread.MemoryBarrier(); // for the other CPU
                return both ? 1ul : 0;
            }
        """,
        """
            ulong F(Pte* ptep)
            {
                // Look first.
                var pte = PtepGetLockless(ptep);
                bool both = pte.IsPresent && pte.IsDirty;
                // Then order.
                // for the other CPU
                return both ? 1ul : 0;
            }
        """);

    [Fact]
    public Task A_barrier_in_some_builds_only_stays() => VerifyMembers(
        """
            Pte F(Pte* p)
            {
                Pte pte = [|*p|];
        #if !OTHER
                Thread.MemoryBarrier();
        #endif
                return pte;
            }
        """,
        """
            Pte F(Pte* p)
            {
                Pte pte = PtepGetLockless(p);
        #if !OTHER
                Thread.MemoryBarrier();
        #endif
                return pte;
            }
        """);

    [Fact]
    public Task The_reader_is_qualified_where_its_name_means_something_else() => VerifyMembers(
        """
            ulong F(Pte* p) => [|Volatile.Read(ref p->Value)|];

            Pte PtepGetLockless(Pte* p) => default;
        """,
        """
            ulong F(Pte* p) => Paging.PtepGetLockless(p).Value;

            Pte PtepGetLockless(Pte* p) => default;
        """);

    [Fact]
    public Task A_raw_word_is_read_whole() => VerifyMembers(
        """
            [EntryPointer(typeof(Paging), ReadLockless = nameof(Paging.Read))] ulong* table;
            ulong F(int i)
            {
                ulong entry = [|table[i]|];
                Thread.MemoryBarrier();
                return entry + [|Volatile.Read(ref table[i + 1])|];
            }
        """,
        """
            [EntryPointer(typeof(Paging), ReadLockless = nameof(Paging.Read))] ulong* table;
            ulong F(int i)
            {
                ulong entry = Read(&table[i]);
                return entry + Read(&table[i + 1]);
            }
        """);

    [Fact]
    public Task A_volatile_field_is_read_from_the_snapshot() => VerifyMembers(
        """
            uint F(Entry* entry) => [|entry->Word|];
            [PageTableEntry(typeof(C), ReadLockless = "Get")] struct Entry { public volatile uint Word; }
            static Entry Get(Entry* entry) => *entry;
        """,
        """
            uint F(Entry* entry) => Get(entry).Word;
            [PageTableEntry(typeof(C), ReadLockless = "Get")] struct Entry { public volatile uint Word; }
            static Entry Get(Entry* entry) => *entry;
        """);

    [Theory]
    [InlineData("uint n = [|Volatile.Read(ref *(uint*)p)|];")]
    [InlineData("long n = [|Volatile.Read(ref *(long*)p)|];")]
    [InlineData("x = [|Volatile.Read(ref Unsafe.As<Pte, uint>(ref *p))|];")]
    [InlineData("var s = new Span<Pte>(p, 4); x = [|Volatile.Read(ref s[i].Value)|];")]
    [InlineData("ref Pte r = ref *p; r = ref *q; x = [|Volatile.Read(ref r.Value)|];")]
    [InlineData("x = [|Volatile.Read(\n#if OTHER\n ref q->Value\n#else\n ref p->Value\n#endif\n )|];")]
    [InlineData("x = [|Volatile.Read(ref other->Value)|];")]
    [InlineData("Other e = [|*other|]; Thread.MemoryBarrier();")]
    public Task Where_the_reader_cannot_stand_there_is_no_fix(string body) => VerifyBody(body, body);

    [Fact]
    public async Task The_fix_for_direct_reads_does_not_touch_a_lockless_one()
    {
        const string Lockless = "v = *p; Thread.MemoryBarrier(); x = Volatile.Read(ref p->Value); v = ";
        await Verify.FixAsync<DirectEntryReadAnalyzer, DirectEntryReadFix>(InBody(Lockless + "[|*q|];"), InBody(Lockless + "PtepGet(q);"));
    }

    private static Task VerifyBody(string before, string after) => Verify.FixAsync<HandmadeLocklessReadAnalyzer, HandmadeLocklessReadFix>(InBody(before), InBody(after));

    private static Task VerifyMembers(string before, string after) => Verify.FixAsync<HandmadeLocklessReadAnalyzer, HandmadeLocklessReadFix>(InClass(before), InClass(after));

    private static string InBody(string body) => InClass($$"""
            void F(Pte* p, Pte* q, Other* other, Pte v, ulong x, int i)
            {
                {{body}}
            }
        """);

    private static string InClass(string members) => $$"""
        using System;
        using System.Runtime.CompilerServices;
        using System.Threading;
        using PteGuard;
        using static Paging;

        unsafe class C
        {
        {{members}}

            Pte field;
            bool flag;
            int counter;
            void Use(Pte pte) { }
            ulong Compute(Pte pte) => pte.Value;
        }

        // Its lockless reader has a form that no fix can call.
        [PageTableEntry(typeof(Others), ReadLockless = nameof(Others.Get))] struct Other { public ulong Value; }
        static unsafe class Others { public static Other Get(Other* p, int order) => *p; }
        """;
}
