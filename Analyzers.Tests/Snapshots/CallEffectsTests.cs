using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Snapshots;

namespace PteGuard.Analyzers.Tests.Snapshots;

public class CallEffectsTests
{
    private static readonly Snippet s_snippet = Snippet.Compile("""
        using System.Threading;
        using PteGuard;
        using static Paging;
        unsafe class C
        {
            static object s_gate = new();
            static Lock s_lock = new();
            static Pte* FindLocked(Pmd* pmd, out PtLock ptl) => PteOffsetMapLock(default, pmd, 0, out ptl);
            static void EndLocked(Pte* p, PtLock ptl) => PteUnmapUnlock(p, ptl);
            [ReleasesLock] static void Drop() { }
            static void Enter() { }
            static void Exit() { }
            void M(Pte* p, Pmd* pmd, Mm mm, PtLock ptl, SpinLock spin)
            {
                bool taken = false;
                PtLock other;
                _ = PteOffsetMap(pmd, 0);
                _ = PteOffsetMapNolock(mm, pmd, 1, out other);
                _ = PteOffsetMapLock(mm, pmd, 2, out other);
                PteUnmap(p);
                PteUnmapUnlock(p, ptl);
                ptl.Enter();
                ptl.Exit();
                _ = PmdLock(mm, pmd);
                Drop();
                Monitor.Enter(s_gate);
                Monitor.Exit(s_gate);
                Monitor.Pulse(s_gate);
                s_lock.EnterScope();
                spin.Enter(ref taken);
                Thread.Sleep(1);
                Volatile.Read(ref taken);
                Interlocked.MemoryBarrier();
                PtepGet(p);
                Enter();
                Exit();
                new NotOurs.Threading.Gate().Enter();
                new Inner.System.Threading.Gate().Enter();
                new Other.Threading.Gate().Exit();
            }
        }
        class Plain { public int F; public void Enter() { } public void Exit() { } }
        class Takes { [AcquiresLock] public void Begin() { } }
        class Ends { [ReleasesLock] public void End() { } }
        struct Kilobyte { public ulong Value; }
        enum Narrow : byte { A }
        enum Wide : ulong { A }
        namespace NotOurs.Threading { class Gate { public void Enter() { } } }
        namespace Other.Threading { class Gate { public void Exit() { } } }
        namespace Inner.System.Threading { class Gate { public void Enter() { } } }
        """);

    private static readonly CallEffects s_calls = new(s_snippet.Facts, new QuietCalls(s_snippet.Compilation));

    [Theory]
    [InlineData("PteOffsetMap(pmd, 0)", "Unknown")]
    [InlineData("PteOffsetMapNolock(mm, pmd, 1, out other)", "Unknown")]
    [InlineData("PteOffsetMapLock(mm, pmd, 2, out other)", "Takes")]
    [InlineData("PteUnmap(p)", "Unknown")]
    [InlineData("PteUnmapUnlock(p, ptl)", "Releases")]
    [InlineData("ptl.Enter()", "Takes")]
    [InlineData("ptl.Exit()", "Releases")]
    [InlineData("PmdLock(mm, pmd)", "Takes")]
    [InlineData("Drop()", "Releases")]
    [InlineData("Monitor.Enter(s_gate)", "Takes")]
    [InlineData("Monitor.Exit(s_gate)", "Releases")]
    [InlineData("Monitor.Pulse(s_gate)", "Unknown")]
    [InlineData("s_lock.EnterScope()", "Takes")]
    [InlineData("spin.Enter(ref taken)", "Takes")]
    [InlineData("Thread.Sleep(1)", "Unknown")]
    [InlineData("Volatile.Read(ref taken)", "Unknown")]
    [InlineData("Interlocked.MemoryBarrier()", "Unknown")]
    [InlineData("PtepGet(p)", "None")]
    [InlineData("Enter()", "None")]
    [InlineData("Exit()", "None")]
    [InlineData("new NotOurs.Threading.Gate().Enter()", "None")]
    [InlineData("new Inner.System.Threading.Gate().Enter()", "None")]
    [InlineData("new Other.Threading.Gate().Exit()", "None")]
    public void A_call_does_something_to_locks(string call, string effect)
    {
        var model = s_snippet.Compilation.GetSemanticModel(s_snippet.Tree);
        var syntax = s_snippet.Tree.GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>().First(i => i.ToString() == call);

        // The reference assemblies of Roslyn 4.8's framework know no Lock.
        if (model.GetOperation(syntax) is not IInvocationOperation operation)
            Assert.Contains("s_lock", call, StringComparison.Ordinal);
        else
            Assert.Equal(effect, s_calls.OnLocks(operation).ToString());
    }

