#if DEBUG
namespace PteGuard.Runtime.Tests;

/// <summary>Races R8 and R9, and the one that the pin of a slot is against: a page goes to swap, or comes back, while somebody does something else to it.</summary>
public sealed unsafe class SwapRaceTests : IDisposable
{
    private const ulong Addr = TestSpace.Start;
    private readonly SwapArea<X86_64> _swap = new(8);
    private readonly TestSpace _space = new();
    private readonly Vma<X86_64> _vma;

    public SwapRaceTests()
    {
        _space.Mm.SwapOn(_swap);
        _vma = _space.Region();
        Write(_space.Mm, 1);
    }

    public void Dispose()
    {
        _space.Dispose();
        _swap.Dispose();
    }

    [Fact]
    public void A_fork_while_a_page_comes_back_is_noticed_by_the_exclusive_mark()
    {
        using Mm<X86_64> child = ForkWhileAPageComesBack();
        Write(_space.Mm, 2);
        Assert.Equal(1, Read(child));
    }

    [Fact]
    public void Without_the_exclusive_mark_the_child_sees_what_the_parent_writes()
    {
        Mm<X86_64> child;
        using (Defence.Remove(Defence.CompareExclusive))
            child = ForkWhileAPageComesBack();
        Write(_space.Mm, 2);
        Assert.Equal(2, Read(child));
        child.Dispose();
    }

    /// <summary>The fault holds no mmap lock, as under a region's own lock, which fork did not take before Linux 6.5 (fb49c455323f).</summary>
    private Mm<X86_64> ForkWhileAPageComesBack()
    {
        Assert.True(_space.Mm.SwapOut(Addr));
        Mm<X86_64>? child = null;
        Interleaving.At(Checkpoint.SwapRead, () => child = _space.Mm.Fork());
        Assert.Equal(VmFault.None, new PageFault<X86_64>(_vma, Addr, FaultFlags.None).Handle());
        return child!;
    }

    [Fact]
    public void A_slot_that_is_being_read_does_not_come_back_with_other_contents()
        => Assert.Equal(2, ReuseTheSlotWhileItIsRead());

    [Fact]
    public void Without_the_pin_the_same_entry_brings_back_what_was_thrown_away()
    {
        using Defence.Removal _ = Defence.Remove(Defence.PinSlot);
        Assert.Equal(1, ReuseTheSlotWhileItIsRead());
    }

    private int ReuseTheSlotWhileItIsRead()
    {
        Assert.True(_space.Mm.SwapOut(Addr));
        Interleaving.At(Checkpoint.SwapRead, () =>
        {
            _space.Mm.MadviseDontNeed(Addr, TestSpace.Page);
            Write(_space.Mm, 2);
            Assert.True(_space.Mm.SwapOut(Addr));
        });
        Assert.Equal(VmFault.None, _space.Mm.Fault(Addr, FaultFlags.None));
        return Read(_space.Mm);
    }

    [Fact]
    public void A_fork_before_the_page_goes_has_made_it_everybodys()
    {
        using Mm<X86_64> child = ForkWhileAPageGoes();
        Assert.False(_space.PteAt(Addr).IsSwpExclusive);
        Write(_space.Mm, 2);
        Assert.Equal(1, Read(child));
    }

    [Fact]
    public void An_exclusive_mark_from_before_the_lock_lets_the_child_see_what_the_parent_writes()
    {
        Mm<X86_64> child;
        using (Defence.Remove(Defence.ExclusiveUnderLock))
            child = ForkWhileAPageGoes();
        Assert.True(_space.PteAt(Addr).IsSwpExclusive);
        Write(_space.Mm, 2);
        Assert.Equal(2, Read(child));
        child.Dispose();
    }

    [Fact]
    public void A_fork_after_the_page_went_takes_the_mark_from_both()
    {
        Assert.True(_space.Mm.SwapOut(Addr));
        using Mm<X86_64> child = _space.Mm.Fork();
        Assert.True(_space.PteAt(Addr) is { IsSwap: true, IsSwpExclusive: false } && Entry.Of(child, Addr) is { IsSwap: true, IsSwpExclusive: false });
    }

    private Mm<X86_64> ForkWhileAPageGoes()
    {
        Mm<X86_64>? child = null;
        Interleaving.At(Checkpoint.Chosen, () => child = _space.Mm.Fork());
        Assert.True(Reclaim.TryPage(_vma, Addr));
        Assert.True(_space.PteAt(Addr).IsSwap && Entry.Of(child!, Addr).IsPresent);
        return child!;
    }

    private static void Write(Mm<X86_64> mm, int value)
    {
        using var mmu = new SoftMmu<X86_64>(mm);
        mmu.Store(Addr, value);
    }

    private static int Read(Mm<X86_64> mm)
    {
        using var mmu = new SoftMmu<X86_64>(mm);
        return mmu.Load<int>(Addr);
    }
}
#endif
