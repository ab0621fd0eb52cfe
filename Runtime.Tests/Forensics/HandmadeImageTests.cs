using System.Buffers;
using System.Buffers.Binary;

namespace PteGuard.Runtime.Tests;

/// <summary>x86-64 tables written by hand, as no Linux would write them: by the manual, Intel SDM volume 3A, section 4.5.</summary>
public unsafe class HandmadeImageTests
{
    private readonly byte[] _memory = new byte[0x10000];

    public HandmadeImageTests()
    {
        Entry(0x1000, 0, 0x2007);                    // pml4[0]: a table
        Entry(0x1000, 3, 0xdead_0007);               // [3]: a table that the image lacks
        Entry(0x1000, 4, 0x2000 | 0x87);             // [4]: the size bit, which is reserved here
        Entry(0x1000, 510, 0x1003);                  // [510]: itself
        Entry(0x2000, 0, 0x3003);                    // pdpt[0]: a table
        Entry(0x2000, 1, 0x8000_0000_0000_0083);     // [1]: 1 GiB from 0
        Entry(0x2000, 2, 0x2000_0083);               // [2]: 1 GiB, with frame bits that are reserved
        Entry(0x3000, 0, 0x4027);                    // pd[0]: a table
        Entry(0x3000, 1, 0x1e3);                     // [1]: 2 MiB from 0
        Entry(0x3000, 2, 0x2083);                    // [2]: 2 MiB, with frame bits that are reserved
        Entry(0x4000, 5, 0x5000 | 0x67);             // pt[5]: a page
        Entry(0x4000, 6, 0x6000 | 0x25);             // [6]: one that may be read only
        Entry(0x4000, 7, 0x7766_0000);               // [7]: not present
        _memory[0x5123] = 42;
    }

    [Fact]
    public void Each_address_leads_where_the_manual_says()
    {
        ImageWalker<X86_64> walker = Walker(out MemoryImage image);
        using (image)
        {
            Check(walker, 0x5123, ImageStatus.Mapped, TableLevel.Pte, 0x5123);
            Check(walker, 0x6fff, ImageStatus.Mapped, TableLevel.Pte, 0x6fff);
            Check(walker, 0x7000, ImageStatus.NotInMemory, TableLevel.Pte, 0);
            Check(walker, 0x8000, ImageStatus.NotPresent, TableLevel.Pte, 0);
            Check(walker, 0x20_1234, ImageStatus.Mapped, TableLevel.Pmd, 0x1234);
            Check(walker, 0x21_1234, ImageStatus.MemoryMissing, TableLevel.Pmd, 0x1_1234);
            Check(walker, 0x40_0000, ImageStatus.Reserved, TableLevel.Pmd, 0);
            Check(walker, 0x4000_5123, ImageStatus.Mapped, TableLevel.Pud, 0x5123);
            Check(walker, 0x8000_0000, ImageStatus.Reserved, TableLevel.Pud, 0);
            Check(walker, 0xc000_0000, ImageStatus.NotPresent, TableLevel.Pud, 0);
            Check(walker, 0x180_0000_0000, ImageStatus.TableMissing, TableLevel.Pud, 0);
            Check(walker, 0x200_0000_0000, ImageStatus.Reserved, TableLevel.P4d, 0);
            Check(walker, 1UL << 47, ImageStatus.NotCanonical, TableLevel.Pgd, 0);

            // Through the entry that refers to its own table, the tables themselves are seen, as hardware sees them.
            Check(walker, 0xffff_ff7f_bfdf_e000, ImageStatus.Mapped, TableLevel.Pte, 0x1000);
            Check(walker, 0xffff_ff00_0000_0028, ImageStatus.Mapped, TableLevel.Pte, 0x4028);
        }
    }

    [Fact]
    public void The_list_has_everything_and_an_end()
    {
        ImageWalker<X86_64> walker = Walker(out MemoryImage image);
        using (image)
        {
            List<ImageRange> ranges = [.. walker.Ranges()];
            Assert.Contains(new(0x5000, 0x5fff, ImageStatus.Mapped, TableLevel.Pte, 0x5000, PageAttributes.Write | PageAttributes.Exec | PageAttributes.Young | PageAttributes.Dirty), ranges);
            Assert.Contains(new(0x6000, 0x6fff, ImageStatus.Mapped, TableLevel.Pte, 0x6000, PageAttributes.Exec | PageAttributes.Young), ranges);
            Assert.Contains(ranges, range => range is { Start: 0x20_0000, Last: 0x20_ffff, Status: ImageStatus.Mapped });
            Assert.Contains(ranges, range => range is { Start: 0x21_0000, Last: 0x3f_ffff, Status: ImageStatus.MemoryMissing, Physical: 0x1_0000 });
            Assert.Contains(ranges, range => range is { Start: 0x40_0000, Last: 0x5f_ffff, Status: ImageStatus.Reserved, Level: TableLevel.Pmd });
            Assert.Contains(ranges, range => range is { Start: 0x180_0000_0000, Last: 0x1ff_ffff_ffff, Status: ImageStatus.TableMissing });
            Assert.Contains(ranges, range => range is { Start: 0xffff_ff00_0000_0000, Status: ImageStatus.Cycle, Level: TableLevel.P4d });
            Assert.All(ranges, range => Assert.NotEmpty(range.ToString()));
        }
    }

