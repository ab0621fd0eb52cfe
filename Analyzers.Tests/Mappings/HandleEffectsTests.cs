using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Flow;
using PteGuard.Analyzers.Mappings;

namespace PteGuard.Analyzers.Tests.Mappings;

/// <summary>What a call does to what it is given.</summary>
public class HandleEffectsTests
{
    [Theory]
    [InlineData("ptl.Enter()", "Locks")]
    [InlineData("ptl.Exit()", "Unlocks")]
    [InlineData("ptl.TryEnter()", "Unknown")]
    [InlineData("ptl.GetHashCode()", "None")]
    [InlineData("ptl.ToString()", "None")]
    [InlineData("ptl.Equals(gate)", "Unknown")]
    [InlineData("spin.Enter(ref taken)", "Locks")]
    [InlineData("spin.Exit()", "Unlocks")]
    [InlineData("spin.TryEnter(ref taken)", "Unknown")]
    [InlineData("new Ours.Threading.SpinLock().Enter()", "Unknown")]
    [InlineData("new Ours.Threading.SpinLock().Exit()", "Unknown")]
    [InlineData("new Ours.System.Threading.SpinLock().Enter()", "Unknown")]
    [InlineData("new Gate().Enter()", "Unknown")]
    [InlineData("new Gate().Take()", "Locks")]
    [InlineData("new Gate().Give()", "Unlocks")]
#if NEWEST_ROSLYN
    [InlineData("_lock.Enter()", "Locks")]
    [InlineData("_lock.Exit()", "Unlocks")]
    [InlineData("_lock.TryEnter()", "Unknown")]
#endif
    public void A_member_of_a_lock_takes_or_releases_it(string call, string effect) => Assert.Equal(effect, HandleEffects.OnInstance(Call(call).Call.TargetMethod).ToString());

    [Fact]
    public void Reading_a_property_of_a_lock_leaves_it_alone()
    {
        var snippet = Compile("_ = spin.IsHeld;");
        var read = Operations(snippet).OfType<IPropertyReferenceOperation>().Single();

        Assert.Equal(HandleEffect.None, HandleEffects.OnInstance(read.Property.GetMethod!));
    }

    [Theory]
    [InlineData("PteUnmap(p)", "Uses, Unmaps")]
    [InlineData("PteUnmapUnlock(p, ptl)", "Uses, Unmaps", "Unlocks")]
    [InlineData("EndCounted(p, n)", "Uses, Unmaps", "None")]
    [InlineData("PtepGet(p)", "Uses")]
    [InlineData("SetPte(p, pte)", "Uses, Stores", "None")]
    [InlineData("PtepModify(p, null)", "Uses, Stores", "Unknown")]
    [InlineData("Volatile.Write(ref *(ulong*)p, 3)", "None", "None")]
    [InlineData("Unsafe.Write(p, pte)", "Uses, Stores", "None")]
    [InlineData("Unsafe.Read<Pte>(p)", "Uses")]
    [InlineData("PteOffsetMap(pmd, 0)", "None", "None")]
    [InlineData("PteLockptr(mm, pmd)", "None", "None")]
    [InlineData("PmdLock(mm, pmd)", "Unknown", "None")]
    [InlineData("PteSame(pte, pte)", "None", "None")]
    [InlineData("Console.Write((ulong)p)", "None")]
    [InlineData("GC.KeepAlive(gate)", "None")]
    [InlineData("Monitor.Enter(gate)", "Locks")]
    [InlineData("Monitor.Enter(gate, ref taken)", "Locks", "None")]
    [InlineData("Monitor.Exit(gate)", "Unlocks")]
    [InlineData("Monitor.Pulse(gate)", "None")]
    [InlineData("Monitor.TryEnter(gate)", "None")]
    [InlineData("Ours.Threading.Monitor.Enter(gate)", "Unknown")]
    [InlineData("Ours.System.Threading.Monitor.Exit(gate)", "Unknown")]
    [InlineData("Enter(gate)", "Unknown")]
    [InlineData("Take(ptl)", "Locks")]
    [InlineData("Give(ptl)", "Unlocks")]
    [InlineData("Tried(ptl)", "Unknown")]
    [InlineData("Ends(p)", "Uses, Unmaps")]
    [InlineData("Elsewhere(p)", "Unknown")]
    [InlineData("ElsewhereNumber((ulong)p)", "Unknown")]
    [InlineData("missing(p)", "Unknown")]
    [InlineData("new C().Outside(p)", "Unknown")]
    [InlineData("UnmapNumber((ulong)p)", "None")]
    public void An_argument_is_used_ended_locked_or_unlocked(string call, params string[] effects)
    {
        var (operation, snippet) = Call(call);
        var all = Effects(snippet);

        Assert.Equal(effects, operation is null ? ["Unknown"] : operation.Arguments.Select(argument => all.OnArgument(operation, argument).ToString()));
    }

    private static HandleEffects Effects(Snippet snippet)
    {
        var budget = new FlowBudget();
        var summaries = new Summaries(snippet.Compilation, (_, _) => null, budget);
        return new HandleEffects(snippet.Facts, summaries, new Helpers(snippet.Compilation, snippet.Facts, summaries, budget));
    }

    private static (IInvocationOperation Call, Snippet Snippet) Call(string call)
    {
        var snippet = Compile(call + ";");
        return (Operations(snippet).OfType<IInvocationOperation>().FirstOrDefault(o => o.Syntax.ToString() == call)!, snippet);
    }

    private static IEnumerable<IOperation> Operations(Snippet snippet) => snippet.Method("M").Body.Descendants();

    private static Snippet Compile(string body) => Snippet.Compile($$"""
        using System;
        using System.Runtime.CompilerServices;
        using System.Threading;
        using PteGuard;
        using static Paging;

        public unsafe class C
        {
            void M(Pte* p, Pmd* pmd, Mm mm, PtLock ptl, SpinLock spin, bool taken, object gate, Pte pte, int n) { {{body}} }

        #if NEWEST_ROSLYN
            static Lock _lock;
        #endif
            [UnmapsEntry] static void EndCounted(Pte* p, int n) { }
            [UnmapsEntry] static void UnmapNumber(ulong p) { }
            [AcquiresLock] static void Take(PtLock l) { }
            [AcquiresLock] static bool Tried(PtLock l) => l.TryEnter();
            [ReleasesLock] static void Give(PtLock l) { }
            static void Enter(object gate) => Monitor.Enter(gate);
            static void Ends(Pte* p) => PteUnmap(p);
            static extern void Elsewhere(Pte* p);
            static extern void ElsewhereNumber(ulong p);
            public virtual void Outside(Pte* p) { }
        }
        class Gate { public void Enter() { } [AcquiresLock] public void Take() { } [ReleasesLock] public void Give() { } }
        namespace Ours.Threading { class SpinLock { public void Enter() { } public void Exit() { } } class Monitor { public static extern void Enter(object gate); } }
        namespace Ours.System.Threading { class SpinLock { public void Enter() { } } class Monitor { public static extern void Exit(object gate); } }
        """);
}
