using System.Text;

namespace PteGuard.Runtime.Tests;

public unsafe class WorkedExampleTests
{
    private const ulong Addr = TestSpace.Start;

    [Fact]
    public void The_walk_counts_idle_pages()
    {
        using var space = new TestSpace();
        space.Region(3 * TestSpace.Huge);
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        for (ulong page = 0; page < 10; page++)
            mmu.Store(Addr + (page * TestSpace.Page), page);
        Assert.True(space.Mm.MapHuge(Addr + TestSpace.Huge));
        WalkSamples.CountIdle(space.Mm);
        mmu.Load<int>(Addr);
        Assert.Equal(9 + 512, WalkSamples.CountIdle(space.Mm));
        mmu.Load<int>(Addr + TestSpace.Huge);
        Assert.Equal(10, WalkSamples.CountIdle(space.Mm));
    }

    [Fact]
    public void What_was_written_is_taken_once()
    {
        using var space = new TestSpace();
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 1);
        mmu.Store(Addr + (5 * TestSpace.Page), 1);
        Assert.Equal([Addr, Addr + (5 * TestSpace.Page)], WalkSamples.TakeWritten(space.Mm, Addr, TestSpace.Huge));
        mmu.Load<int>(Addr);
        mmu.Store(Addr + (5 * TestSpace.Page), 2);
        Assert.Equal([Addr + (5 * TestSpace.Page)], WalkSamples.TakeWritten(space.Mm, Addr, TestSpace.Huge));
    }

    [Fact]
    public void A_dump_is_saved_in_three_forms()
    {
        using var space = new TestSpace();
        space.Region();
        string directory = Directory.CreateTempSubdirectory().FullName;
        try
        {
            WalkSamples.Save(space.Mm, directory);
            Assert.Equal(["tables.json", "tables.svg", "tables.txt"], new DirectoryInfo(directory).GetFiles().Where(file => file.Length > 0).Select(file => file.Name).Order());
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void The_emulated_guest_adds_up() => Assert.Equal(499_500UL, EmulatorSamples.Sum());

    [Fact]
    public void The_emulated_guest_dies_of_what_kills_a_process()
    {
        using var space = new TestSpace();
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        Assert.Equal(VmFault.SigSegv, new EmulatorSamples.Guest(mmu).Run(Addr));
    }

    [Fact]
    public void The_shadow_follows_the_guests_tables()
    {
        using var arena = new Arena(32 << 20);
        using (var guest = new ShadowSamples.ShadowedGuest(arena))
        {
            // The guest boots with tables at 0x1000, which map 0x40000000 to 0x10000 and the table itself, 0x4000, to 0x40001000.
            guest.Physical(0x1000) = 0x2007;
            guest.Physical(0x2000 + 8) = 0x3007;
            guest.Physical(0x3000) = 0x4007;
            guest.Physical(0x4000) = 0x1_0007;
            guest.Physical(0x4008) = 0x4007;
            guest.Physical(0x4010) = 0x1_0005;
            guest.Physical(0x3008) = 0x20_0087;
            guest.Cr3 = 0x1000;
            Assert.True(guest.TryLoad(Addr, out ulong value) && value == 0);
            Assert.True(guest.TryStore(Addr + 16, 42));
            Assert.Equal(42UL, guest.Physical(0x1_0010));
            Assert.True(guest.TryLoad(Addr + 0x2010, out value) && value == 42, "the same page, read-only");
            Assert.False(guest.TryStore(Addr + 0x2010, 1));
            Assert.False(guest.TryLoad(Addr + 0x3000, out _));
            Assert.Equal([0x10UL], guest.TakeDirtyLog());
            Assert.Empty(guest.TakeDirtyLog());

            // It changes its own table, through the mapping of it, and sees the change at once.
            guest.Physical(0x2_0000) = 77;
            Assert.True(guest.TryStore(Addr + 0x1000, 0x2_0007));
            Assert.True(guest.TryLoad(Addr, out value) && value == 77);
            Assert.True(guest.TryStore(Addr + 0x1018, 0x3_0007));
            Assert.True(guest.TryStore(Addr + 0x3008, 5));
            Assert.Equal(5UL, guest.Physical(0x3_0008));
            Assert.Equal([4UL, 0x30UL], guest.TakeDirtyLog().Order());

            // A huge page of the guest is mapped in pages.
            Assert.True(guest.TryStore(Addr + 0x20_5008, 6));
            Assert.Equal(6UL, guest.Physical(0x20_5008));
            Assert.Equal([0x205UL], guest.TakeDirtyLog());
        }

        PageTable.RcuBarrier();
        Assert.Equal(arena.FrameCount, arena.FreeFrames);
    }

    [Fact]
    public void An_image_is_reported_and_read()
    {
        using var space = new TestSpace(8 << 20);
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Write(Addr + 4090, Encoding.UTF8.GetBytes("crossing a page\0"));
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, new ReadOnlySpan<byte>(PhysicalMemory.ToPointer(space.Arena.Address), (int)space.Arena.Size).ToArray());
            ulong root = PhysicalMemory.ToAddress(space.Mm.Pgd);
            List<string> lines = ForensicSamples.Report(path, space.Arena.Address, root);
            Assert.All(lines, line => Assert.Contains("Mapped pte", line, StringComparison.Ordinal));
            Assert.StartsWith($"0x{Addr:x}-", lines[0], StringComparison.Ordinal);

            using MemoryImage image = ForensicSamples.OpenPieces(path, [(0, space.Arena.Address, space.Arena.Size)]);
            var walker = new ImageWalker<X86_64>(image, root);
            Assert.Equal("crossing a page", ForensicSamples.ReadText(walker, Addr + 4090));
            Assert.Contains("cut off after 0 bytes", ForensicSamples.ReadText(walker, 0), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
