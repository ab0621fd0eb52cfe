namespace PteGuard.Runtime.Tests;

/// <summary>Architectures that want a page table deposited for huge entries of device memory get it back whenever such an entry goes.</summary>
public unsafe class DepositTests
{
    private const ulong Addr = TestSpace.Start;

    [Theory]
    [InlineData("zap")]
    [InlineData("unmap")]
    [InlineData("unmap a part")]
    [InlineData("move")]
    public void The_table_of_a_device_entry_goes_with_the_entry(string operation)
    {
        using var space = new TestSpace<DepositingX86>();
        Mm<DepositingX86> mm = space.Mm;
        space.Region(2 * TestSpace.Huge);
        Pmd<DepositingX86>* pmd = space.Pmd;
        PageTable.PgtableTransHugeDeposit(mm, pmd, PageTable.PteAllocOne(mm));
        ulong pfn = PhysicalMemory.Size >> 12;
        PageTable.SetPmdAt(mm, Addr, pmd, new Pmd<DepositingX86>(Pmd<DepositingX86>.MkHuge(pfn, Pgprot<DepositingX86>.Of(TestSpace.ReadWrite)).Value | X86.Devmap));
        Assert.True(PageTable.PmdpGet(pmd) is { IsDevmap: true, IsTransHuge: false });
        long deposited = mm.PgtablesBytes;
        switch (operation)
        {
            case "zap":
                Assert.True(mm.ZapHuge(Addr));
                break;
            case "unmap":
                mm.Munmap(Addr, TestSpace.Huge);
                break;
            case "unmap a part":
                mm.Munmap(Addr, TestSpace.Page);
                break;
            default:
                const ulong to = Addr + (1UL << 30);
                mm.Mremap(Addr, TestSpace.Huge, TestSpace.Huge, MremapFlags.MayMove | MremapFlags.Fixed, to);
                Assert.True(PageTable.PmdpGet(PageTable.MmFindPmd(mm, to)).IsDevmap);
                mm.Munmap(to, TestSpace.Huge);
                break;
        }

        Assert.Equal(deposited - 4096, mm.PgtablesBytes);
        Assert.Throws<InvalidOperationException>(() => PageTable.PgtableTransHugeWithdraw(mm, space.Pmd));
    }
}
