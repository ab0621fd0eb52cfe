#if DEBUG
using static PteGuard.Runtime.Tests.Interleaving;

namespace PteGuard.Runtime.Tests;

/// <summary>Race R2: the pmd changes between the mapping of a table and the question for its lock.</summary>
public unsafe class LockOfAnotherTableTests
{
    private const ulong Addr = TestSpace.Start;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_lock_is_that_of_the_table_which_is_mapped(bool huge) => Assert.True(LockIsOfTheMappedTable(huge));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Without_the_snapshot_it_is_another_tables_or_lies_in_the_descriptor_of_data(bool huge)
    {
        using Defence.Removal _ = Defence.Remove(Defence.LockFromSnapshot);
        Assert.False(LockIsOfTheMappedTable(huge));
    }

    private static bool LockIsOfTheMappedTable(bool huge)
    {
        using var space = new TestSpace();
        space.Region();
        Mm<X86_64> mm = space.Mm;
        Pmd<X86_64>* pmd = space.PmdWithTable();
        PtLock right = PageTable.PteLockptr(mm, pmd);
        At(Checkpoint.Snapshot, () =>
        {
            Pmd<X86_64>* entry = PageTable.MmFindPmd(mm, Addr);
            Assert.True(PageTable.TryReclaimPteTable(mm, entry));
            Assert.True(huge ? mm.MapHuge(Addr) : PageTable.PteAlloc(mm, entry));
        });

        Pte<X86_64>* ptep = PageTable.PteOffsetMapNolock(mm, pmd, Addr, out PtLock ptl);
        Assert.True(ptep is not null);
        PageTable.PteUnmap(ptep);
        return ptl == right;
    }
}
#endif
