namespace PteGuard.Runtime.Tests;

public class X86_64ImageContractTests : ImageContract<X86_64>;

public class X86_64La57ImageContractTests : ImageContract<X86_64La57>;

public class X86PaeImageContractTests : ImageContract<X86Pae>;

public class Arm64K4ImageContractTests : ImageContract<Arm64K4>;

public class Arm64K16ImageContractTests : ImageContract<Arm64K16>;

public class Arm64K64ImageContractTests : ImageContract<Arm64K64>;

public class RiscV64Sv39ImageContractTests : ImageContract<RiscV64Sv39>;

public class RiscV64Sv48ImageContractTests : ImageContract<RiscV64Sv48>;

public class RiscV64Sv57ImageContractTests : ImageContract<RiscV64Sv57>;

public class S390XImageContractTests : ImageContract<S390X>;

/// <summary>Tables that the runtime made, written to a file and read back, say what they said.</summary>
public abstract unsafe class ImageContract<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private const ulong Addr = 1UL << 30;

    private static ulong Page => 1UL << TArch.PageShift;

    private static ulong Huge => 1UL << TArch.PmdShift;

    /// <summary>Huge pages of half a gibibyte would make images that are no use here.</summary>
    private static bool WithHuge => TArch.HasHugePmd && Huge <= 32 << 20;

    [Fact]
    public void A_file_of_the_arena_answers_as_the_memory_management_unit()
    {
        using TestSpace<TArch> space = Populated();
        string path = Path.GetTempFileName();
        try
        {
            List<(ulong Addr, MmuFault Fault, ulong Physical)> expected = Translations(space);
            using (FileStream file = File.Create(path))
                file.Write(Bytes(space.Arena));
            using MemoryImage image = MemoryImage.Open(path, space.Arena.Address);
            var walker = new ImageWalker<TArch>(image, PhysicalMemory.ToAddress(space.Mm.Pgd));
            foreach ((ulong addr, MmuFault fault, ulong physical) in expected)
            {
                ImageTranslation found = walker.Translate(addr);
                Assert.True(found.Status == ImageStatus.Mapped == (fault == MmuFault.None), $"{found}, {fault}");
                if (fault == MmuFault.None)
                    Assert.Equal(physical, found.Physical);
            }

            Assert.Equal(ImageStatus.NoAccess, walker.Translate(Addr + (2 * Page)).Status);
            Assert.Equal(ImageStatus.NotInMemory, walker.Translate(Addr + (6 * Page)).Status);
            byte[] bytes = new byte[Page + 8];
            Assert.True(walker.TryRead(Addr, bytes));
            Assert.Equal(100UL, BitConverter.ToUInt64(bytes));
            Assert.Equal(101UL, BitConverter.ToUInt64(bytes, (int)Page));
        }
        finally
        {
            File.Delete(path);
        }

        Clear(space);
    }

    [Fact]
    public void Ranges_are_those_of_the_dump()
    {
        using TestSpace<TArch> space = Populated();
        PageTableDump dump = PageTableDump.Of(space.Mm, frames: true);
        using MemoryImage image = Image(space);
        var walker = new ImageWalker<TArch>(image, PhysicalMemory.ToAddress(space.Mm.Pgd));
        List<ImageRange> ranges = [.. walker.Ranges()];
        foreach (DumpedRange expected in dump.Ranges)
        {
            ImageRange range = ranges.Single(range => expected.Start >= range.Start && expected.Start <= range.Last);
            Assert.True(range.Last >= expected.End - 1 && range.Level == expected.Level && range.Attributes == expected.Attributes, $"{range}, {expected}");
            if (expected.Pfn is { } pfn)
                Assert.Equal((pfn << TArch.PageShift) - range.Physical, expected.Start - range.Start);
        }

        Assert.Equal(dump.Ranges.Aggregate(0UL, (sum, range) => sum + range.Size), ranges.Aggregate(0UL, (sum, range) => sum + (range.Last - range.Start + 1)));
        ImageRange part = Assert.Single(walker.Ranges(Addr + Page + 5, Addr + Page + 6));
        Assert.True(part.Start <= Addr + Page + 5 && part.Last >= Addr + Page + 6);
        Clear(space);
    }

    [Fact]
    public void What_the_image_lacks_is_said_at_its_level()
    {
        using TestSpace<TArch> space = Populated();
        ulong root = PhysicalMemory.ToAddress(space.Mm.Pgd);
        byte[] memory = Bytes(space.Arena).ToArray();
        ulong hole = space.PteAt(Addr).Page.Address;
        using (var image = new MemoryImage())
        {
            Add(image, space.Arena.Address, memory, hole, Page);
            var walker = new ImageWalker<TArch>(image, root);
            Assert.Equal(ImageStatus.MemoryMissing, walker.Translate(Addr + 7).Status);
            Assert.Equal(hole + 7, walker.Translate(Addr + 7).Physical);
            Assert.Equal(ImageStatus.Mapped, walker.Translate(Addr + Page).Status);
            Assert.Equal(0, walker.Read(Addr, new byte[8], out ImageTranslation stopped));
            Assert.Equal(ImageStatus.MemoryMissing, stopped.Status);
            Assert.Contains(walker.Ranges(), range => range is { Status: ImageStatus.MemoryMissing, Start: Addr });
        }

        using (var image = new MemoryImage())
        {
            Pmd<TArch> pmd = PageTable.PmdpGet(PageTable.MmFindPmd(space.Mm, Addr));
            Add(image, space.Arena.Address, memory, pmd.Table.Address, (ulong)TArch.PtrsPerPte * 8);
            var walker = new ImageWalker<TArch>(image, root);
            ImageTranslation found = walker.Translate(Addr + Page);
            Assert.Equal((ImageStatus.TableMissing, TableLevel.Pte, pmd.Table.Address + 8), (found.Status, found.Level, found.EntryAddress));
            Assert.Contains(walker.Ranges(), range => range.Status == ImageStatus.TableMissing && range.Start == Addr && range.Last == Addr + Huge - 1);
        }

        var nothing = new ImageWalker<TArch>(new MemoryImage(), root);
        Assert.Equal(ImageStatus.TableMissing, nothing.Translate(Addr).Status);
        Assert.All(nothing.Ranges(), range => Assert.Equal(ImageStatus.TableMissing, range.Status));
        Clear(space);
    }

    [Fact]
    public void Garbage_ends_in_an_answer()
    {
        using TestSpace<TArch> space = Populated();
        ulong root = PhysicalMemory.ToAddress(space.Mm.Pgd);
        byte[] memory = Bytes(space.Arena)[..(2 << 20)].ToArray();
        Clear(space);
        var random = new Random(20261125);
        for (int round = 0; round < 60; round++)
        {
            byte[] broken = (byte[])memory.Clone();
            for (int i = 0; i < 1 << random.Next(12); i++)
            {
                ulong value = random.Next(3) switch
                {
                    0 => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
                    1 => (space.Arena.Address + (ulong)random.Next(broken.Length)) | (uint)random.Next(4096),
                    _ => 1UL << random.Next(64),
                };
                BitConverter.TryWriteBytes(broken.AsSpan(random.Next(broken.Length / 8) * 8), value);
            }

            using var image = new MemoryImage();
            image.Add(space.Arena.Address, broken);
            foreach (bool bigEndian in new[] { false, true })
            {
                var walker = new ImageWalker<TArch>(image, root, bigEndian);
                for (int i = 0; i < 100; i++)
                {
                    ulong addr = i < 20 ? Addr + ((ulong)i * Page) : (ulong)random.NextInt64();
                    ImageTranslation found = walker.Translate(addr);
                    Assert.NotEmpty(found.ToString());
                    walker.Read(addr, new byte[9000], out _);
                }

                ulong before = 0;
                foreach (ImageRange range in walker.Ranges(tableLimit: 300).Take(100_000))
                {
                    Assert.True(range.Start >= before && (range.Last >= range.Start || range.Status == ImageStatus.LimitReached), range.ToString());
                    before = range.Last;
                }
            }
        }
    }

    private static List<(ulong Addr, MmuFault Fault, ulong Physical)> Translations(TestSpace<TArch> space)
    {
        using var mmu = new SoftMmu<TArch>(space.Mm);
        List<(ulong Addr, MmuFault Fault, ulong Physical)> all = [];
        for (ulong addr = Addr - (2 * Page); addr < Addr + (12 * Page); addr += Page / 2)
            Ask(addr);
        for (ulong addr = Addr + (2 * Huge) - Page; addr < Addr + (2 * Huge) + (3 * Page); addr += Page / 2)
            Ask(addr);
        for (ulong addr = Addr + (4 * Huge); addr < Addr + (5 * Huge); addr += Huge / 16)
            Ask(addr + 24);
        return all;

        void Ask(ulong addr) => all.Add((addr, mmu.Translate(addr, MmuAccess.Read, out ulong physical), physical));
    }

    private static void Add(MemoryImage image, ulong address, byte[] memory, ulong hole, ulong length)
    {
        int split = (int)(hole - address);
        image.Add(address, memory.AsMemory(0, split));
        image.Add(hole + length, memory.AsMemory(split + (int)length));
    }

    private static MemoryImage Image(TestSpace<TArch> space)
    {
        var image = new MemoryImage();
        image.Add(space.Arena.Address, Bytes(space.Arena).ToArray());
        return image;
    }

    private static ReadOnlySpan<byte> Bytes(Arena arena) => new(PhysicalMemory.ToPointer(arena.Address), (int)arena.Size);

    private static TestSpace<TArch> Populated()
    {
        var space = new TestSpace<TArch>((WithHuge ? 2 * (long)Huge : 0) + (16 << 20));
        Mm<TArch> mm = space.Mm;
        mm.Mmap(Addr, 8 * Page, TestSpace.ReadWrite);
        mm.Mmap(Addr + (2 * Huge), 2 * Page, VmFlags.Read | VmFlags.Exec);
        using var mmu = new SoftMmu<TArch>(mm);
        for (ulong page = 0; page < 4; page++)
            mmu.Store(Addr + (page * Page), 100 + page);
        mm.Mprotect(Addr + (2 * Page), Page, VmFlags.None);
        mmu.Load<int>(Addr + (2 * Huge));
        mmu.Load<int>(Addr + (2 * Huge) + Page);
        space.SetPte(Addr + (6 * Page), Pte<TArch>.FromSwpEntry(new SwpEntry(2, 9)));
        if (!WithHuge)
            return space;
        mm.Mmap(Addr + (4 * Huge), Huge, TestSpace.ReadWrite);
        Assert.True(mm.MapHuge(Addr + (4 * Huge)));
        mmu.Load<int>(Addr + (4 * Huge));
        return space;
    }

    private static void Clear(TestSpace<TArch> space) => space.SetPte(Addr + (6 * Page), Pte<TArch>.None);
}
