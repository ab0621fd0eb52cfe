using System.Runtime.InteropServices;

namespace PteGuard.Runtime.Tests;

/// <summary>Faults that a thread of the program handles.</summary>
public sealed unsafe class UserfaultTests : IDisposable
{
    private const ulong Addr = TestSpace.Start;
    private const ulong Page = TestSpace.Page;
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(1);

    private readonly TestSpace _space = new();

    public void Dispose() => _space.Dispose();

    [Fact]
    public void A_missing_page_is_asked_for_and_the_access_sees_what_the_handler_put_there()
    {
        using Userfault<X86_64> userfault = Register();
        UserfaultEvent asked = default;
        Threads.Run(
            () =>
            {
                asked = userfault.Read();
                Assert.Equal(UserfaultResult.Succeeded, userfault.Copy(asked.Address, Contents(7)));
            },
            () => Assert.Equal(7, Load(Addr + Page + 8)));
        Assert.Equal(new UserfaultEvent(Addr + Page, UserfaultMode.Missing, IsWrite: false), asked);
        Assert.Equal(0, userfault.Waiting);
        Assert.True(_space.PteAt(Addr + Page) is { IsPresent: true, IsWritable: true, IsDirty: true, Page.IsAnonExclusive: true });
    }

    [Fact]
    public void All_that_wait_for_a_page_are_woken_by_one_answer()
    {
        using Userfault<X86_64> userfault = Register();
        Action load = () => Assert.Equal(7, Load(Addr));
        Threads.Run(
            () =>
            {
                while (userfault.Waiting < 3)
                    Thread.Yield();
                Assert.True(userfault.TryRead(out UserfaultEvent asked, s_long) && userfault.TryRead(out _, s_long));
                userfault.Copy(asked.Address, Contents(7));
            },
            load,
            load,
            load);
        Assert.False(userfault.TryRead(out _, TimeSpan.Zero), "the third was woken before a handler was told of it");
    }

    [Fact]
    public void A_page_that_is_there_stays_and_zeroes_are_the_ranges_own()
    {
        using Userfault<X86_64> userfault = Register();
        Assert.Equal(UserfaultResult.Succeeded, userfault.ZeroPage(Addr));
        Assert.Equal(UserfaultResult.Exists, userfault.Copy(Addr, Contents(1)));
        Store(Addr, 5);
        Assert.Equal(5, Load(Addr));
        Assert.Equal(UserfaultResult.Exists, userfault.Copy(Addr, new byte[2 * Page]));
        Assert.Equal(UserfaultResult.Succeeded, userfault.Copy(Addr + Page, new byte[2 * Page]));
        Assert.Equal(UserfaultResult.NotRegistered, userfault.ZeroPage(Addr + TestSpace.Huge));
        Assert.Throws<ArgumentException>(() => userfault.Copy(Addr + (4 * Page), new byte[8]));
        Assert.Throws<ArgumentException>(() => userfault.Copy(Addr + (4 * Page), Contents(1), writeProtect: true));
        Assert.Throws<ArgumentException>(() => userfault.ZeroPage(Addr + 8));
    }

    [Fact]
    public void A_write_to_a_protected_page_waits_until_it_is_allowed()
    {
        using Userfault<X86_64> userfault = Register(UserfaultMode.WriteProtect);
        Store(Addr, 1);
        Assert.Equal(UserfaultResult.Succeeded, userfault.WriteProtect(Addr, Page, protect: true));
        Assert.Equal(1, Load(Addr));
        Threads.Run(
            () =>
            {
                Assert.Equal(new UserfaultEvent(Addr, UserfaultMode.WriteProtect, IsWrite: true), userfault.Read());
                Assert.Equal(1, Load(Addr));
                userfault.WriteProtect(Addr, Page, protect: false);
            },
            () => Store(Addr, 2));
        Assert.Equal(2, Load(Addr));
    }

    [Fact]
    public void A_translation_from_before_does_not_let_a_write_pass()
    {
        using Userfault<X86_64> userfault = Register(UserfaultMode.WriteProtect);
        using var mmu = new SoftMmu<X86_64>(_space.Mm, 16);
        mmu.Store(Addr, 1);
        userfault.WriteProtect(Addr, Page, protect: true);
        Threads.Run(
            () =>
            {
                Assert.True(userfault.TryRead(out _, TimeSpan.FromSeconds(10)));
                userfault.WriteProtect(Addr, Page, protect: false);
            },
            () => mmu.Store(Addr, 2));
    }