    [Fact]
    public void Tables_that_share_each_other_hit_the_limit()
    {
        for (int i = 0; i < 512; i++)
        {
            Entry(0x8000, i, 0x9003);
            Entry(0x9000, i, 0xa003);
            Entry(0xa000, i, 0xb003);
            Entry(0xb000, i, (ulong)(i & 1) << 12 | 3);
        }

        using var image = new MemoryImage();
        image.Add(0, _memory);
        var walker = new ImageWalker<X86_64>(image, 0x8018);
        Assert.Equal(0x8000UL, walker.Root);
        List<ImageRange> ranges = [.. walker.Ranges(tableLimit: 20)];
        Assert.Equal(ImageStatus.LimitReached, ranges[^1].Status);
        Assert.Equal(17 * 256, ranges.Count - 1);
    }

    [Fact]
    public void Entries_may_be_the_other_way_round()
    {
        byte[] swapped = (byte[])_memory.Clone();
        for (int i = 0; i < 0x5000; i += 8)
            swapped.AsSpan(i, 8).Reverse();
        using var image = new MemoryImage();
        image.Add(0, swapped);
        Check(new ImageWalker<X86_64>(image, 0x1000, bigEndian: true), 0x5123, ImageStatus.Mapped, TableLevel.Pte, 0x5123);
        byte[] one = new byte[1];
        Assert.True(new ImageWalker<X86_64>(image, 0x1000, bigEndian: true).TryRead(0x5123, one));
        Assert.Equal(42, one[0]);
    }

    /// <summary>Live tables with random words in them: the memory management unit and the walker of images come to the same.</summary>
    [FactWithoutCheck("This writes entries behind the back of the accessors, thousands of times.")]
    public void Hardware_and_image_agree_on_garbage()
    {
        const ulong addr = TestSpace.Start;
        using var space = new TestSpace(2 << 20);
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        for (ulong page = 0; page < 64; page++)
            mmu.Store(addr + (page * TestSpace.Page), page);
        using var live = new ArenaMemory(space.Arena);
        byte[] good = live.Memory.ToArray();
        using var image = new MemoryImage();
        image.Add(space.Arena.Address, live.Memory);
        var walker = new ImageWalker<X86_64>(image, PhysicalMemory.ToAddress(space.Mm.Pgd));
        ulong[] tables =
        [
            PhysicalMemory.ToAddress(space.Mm.Pgd), PhysicalMemory.ToAddress(space.Pmd) & ~0xfffUL, PageTable.PmdpGet(space.Pmd).Table.Address,
            PhysicalMemory.ToAddress(PageTable.PudOffset(PageTable.P4dOffset(PageTable.PgdOffset(space.Mm, addr), addr), addr)) & ~0xfffUL,
        ];
        var random = new Random(7);
        var seen = new HashSet<ImageStatus>();
        try
        {
            for (int round = 0; round < 5_000; round++)
            {
                ulong probe = addr + ((ulong)random.Next(64) * TestSpace.Page) + 8;
                ulong table = tables[random.Next(tables.Length)];
                int shift = table == tables[2] ? 12 : table == tables[1] ? 21 : table == tables[3] ? 30 : 39;
                ulong frame = random.Next(4) == 0 ? 1UL << random.Next(40, 52) : space.Arena.Address + ((ulong)random.Next(512) << 12);
                ulong word = frame | (uint)random.Next(4096) | (random.Next(3) != 0 ? 1UL : 0) | (random.Next(2) == 0 ? 1UL << 63 : 0);
                BinaryPrimitives.WriteUInt64LittleEndian(live.Memory.Span[(int)(table - space.Arena.Address + (((probe >> shift) & 511) * 8))..], word);

                ImageTranslation found = walker.Translate(probe);
                MmuFault fault = mmu.Translate(probe, MmuAccess.Read, out ulong physical);
                bool same = fault switch
                {
                    MmuFault.None => found.Status == ImageStatus.Mapped && found.Physical == physical,
                    MmuFault.NotPresent => found.Status is ImageStatus.NotPresent or ImageStatus.NotInMemory or ImageStatus.NoAccess
                        || (found.Status == ImageStatus.MemoryMissing && (found.Entry & 1) == 0),
                    _ => found.Status is ImageStatus.Reserved or ImageStatus.MemoryMissing or ImageStatus.TableMissing,
                };
                Assert.True(same, $"{found}; {fault} 0x{physical:x}");
                seen.Add(found.Status);
                if (round % 8 == 7)
                    good.CopyTo(live.Memory);
            }
        }
        finally
        {
            good.CopyTo(live.Memory);
        }

        Assert.Superset(new HashSet<ImageStatus> { ImageStatus.Mapped, ImageStatus.NotPresent, ImageStatus.Reserved, ImageStatus.TableMissing, ImageStatus.NotInMemory, ImageStatus.MemoryMissing }, seen);
    }

    private static void Check(ImageWalker<X86_64> walker, ulong addr, ImageStatus status, TableLevel level, ulong physical)
    {
        ImageTranslation found = walker.Translate(addr);
        Assert.True((found.Status, found.Level, found.Physical) == (status, level, physical), found.ToString());
    }

    private ImageWalker<X86_64> Walker(out MemoryImage image)
    {
        image = new MemoryImage();
        image.Add(0, _memory);
        return new(image, 0x1000);
    }

    private void Entry(int table, int index, ulong value)
        => BinaryPrimitives.WriteUInt64LittleEndian(_memory.AsSpan(table + (index * 8)), value);

    private sealed class ArenaMemory(Arena arena) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => new(PhysicalMemory.ToPointer(arena.Address), (int)arena.Size);

        public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)PhysicalMemory.ToPointer(arena.Address) + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
