namespace PteGuard.Runtime.Tests;

/// <summary>Changes to several entries where each entry is one, as on most architectures.</summary>
public unsafe class BatchTests
{
    private const ulong Addr = TestSpace.Start;

    [Fact]
    public void Only_the_run_changes()
    {
        using var space = new TestSpace();
        Vma<X86_64> vma = space.Region();
        Page page = space.Arena.AllocPage(3);
        Pte<X86_64>* ptep = PageTable.GetLockedPte(space.Mm, Addr, out PtLock ptl);
        PageTable.SetPtes(space.Mm, Addr, ptep, PageTable.MkPte(page, vma.PageProt).MkWrite().MkDirty().MkYoung(), 8);
        Assert.Equal(1, PageTable.PteBatchHint(ptep, PageTable.PtepGet(ptep)));

        PageTable.WrprotectPtes(space.Mm, Addr + TestSpace.Page, ptep + 1, 2);
        for (int i = 0; i < 8; i++)
            Assert.True(PageTable.PtepGet(ptep + i).IsWritable == i is < 1 or > 2 && PageTable.PtepGet(ptep + i).IsDirty);

        PageTable.ClearYoungDirtyPtes(vma, Addr + TestSpace.Page, ptep + 1, 2, CydpFlags.ClearYoung);
        PageTable.ClearYoungDirtyPtes(vma, Addr, ptep, 2, CydpFlags.ClearDirty);
        Assert.Equal(["Yd", "yd", "yD", "YD"], new[] { Marks(ptep), Marks(ptep + 1), Marks(ptep + 2), Marks(ptep + 3) });
        PageTable.ClearYoungDirtyPtes(vma, Addr, ptep, 8, CydpFlags.None);
        Assert.True(PageTable.PtepGet(ptep + 3) is { IsYoung: true, IsDirty: true });

        PageTable.ClearYoungDirtyPtes(vma, Addr, ptep, 2, CydpFlags.ClearYoung | CydpFlags.ClearDirty);
        Pte<X86_64> first = PageTable.GetAndClearFullPtes(space.Mm, Addr, ptep, 4);
        Assert.True(first is { IsYoung: true, IsDirty: true } && first.Page == page, "the marks of all are in the first");
        PageTable.ClearFullPtes(space.Mm, Addr + (5 * TestSpace.Page), ptep + 5, 3);
        for (int i = 0; i < 8; i++)
            Assert.Equal(i != 4, PageTable.PtepGet(ptep + i).IsNone);
        PageTable.PteUnmapUnlock(ptep, ptl);
    }

    private static string Marks(Pte<X86_64>* ptep)
    {
        Pte<X86_64> pte = PageTable.PtepGet(ptep);
        return (pte.IsYoung ? "Y" : "y") + (pte.IsDirty ? "D" : "d");
    }
}