    [Fact]
    public void A_page_that_is_not_there_is_protected_by_a_marker_and_by_its_swap_entry()
    {
        using var swap = new SwapArea<X86_64>(4);
        _space.Mm.SwapOn(swap);
        using Userfault<X86_64> userfault = Register(UserfaultMode.WriteProtect);
        Store(Addr, 1);
        Assert.True(_space.Mm.SwapOut(Addr));
        userfault.WriteProtect(Addr, 3 * Page, protect: true);
        Assert.True(_space.PteAt(Addr) is { IsSwap: true, IsSwpUffdWp: true } && _space.PteAt(Addr + Page).IsNoneMostly);

        Assert.Equal(1, Load(Addr));
        Assert.Equal(0, Load(Addr + Page));
        Assert.True(_space.PteAt(Addr) is { IsUffdWp: true, IsWritable: false } && _space.PteAt(Addr + Page) is { IsUffdWp: true, IsWritable: false });

        userfault.WriteProtect(Addr, 3 * Page, protect: false);
        Assert.True(_space.PteAt(Addr + (2 * Page)).IsNone);
        Store(Addr, 2);
        Store(Addr + Page, 2);
        Assert.False(userfault.TryRead(out _, TimeSpan.Zero));
        Assert.Equal(UserfaultResult.NotRegistered, userfault.WriteProtect(Addr, 2 * TestSpace.Huge, protect: true));
    }

    [Fact]
    public void With_both_modes_a_page_can_be_put_that_may_not_be_written_yet()
    {
        using Userfault<X86_64> userfault = Register(UserfaultMode.Missing | UserfaultMode.WriteProtect);
        userfault.WriteProtect(Addr, Page, protect: true);
        Threads.Run(
            () =>
            {
                Assert.Equal(UserfaultMode.Missing, userfault.Read().Mode);
                userfault.Copy(Addr, Contents(3), writeProtect: true);
                Assert.Equal(UserfaultMode.WriteProtect, userfault.Read().Mode);
                userfault.WriteProtect(Addr, Page, protect: false);
            },
            () => Store(Addr, 4));
        Assert.Equal(4, Load(Addr));
    }

    [Fact]
    public void A_huge_page_is_split_to_be_protected_and_none_is_made_in_the_range()
    {
        _space.Region(2 * TestSpace.Huge, TestSpace.ReadWrite | VmFlags.HugePage);
        Store(Addr, 1);
        Assert.True(PageTable.PmdpGet(_space.Pmd).IsTransHuge);
        using Userfault<X86_64> userfault = _space.Mm.UserfaultRegister(Addr, 2 * TestSpace.Huge, UserfaultMode.WriteProtect);
        Assert.Equal(UserfaultResult.Succeeded, userfault.WriteProtect(Addr + Page, Page, protect: true));
        Assert.True(_space.PteAt(Addr).IsPresent && !_space.PteAt(Addr).IsUffdWp && _space.PteAt(Addr + Page).IsUffdWp);
        Store(Addr + TestSpace.Huge, 1);
        Assert.True(_space.PteAt(Addr + TestSpace.Huge).IsPresent, "a small page");
        Assert.Equal(CollapseResult.Userfault, _space.Mm.CollapseHuge(Addr));
        Assert.Throws<ArgumentException>(() => _space.Mm.MapHuge(Addr));
    }

    [Fact]
    public void Ending_the_registration_wakes_all_and_takes_the_marks_away()
    {
        Userfault<X86_64> userfault = Register(UserfaultMode.Missing | UserfaultMode.WriteProtect);
        userfault.ZeroPage(Addr);
        userfault.WriteProtect(Addr, 2 * Page, protect: true);
        Threads.Run(
            () =>
            {
                while (userfault.Waiting < 2)
                    Thread.Yield();
                Assert.True(userfault.TryRead(out _, s_long));
                userfault.Dispose();
                userfault.Dispose();
            },
            () => Store(Addr, 1),
            () => Store(Addr + Page, 1));
        Assert.Throws<ObjectDisposedException>(() => userfault.Read());
        Assert.False(userfault.TryRead(out _, s_long));
        Assert.Equal(UserfaultResult.NotRegistered, userfault.ZeroPage(Addr + (2 * Page)));
        Vma<X86_64> vma = Assert.Single(_space.Mm.GetRegions());
        Assert.Equal(TestSpace.ReadWrite, vma.Flags);
        using Userfault<X86_64> again = _space.Mm.UserfaultRegister(Addr, Page, UserfaultMode.Missing);
    }

    [Fact]
    public void What_is_unmapped_is_woken_and_finds_no_memory()
    {
        using Userfault<X86_64> userfault = Register();
        Threads.Run(
            () =>
            {
                userfault.Read();
                _space.Mm.Munmap(Addr, TestSpace.Huge);
            },
            () => Assert.Throws<MemoryFaultException>(() => Load(Addr)));
        Assert.Equal(UserfaultResult.NotRegistered, userfault.ZeroPage(Addr));
    }

    [Fact]
    public void Both_sides_of_a_hole_stay_registered()
    {
        using Userfault<X86_64> userfault = Register();
        _space.Mm.Munmap(Addr + Page, Page);
        Assert.Equal(UserfaultResult.Succeeded, userfault.ZeroPage(Addr));
        Assert.Equal(UserfaultResult.NotRegistered, userfault.ZeroPage(Addr + Page));
        Assert.Equal(UserfaultResult.Succeeded, userfault.ZeroPage(Addr + (2 * Page)));
    }