    [Theory]
    [InlineData("PtLock", true)]
    [InlineData("Takes", true)]
    [InlineData("Ends", true)]
    [InlineData("Plain", false)]
    [InlineData("Pte", false)]
    [InlineData("System.Threading.SpinLock", true)]
    [InlineData("System.Threading.Thread", true)]
    [InlineData("System.Threading.Tasks.Task", false)]
    [InlineData("System.Object", false)]
    [InlineData("NotOurs.Threading.Gate", false)]
    [InlineData("Inner.System.Threading.Gate", false)]
    public void A_type_may_be_a_lock(string type, bool isLock) => Assert.Equal(isLock, s_calls.IsLock(Named(type)));

    [Theory]
    [InlineData("Pte", true)]
    [InlineData("Pmd", true)]
    [InlineData("BareEntry", true)]
    [InlineData("Mm", false)]
    [InlineData("System.UInt64", false)]
    public void A_type_may_be_an_entry(string type, bool isEntry) => Assert.Equal(isEntry, s_calls.IsEntry(Named(type), s_snippet.Tree));

    [Theory]
    [InlineData("System.Void", true)]
    [InlineData("System.UInt64", true)]
    [InlineData("System.UInt32", true)]
    [InlineData("Pte", true)]
    [InlineData("Pmd", true)]
    [InlineData("System.Int32", false)]
    [InlineData("System.Byte", false)]
    [InlineData("Mm", false)]
    [InlineData("Kilobyte", false)]
    public void A_pointer_may_lead_to_entries(string pointee, bool leads) =>
        Assert.Equal(leads, s_calls.LeadsToEntries(s_snippet.Compilation.CreatePointerTypeSymbol(Named(pointee)), s_snippet.Tree));

    [Fact]
    public void A_number_may_be_any_pointer() => Assert.True(s_calls.LeadsToEntries(Named("System.UIntPtr"), s_snippet.Tree));

    [Theory]
    [InlineData("Pte", "Pte", true)]
    [InlineData("Pmd", "Pte", true)]
    [InlineData("Kilobyte", "Pte", true)]
    [InlineData("System.UInt64", "Pte", true)]
    [InlineData("System.Int64", "System.UInt64", true)]
    [InlineData("System.Double", "System.UInt64", true)]
    [InlineData("System.UInt32", "System.UInt64", false)]
    [InlineData("System.UInt64", "System.UInt32", false)]
    [InlineData("System.UInt32", "Pte", false)]
    [InlineData("System.Byte", "Pte", false)]
    [InlineData("System.Boolean", "System.Byte", false)]
    [InlineData("System.Byte", "System.Byte", true)]
    [InlineData("System.Boolean", "System.Boolean", true)]
    [InlineData("System.String", "System.UInt64", false)]
    [InlineData("Plain", "Pte", false)]
    [InlineData("Plain", null, false)]
    [InlineData("System.UInt32", null, true)]
    [InlineData(null, "Pte", true)]
    [InlineData(null, null, true)]
    public void A_store_may_be_one_to_the_entry(string? stored, string? entry, bool mayBe) =>
        Assert.Equal(mayBe, CallEffects.MayBe(stored is null ? null : Named(stored), entry is null ? null : Named(entry)));

    [Fact]
    public void A_pointer_is_never_stored_to_an_entry()
    {
        Assert.False(CallEffects.MayBe(s_snippet.Compilation.CreatePointerTypeSymbol(Named("Pte")), Named("System.UInt64")));
        Assert.False(CallEffects.MayBe(s_snippet.Compilation.CreateFunctionPointerTypeSymbol(Named("System.Void"), RefKind.None, [], []), Named("System.UInt64")));
    }

    private static INamedTypeSymbol Named(string name) => s_snippet.Compilation.GetTypeByMetadataName(name)!;
}
