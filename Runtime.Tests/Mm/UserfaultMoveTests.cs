namespace PteGuard.Runtime.Tests;

/// <summary>Pages that change their address, on every architecture: the same page, with its contents, and nobody else's.</summary>
public abstract unsafe class UserfaultMoveContract<TArch> : IDisposable
    where TArch : unmanaged, IArchitecture<TArch>
{
    private const ulong From = 1UL << 30;

    private readonly TestSpace<TArch> _space = new();
    private readonly Userfault<TArch> _userfault;

    protected UserfaultMoveContract()
    {
        _space.Mm.Mmap(From, 4 * Huge, TestSpace.ReadWrite);
        _userfault = _space.Mm.UserfaultRegister(To, 2 * Huge, UserfaultMode.Missing);
    }

    private static ulong Page => 1UL << TArch.PageShift;

    private static ulong Huge => 1UL << TArch.PmdShift;

    private static ulong To => From + (2 * Huge);

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _userfault.Dispose();
        _space.Dispose();
    }

    [Fact]
    public void A_page_moves_with_its_contents_and_leaves_nothing()
    {
        Store(From, 7);
        Page page = _space.PteAt(From).Page;
        Assert.Equal(UserfaultResult.Succeeded, _userfault.Move(To, From, Page));
        Assert.Equal(page, _space.PteAt(To).Page);
        Assert.Equal(1, page.RefCount);
        Assert.True(_space.PteAt(From).IsNone);
        Assert.Equal(7, Load(To));
        Store(To, 8);
        Assert.Equal(8, Load(To));
        Assert.Equal(0, Load(From));
    }

    [Fact]
    public void Pages_move_until_there_is_none_or_one_is_in_the_way()
    {
        Store(From, 1);
        Store(From + Page, 2);
        Assert.Equal(UserfaultResult.NoSource, _userfault.Move(To, From, 3 * Page));
        Assert.Equal(1, Load(To));
        Assert.Equal(2, Load(To + Page));
        Store(From, 3);
        Assert.Equal(UserfaultResult.Exists, _userfault.Move(To, From, Page));
        Assert.Equal(UserfaultResult.NotRegistered, _userfault.Move(From + Page, From, Page));
        Assert.Equal(UserfaultResult.NoSource, _userfault.Move(To + Huge, From + (8 * Huge), Page));
        Assert.Throws<ArgumentException>(() => _userfault.Move(To, To + Page, 2 * Page));
    }

    [Fact]
    public void A_page_that_is_shared_or_pinned_stays()
    {
        Store(From, 1);
        Assert.Equal(VmFault.None, _space.Mm.PinPage(From, out Page pinned));
        Assert.Equal(UserfaultResult.Busy, _userfault.Move(To, From, Page));
        pinned.Unpin();
        using (Mm<TArch> child = _space.Mm.Fork())
            Assert.Equal(UserfaultResult.Busy, _userfault.Move(To, From, Page));
        Assert.Equal(1, Load(From));
    }

    [Fact]
    public void A_page_in_a_swap_area_moves_by_its_entry()
    {
        using var swap = new SwapArea<TArch>(4);
        _space.Mm.SwapOn(swap);
        Store(From, 5);
        Assert.True(_space.Mm.SwapOut(From));
        Assert.Equal(UserfaultResult.Succeeded, _userfault.Move(To, From, Page));
        Assert.True(_space.PteAt(From).IsNone && _space.PteAt(To).IsSwpExclusive);
        Assert.Equal(5, Load(To));
    }

    [Fact]
    public void A_page_of_a_huge_page_moves_alone()
    {
        if (!TArch.HasHugePmd || TArch.PmdShift > 21)
            return;
        Assert.True(_space.Mm.MapHuge(From));
        Store(From + Page, 9);
        Assert.Equal(UserfaultResult.Succeeded, _userfault.Move(To, From + Page, Page));
        Assert.Equal(9, Load(To));
        Assert.Equal(0, Load(From + Page));
    }

    [Fact]
    public void Who_waits_for_a_page_gets_the_one_that_is_moved_there()
    {
        Store(From, 7);
        Threads.Run(
            () => Assert.Equal(UserfaultResult.Succeeded, _userfault.Move(_userfault.Read().Address, From, Page)),
            () => Assert.Equal(7, Load(To)));
    }

    [Fact]
    public void Protection_by_a_handler_is_there_where_entries_have_the_mark()
    {
        if (Pte<TArch>.None.MkUffdWp().IsUffdWp)
            _space.Mm.UserfaultRegister(From, Page, UserfaultMode.WriteProtect).Dispose();
        else
            Assert.Throws<NotSupportedException>(() => _space.Mm.UserfaultRegister(From, Page, UserfaultMode.WriteProtect));
    }

    private int Load(ulong addr)
    {
        using var mmu = new SoftMmu<TArch>(_space.Mm);
        return mmu.Load<int>(addr);
    }

    private void Store(ulong addr, int value)
    {
        using var mmu = new SoftMmu<TArch>(_space.Mm);
        mmu.Store(addr, value);
    }
}

public sealed class UserfaultMoveTests : UserfaultMoveContract<X86_64>;

public sealed class UserfaultMoveTestsOfPae : UserfaultMoveContract<X86Pae>;

public sealed class UserfaultMoveTestsOfArm64 : UserfaultMoveContract<Arm64K4>;

public sealed class UserfaultMoveTestsOfRiscV : UserfaultMoveContract<RiscV64Sv39>;

public sealed class UserfaultMoveTestsOfS390 : UserfaultMoveContract<S390X>;