    [Fact]
    public void What_moves_is_not_registered_at_its_new_place()
    {
        using Userfault<X86_64> userfault = Register(UserfaultMode.Missing | UserfaultMode.WriteProtect);
        userfault.ZeroPage(Addr);
        userfault.WriteProtect(Addr, 2 * Page, protect: true);
        ulong to = Addr + (8 * TestSpace.Huge);
        _space.Mm.Mremap(Addr, TestSpace.Huge, TestSpace.Huge, MremapFlags.MayMove | MremapFlags.Fixed, to);
        Assert.True(_space.PteAt(to) is { IsPresent: true, IsUffdWp: false } && _space.PteAt(to + Page).IsNone, "nothing is marked");
        Store(to, 1);
        Store(to + Page, 1);
        Assert.Equal(UserfaultResult.NotRegistered, userfault.ZeroPage(to + (2 * Page)));
    }

    [Fact]
    public void A_forks_child_has_no_handler()
    {
        using Userfault<X86_64> userfault = Register(UserfaultMode.Missing | UserfaultMode.WriteProtect);
        userfault.ZeroPage(Addr);
        userfault.WriteProtect(Addr, 2 * Page, protect: true);
        using Mm<X86_64> child = _space.Mm.Fork();
        using var mmu = new SoftMmu<X86_64>(child);
        mmu.Store(Addr, 1);
        mmu.Store(Addr + Page, 1);
        Assert.Equal(TestSpace.ReadWrite, Assert.Single(child.GetRegions()).Flags);
        Assert.True(_space.PteAt(Addr).IsUffdWp && _space.PteAt(Addr + Page).IsNoneMostly);
    }

    [Fact]
    public void A_part_of_a_region_is_registered_and_a_hole_or_other_memory_is_not()
    {
        _space.Region();
        Mm<X86_64> mm = _space.Mm;
        using (Userfault<X86_64> userfault = mm.UserfaultRegister(Addr + Page, Page, UserfaultMode.Missing))
        {
            Assert.Equal(3, mm.GetRegions().Count);
            Assert.Equal(VmFlags.UffdMissing | TestSpace.ReadWrite, mm.GetRegions()[1].Flags);
            Assert.Equal(0, Load(Addr));
            Assert.Throws<ArgumentException>(() => mm.UserfaultRegister(Addr, TestSpace.Huge, UserfaultMode.Missing));
            mm.Munmap(Addr + (2 * Page), Page);
        }

        Assert.Equal(2, mm.GetRegions().Count);
        Assert.Throws<ArgumentException>(() => mm.UserfaultRegister(Addr, TestSpace.Huge, UserfaultMode.Missing));
        Assert.Throws<ArgumentException>(() => mm.UserfaultRegister(Addr, Page, UserfaultMode.None));
        ulong shared = mm.Mmap(0, Page, TestSpace.ReadWrite | VmFlags.Shared).Start;
        Assert.Throws<ArgumentException>(() => mm.UserfaultRegister(shared, Page, UserfaultMode.Missing));
    }

    [Fact]
    public void Who_holds_the_mmap_lock_is_told_to_try_again_and_no_handler_is()
    {
        using Userfault<X86_64> userfault = Register();
        _space.Mm.MmapLock.EnterRead();
        Assert.Equal(VmFault.Retry, _space.Mm.HandleMmFault(_space.Mm.FindVma(Addr)!, Addr, FaultFlags.None));
        _space.Mm.MmapLock.ExitRead();
        Assert.Equal(0, userfault.Waiting);
    }

    [Fact]
    public void A_pin_and_a_reference_wait_for_the_handler_too()
    {
        using Userfault<X86_64> userfault = Register();
        Threads.Run(
            () =>
            {
                for (int i = 0; i < 2; i++)
                    userfault.Copy(userfault.Read().Address, Contents(7));
            },
            () =>
            {
                Assert.Equal(VmFault.None, _space.Mm.PinPage(Addr, out Page page));
                Assert.Equal(7, *(int*)page.Pointer);
                page.Unpin();
                Assert.True(_space.Mm.GetUserPagesFast(Addr + Page, write: true, out page));
                page.Put();
            });
    }

    [Fact]
    public void Waiting_inside_a_mapping_is_refused()
    {
        using Userfault<X86_64> userfault = Register();
        PageTable.RcuReadLock();
        Assert.Throws<InvalidOperationException>(() => userfault.Read());
        PageTable.RcuReadUnlock();
        Assert.Throws<ArgumentOutOfRangeException>(() => userfault.TryRead(out _, TimeSpan.FromSeconds(-2)));
        Assert.False(userfault.TryRead(out _, TimeSpan.FromMilliseconds(1)));
    }

    private Userfault<X86_64> Register(UserfaultMode mode = UserfaultMode.Missing)
    {
        _space.Region();
        return _space.Mm.UserfaultRegister(Addr, TestSpace.Huge, mode);
    }

    private static byte[] Contents(int value)
    {
        byte[] page = new byte[Page];
        MemoryMarshal.Cast<byte, int>(page.AsSpan()).Fill(value);
        return page;
    }

    private int Load(ulong addr)
    {
        using var mmu = new SoftMmu<X86_64>(_space.Mm);
        return mmu.Load<int>(addr);
    }

    private void Store(ulong addr, int value)
    {
        using var mmu = new SoftMmu<X86_64>(_space.Mm);
        mmu.Store(addr, value);
    }
}
