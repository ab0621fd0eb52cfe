#if DEBUG
namespace PteGuard.Runtime.Tests;

/// <summary>Races R10 and R11: fork decides to share a page, and somebody else touches the entry before it is write-protected.</summary>
public unsafe class ForkRaceTests
{
    private const ulong Addr = TestSpace.Start;

    [Fact]
    public void Who_pins_without_a_lock_gives_up_while_a_fork_shares()
    {
        using var space = new TestSpace();
        Assert.Null(PinWhileForking(space, removed: false));
    }

    [Fact]
    public void Without_the_sequence_a_device_writes_to_a_page_that_the_process_no_longer_has()
    {
        using var space = new TestSpace();
        Page pinned = PinWhileForking(space, removed: true)!.Value;
        *(int*)pinned.Pointer = 3;
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        Assert.Equal(2, mmu.Load<int>(Addr));
        pinned.Unpin();
    }

    /// <summary>The page that was pinned in between, after the parent has written.</summary>
    private static Page? PinWhileForking(TestSpace space, bool removed)
    {
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 1);
        Page? pinned = null;
        Interleaving.At(Checkpoint.Sharing, () =>
        {
            using Defence.Removal _ = Defence.Remove(removed ? Defence.ProtectSequence : "");
            if (Pinning.TryFast(space.Mm, Addr, out Page page))
                pinned = page;
        });
        using Mm<X86_64> child = space.Mm.Fork();
        mmu.Store(Addr, 2);
        return pinned;
    }

    [Fact]
    public void Who_pins_before_the_fork_decides_keeps_the_page()
    {
        using var space = new TestSpace();
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 1);
        Assert.True(Pinning.TryFast(space.Mm, Addr, out Page pinned));
        using Mm<X86_64> child = space.Mm.Fork();
        mmu.Store(Addr, 2);
        Assert.Equal(2, *(int*)pinned.Pointer);
        pinned.Unpin();
    }

    [Fact]
    public void A_write_at_the_last_moment_leaves_its_dirty_mark()
        => Assert.True(IsDirtyAfterAWriteWhileForking());

    [Fact]
    public void Without_one_step_the_write_protection_takes_the_dirty_mark_with_it()
    {
        using Defence.Removal _ = Defence.Remove(Defence.AtomicWrprotect);
        Assert.False(IsDirtyAfterAWriteWhileForking());
    }

    private static bool IsDirtyAfterAWriteWhileForking()
    {
        using var space = new TestSpace();
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 1);
        space.SetPte(Addr, space.PteAt(Addr).MkClean());
        Interleaving.At(Checkpoint.Sharing, () => mmu.Store(Addr, 2));
        using Mm<X86_64> child = space.Mm.Fork();
        Assert.Equal(2, mmu.Load<int>(Addr));
        Assert.False(space.PteAt(Addr).IsWritable);
        return space.PteAt(Addr).IsDirty;
    }
}
#endif
