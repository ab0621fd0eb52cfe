#if DEBUG
using static PteGuard.Runtime.Tests.Interleaving;

namespace PteGuard.Runtime.Tests;

/// <summary>Race R14: a table is detached between the look that finds it and the move of its entry, which takes no page-table lock before that.</summary>
public unsafe class MovedTableTests
{
    private const ulong Addr = TestSpace.Start;
    private const ulong To = Addr + (16 * TestSpace.Huge);

    [Fact]
    public void A_table_that_was_detached_meanwhile_does_not_move_and_another_takes_its_place()
    {
        using var space = new TestSpace();
        Assert.Equal(PageKind.Table, Move(space).Table.Descriptor->Kind);
    }

    [Fact]
    public void Without_a_second_look_a_table_that_waits_to_be_freed_is_attached_again()
    {
        using var space = new TestSpace();
        using Defence.Removal _ = Defence.Remove(Defence.ReclassifyBeforeMove);
        Pmd<X86_64> moved = Move(space);
        Assert.NotEqual(PageKind.Table, moved.Table.Descriptor->Kind);
        PageTable.PmdClear(PageTable.MmFindPmd(space.Mm, To));
    }

    private static Pmd<X86_64> Move(TestSpace space)
    {
        Mm<X86_64> mm = space.Mm;
        space.Region();
        _ = space.PmdWithTable();
        At(Checkpoint.Classified, () => Assert.True(PageTable.TryReclaimPteTable(mm, PageTable.MmFindPmd(mm, Addr))));
        mm.Mremap(Addr, TestSpace.Huge, TestSpace.Huge, MremapFlags.MayMove | MremapFlags.Fixed, To);
        return PageTable.PmdpGet(PageTable.MmFindPmd(mm, To));
    }
}
#endif
