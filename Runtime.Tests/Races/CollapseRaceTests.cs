#if DEBUG
using static PteGuard.Runtime.Tests.Interleaving;

namespace PteGuard.Runtime.Tests;

/// <summary>Race R3: pages become a huge page while somebody takes references to them without a lock.</summary>
public unsafe class CollapseRaceTests
{
    private const ulong Addr = TestSpace.Start;

    [Fact]
    public void A_reference_is_to_the_page_that_is_mapped() => Assert.True(ReferenceIsToTheMappedPage());

    [Fact]
    public void Without_the_recheck_it_is_to_what_became_of_the_page()
    {
        using Defence.Removal _ = Defence.Remove(Defence.RecheckAfterReference);
        Assert.False(ReferenceIsToTheMappedPage());
    }

    [Fact]
    public void A_reference_taken_after_the_last_count_is_given_back() => Assert.Equal(2UL, StoreThroughAReferenceTakenAfterTheCount(TimeSpan.FromMilliseconds(100)));

    [Fact]
    public void Without_the_recheck_a_store_through_it_is_lost()
    {
        using Defence.Removal _ = Defence.Remove(Defence.RecheckAfterReference);
        Assert.Equal(1UL, StoreThroughAReferenceTakenAfterTheCount(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void A_page_that_was_pinned_meanwhile_is_left_alone()
        => Assert.Equal((CollapseResult.Pinned, 2UL), StoreThroughAPinTakenAfterTheScan());

    [Fact]
    public void Without_the_second_count_a_store_through_the_pin_is_lost()
    {
        using Defence.Removal _ = Defence.Remove(Defence.CountDetached);
        Assert.Equal((CollapseResult.Succeeded, 1UL), StoreThroughAPinTakenAfterTheScan());
    }

    private static bool ReferenceIsToTheMappedPage()
    {
        using var space = new TestSpace();
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr + TestSpace.Page, 1UL);
        Page old = space.PteAt(Addr + TestSpace.Page).Page;
        var taken = new List<Page>();
        At(Checkpoint.GupSampled, () =>
        {
            Assert.Equal(CollapseResult.Succeeded, space.Mm.CollapseHuge(Addr));
            while (taken.Count == 0 || taken[^1] != old)
                taken.Add(space.Arena.AllocPage());
        });

        Assert.True(space.Mm.GetUserPagesFast(Addr + TestSpace.Page, write: false, out Page page));
        Page mapped = new(PageTable.PmdpGet(space.Pmd).Page.Frame + 1);
        page.Put();
        foreach (Page other in taken)
        {
            Assert.Equal(1, other.RefCount);
            other.Put();
        }

        return page == mapped;
    }

    /// <summary>The one who takes the reference reads the entries before the collapse begins, and the collapse copies after he has it.</summary>
    private static ulong StoreThroughAReferenceTakenAfterTheCount(TimeSpan patience)
    {
        using var space = new TestSpace();
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 1UL);
        using var counted = new ManualResetEventSlim();
        using var taken = new ManualResetEventSlim();
        Action join = Beside(Checkpoint.GupSampled, () =>
        {
            Checkpoint.Handler = place =>
            {
                if (place != Checkpoint.CollapseCounted)
                    return;
                counted.Set();
                taken.Wait(patience);
            };
            Assert.Equal(CollapseResult.Succeeded, space.Mm.CollapseHuge(Addr));
        }, counted);

        Assert.True(space.Mm.GetUserPagesFast(Addr, write: true, out Page page));
        taken.Set();
        join();
        Volatile.Write(ref *(ulong*)page.Pointer, 2);
        ulong seen = mmu.Load<ulong>(Addr);
        page.Put();
        return seen;
    }

    private static (CollapseResult Result, ulong Seen) StoreThroughAPinTakenAfterTheScan()
    {
        using var space = new TestSpace();
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 1UL);
        Page pinned = default;
        At(Checkpoint.CollapseScanned, () => Assert.True(space.Mm.GetUserPagesFast(Addr, write: true, out pinned)));
        CollapseResult result = space.Mm.CollapseHuge(Addr);
        Volatile.Write(ref *(ulong*)pinned.Pointer, 2);
        ulong seen = mmu.Load<ulong>(Addr);
        pinned.Put();
        return (result, seen);
    }
}
#endif
