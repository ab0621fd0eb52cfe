namespace PteGuard.Runtime.Tests;

/// <summary>Each way to break the contract is reported under the number of its rule, with both places; the right way is silent.</summary>
public unsafe class CheckTests
{
    private const ulong Addr = TestSpace.Start;

    [Fact]
    public void Reading_through_null_is_PTE0002()
    {
        ContractViolationEventArgs found = Single("PTE0002", () => Assert.Throws<ArgumentNullException>(() => PageTable.PtepGet((Pte<X86_64>*)null)));
        Assert.Contains("not tested", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_direct_write_behind_the_accessors_is_PTE0004()
    {
        using var space = new TestSpace();
        space.SetPte(Addr, Swap(1));
        Pte<X86_64>* ptep = PageTable.PteOffsetMapLock(space.Mm, space.Pmd, Addr, out PtLock ptl);
        var address = (nuint)ptep;
        *(ulong*)ptep = Swap(2).Value;
        ContractViolationEventArgs found = Single("PTE0004", () => PageTable.PtepGet((Pte<X86_64>*)address));
        Assert.Equal(address, found.Location);
        Assert.Empty(Violations.During(() => PageTable.PtepGet((Pte<X86_64>*)address)));
        PageTable.SetPte(ptep, Pte<X86_64>.None);
        PageTable.PteUnmapUnlock(ptep, ptl);
    }

    [Fact]
    public void Marks_that_hardware_sets_are_no_direct_writes()
    {
        using var space = new TestSpace();
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Load<int>(Addr);
        mmu.Store(Addr, 1);
        Assert.True(space.PteAt(Addr).IsDirty);
    }

    [Fact]
    public void A_mapping_that_the_mmap_lock_is_released_with_is_PTE0007_and_a_lock_PTE0019()
    {
        using var space = new TestSpace();
        space.SetPte(Addr, Pte<X86_64>.None);
        nint mapped = 0;
        PtLock ptl = default;
        List<ContractViolationEventArgs> found = Violations.During(() =>
        {
            space.Mm.MmapLock.EnterRead();
            mapped = (nint)PageTable.PteOffsetMapLock(space.Mm, space.Pmd, Addr, out ptl);
            space.Mm.MmapLock.ExitRead();
        });
        Assert.Equal(["PTE0007", "PTE0019"], found.Select(violation => violation.Rule));
        Assert.All(found, violation => Assert.Contains(nameof(CheckTests), violation.Origin, StringComparison.Ordinal));
        PageTable.PteUnmapUnlock((Pte<X86_64>*)mapped, ptl);
    }

    [Fact]
    public void Use_after_unmap_and_unmapping_twice_are_PTE0008()
    {
        using var space = new TestSpace();
        Pte<X86_64>* ptep = PageTable.PteOffsetMap(space.PmdWithTable(), Addr);
        var address = (nint)ptep;
        PageTable.PteUnmap(ptep);
        ContractViolationEventArgs used = Single("PTE0008", () => PageTable.PtepGetLockless((Pte<X86_64>*)address));
        Assert.Contains("CheckTests.cs", used.Origin, StringComparison.Ordinal);
        Assert.Contains("CheckTests.cs", used.Place, StringComparison.Ordinal);
        Single("PTE0008", () => Assert.Throws<InvalidOperationException>(() => PageTable.PteUnmap((Pte<X86_64>*)address)));
    }

    [Fact]
    public void An_entry_past_the_table_is_PTE0008()
    {
        using var space = new TestSpace();
        Pte<X86_64>* first = PageTable.PteOffsetMap(space.PmdWithTable(), Addr);
        var past = (nint)(first + 512);
        Assert.Contains("past the end", Single("PTE0008", () => PageTable.PtepGetLockless((Pte<X86_64>*)past)).Message, StringComparison.Ordinal);
        PageTable.PteUnmap(first + 511);
    }

    [Fact]
    public void Unmapping_in_the_wrong_order_is_PTE0009()
    {
        using var space = new TestSpace();
        Pte<X86_64>* first = PageTable.PteOffsetMap(space.PmdWithTable(), Addr);
        Pmd<X86_64>* other = space.Pmd + 1;
        PageTable.PteUnmap(first);
        Assert.True(PageTable.PteAlloc(space.Mm, other));
        first = PageTable.PteOffsetMap(space.Pmd, Addr);
        Pte<X86_64>* second = PageTable.PteOffsetMap(other, Addr);
        (nint a, nint b) = ((nint)first, (nint)second);
        Single("PTE0009", () => PageTable.PteUnmap((Pte<X86_64>*)a));
        Assert.Empty(Violations.During(() => PageTable.PteUnmap((Pte<X86_64>*)b)));
    }

    [Fact]
    public void The_lock_of_another_table_is_PTE0010_and_a_store_under_it_PTE0011()
    {
        using var space = new TestSpace();
        Assert.True(PageTable.PteAlloc(space.Mm, space.PmdWithTable() + 1));
        PtLock wrong = PageTable.PteLockptr(space.Mm, space.Pmd + 1);
        Pte<X86_64>* ptep = PageTable.PteOffsetMapNolock(space.Mm, space.Pmd, Addr, out _);
        var address = (nint)ptep;
        wrong.Enter();
        Single("PTE0011", () => PageTable.SetPte((Pte<X86_64>*)address, Pte<X86_64>.None));
        Single("PTE0010", () => PageTable.PteUnmapUnlock((Pte<X86_64>*)address, wrong));
    }

    [Fact]
    public void A_store_to_a_table_that_was_detached_is_PTE0012()
    {
        using var space = new TestSpace();
        Pmd<X86_64>* pmd = space.PmdWithTable();
        Pte<X86_64>* ptep = PageTable.PteOffsetMapNolock(space.Mm, pmd, Addr, out PtLock ptl);
        var address = (nint)ptep;
        Assert.True(PageTable.TryReclaimPteTable(space.Mm, pmd));
        ptl.Enter();
        ContractViolationEventArgs found = Single("PTE0012", () => PageTable.SetPte((Pte<X86_64>*)address, Pte<X86_64>.None));
        Assert.NotNull(found.Origin);
        PageTable.PteUnmapUnlock(ptep, ptl);
    }

    [Fact]
    public void Allocating_or_waiting_while_mapped_or_locked_is_PTE0013()
    {
        using var space = new TestSpace();
        Pte<X86_64>* ptep = PageTable.PteOffsetMap(space.PmdWithTable(), Addr);
        Single("PTE0013", () => Assert.Throws<InvalidOperationException>(() => PageTable.PteAllocOne(space.Mm)));
        Single("PTE0013", () => Assert.Throws<InvalidOperationException>(space.Mm.MmapLock.EnterRead));
        PageTable.PteUnmap(ptep);
        PtLock pml = PageTable.PmdLock(space.Mm, space.Pmd);
        Single("PTE0013", () => PageTable.PteFree(space.Mm, PageTable.PteAllocOne(space.Mm)));
        pml.Exit();
    }

    [Fact]
    public void Flags_changed_without_the_lock_are_PTE0017_and_releasing_what_is_not_held_PTE0019()
    {
        using var space = new TestSpace();
        Vma<X86_64> vma = space.Region();
        Single("PTE0017", () => Assert.Throws<InvalidOperationException>(() => PageTable.VmFlagsSet(vma, VmFlags.Locked)));
        PtLock ptl = PageTable.PmdLockptr(space.Mm, space.Pmd);
        Single("PTE0019", () => Assert.Throws<SynchronizationLockException>(ptl.Exit));
    }

    private static Pte<X86_64> Swap(ulong offset) => Pte<X86_64>.FromSwpEntry(new SwpEntry(1, offset));

    private static ContractViolationEventArgs Single(string rule, Action action)
    {
        ContractViolationEventArgs found = Assert.Single(Violations.During(action));
        Assert.Equal(rule, found.Rule);
        Assert.Contains(found.Rule, found.ToString(), StringComparison.Ordinal);
        return found;
    }
}
