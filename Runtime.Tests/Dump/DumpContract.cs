using System.Text.Json;
using System.Xml.Linq;

namespace PteGuard.Runtime.Tests;

public class X86_64DumpContractTests : DumpContract<X86_64>;

public class X86_64La57DumpContractTests : DumpContract<X86_64La57>;

public class X86PaeDumpContractTests : DumpContract<X86Pae>;

public class Arm64K4DumpContractTests : DumpContract<Arm64K4>;

public class Arm64K16DumpContractTests : DumpContract<Arm64K16>;

public class Arm64K64DumpContractTests : DumpContract<Arm64K64>;

public class RiscV64Sv39DumpContractTests : DumpContract<RiscV64Sv39>;

public class RiscV64Sv48DumpContractTests : DumpContract<RiscV64Sv48>;

public class RiscV64Sv57DumpContractTests : DumpContract<RiscV64Sv57>;

public class S390XDumpContractTests : DumpContract<S390X>;

/// <summary>Dumps of every architecture agree with what its tables hold.</summary>
public abstract class DumpContract<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private const ulong Addr = 1UL << 30;

    private static ulong Page => 1UL << TArch.PageShift;

    private static ulong Huge => 1UL << TArch.PmdShift;

    [Fact]
    public void Ranges_are_what_is_mapped()
    {
        using TestSpace<TArch> space = Populated();
        PageTableDump dump = PageTableDump.Of(space.Mm);
        Assert.Equal(TArch.Name, dump.Architecture);
        Assert.Equal(space.Mm.GetRegions().Select(vma => (vma.Start, vma.End, vma.Flags)), dump.Regions.Select(region => (region.Start, region.End, region.Flags)));
        foreach (DumpedRange range in dump.Ranges)
        {
            for (ulong addr = range.Start; addr < range.End; addr += Page)
            {
                Pte<TArch> pte = space.PteAt(addr);
                if (range.Level != TableLevel.Pte)
                {
                    Assert.True(space.Mm.Pagemap(addr).IsPresent);
                    continue;
                }

                Assert.Equal(pte.IsPresent, (range.Attributes & PageAttributes.Swap) == 0);
                Assert.Equal(pte.IsPresent && pte.IsWritable, (range.Attributes & PageAttributes.Write) != 0);
                Assert.Equal(pte.IsPresent && pte.IsDirty, (range.Attributes & PageAttributes.Dirty) != 0);
                Assert.Equal(pte.IsPresent && pte.IsProtNone, (range.Attributes & PageAttributes.NoAccess) != 0);
            }
        }

        Assert.Equal(dump.Ranges.OrderBy(range => range.Start), dump.Ranges);
        ulong pages = dump.Ranges.Aggregate(0UL, (sum, range) => sum + (range.Size / Page));
        Assert.Equal(7UL + (TArch.HasHugePmd ? Huge / Page : 0), pages);
        Clear(space);
    }

    [Fact]
    public void Frames_break_ranges_where_memory_does()
    {
        using TestSpace<TArch> space = Populated();
        PageTableDump dump = PageTableDump.Of(space.Mm, frames: true);
        foreach (DumpedRange range in dump.Ranges)
        {
            if (range.Pfn is not { } pfn)
            {
                Assert.Equal(PageAttributes.Swap, range.Attributes & PageAttributes.Swap);
                continue;
            }

            for (ulong addr = range.Start; addr < range.End; addr += Page)
                Assert.Equal(pfn++, space.Mm.Pagemap(addr).Pfn);
        }

        Clear(space);
    }

    [Fact]
    public void Text_and_json_say_the_same()
    {
        using TestSpace<TArch> space = Populated();
        PageTableDump dump = PageTableDump.Of(space.Mm, frames: true);
        using var text = new StringWriter();
        dump.ToText(text);
        string[] lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal($"# {TArch.Name}: {dump.Ranges.Count} ranges, {dump.TableCount} tables", lines[0]);
        string[] ranges = Array.FindAll(lines, line => line.StartsWith("0x", StringComparison.Ordinal));
        Assert.Equal(dump.Ranges.Count, ranges.Length);

        using var stream = new MemoryStream();
        dump.ToJson(stream);
        using JsonDocument json = JsonDocument.Parse(stream.ToArray());
        Assert.Equal(TArch.Name, json.RootElement.GetProperty("architecture").GetString());
        Assert.Equal(dump.TableCount, json.RootElement.GetProperty("tables").GetArrayLength());
        Assert.Equal("pgd", json.RootElement.GetProperty("levels")[0].GetProperty("name").GetString());
        int i = 0;
        foreach (JsonElement range in json.RootElement.GetProperty("ranges").EnumerateArray())
        {
            string line = ranges[i++];
            Assert.Contains(range.GetProperty("start").GetString()![2..], line, StringComparison.Ordinal);
            string words = string.Join(' ', range.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()));
            Assert.Contains($" {range.GetProperty("level").GetString()} {words}", line, StringComparison.Ordinal);
        }

        Assert.Equal(ranges.Length, i);
        Clear(space);
    }

    [Fact]
    public void The_picture_is_well_formed_and_nothing_overlaps()
    {
        using TestSpace<TArch> space = Populated();
        using var text = new StringWriter();
        PageTableDump.Of(space.Mm).ToSvg(text);
        SvgChecks.Check(text.ToString());
        Clear(space);
    }

    [Fact]
    public void An_empty_space_is_one_table()
    {
        using var space = new TestSpace<TArch>();
        PageTableDump dump = PageTableDump.Of(space.Mm);
        Assert.Empty(dump.Ranges);
        Assert.Equal(1, dump.TableCount);
        using var text = new StringWriter();
        dump.ToSvg(text);
        SvgChecks.Check(text.ToString());
    }

    private static TestSpace<TArch> Populated()
    {
        var space = new TestSpace<TArch>((TArch.HasHugePmd ? 2 * (long)Huge : 0) + (32 << 20));
        Mm<TArch> mm = space.Mm;
        mm.Mmap(Addr, 8 * Page, TestSpace.ReadWrite);
        mm.Mmap(Addr + (2 * Huge), 2 * Page, VmFlags.Read | VmFlags.Exec);
        using var mmu = new SoftMmu<TArch>(mm);
        for (ulong page = 0; page < 4; page++)
            mmu.Store(Addr + (page * Page), page);
        mm.Mprotect(Addr + (2 * Page), Page, VmFlags.None);
        mmu.Load<int>(Addr + (2 * Huge));
        mmu.Load<int>(Addr + (2 * Huge) + Page);
        space.SetPte(Addr + (6 * Page), Pte<TArch>.FromSwpEntry(new SwpEntry(2, 9)));
        if (!TArch.HasHugePmd)
            return space;
        mm.Mmap(Addr + (4 * Huge), Huge, TestSpace.ReadWrite);
        Assert.True(mm.MapHuge(Addr + (4 * Huge)));
        return space;
    }

    private static void Clear(TestSpace<TArch> space) => space.SetPte(Addr + (6 * Page), Pte<TArch>.None);
}

public class DumpTests
{
    private const ulong Addr = TestSpace.Start;

    [Fact]
    public void The_text_is_as_documented()
    {
        using var space = new TestSpace();
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 1);
        mmu.Store(Addr + TestSpace.Page, 1);
        mmu.Load<int>(Addr + (2 * TestSpace.Page));
        using var text = new StringWriter();
        PageTableDump.Of(space.Mm).ToText(text);
        Assert.Equal(
            """
            # x86-64: 2 ranges, 4 tables
            ---[ 0x0000000040000000-0x0000000040200000 Read, Write ]---
            0x0000000040000000-0x0000000040002000      8K pte read write young dirty soft-dirty
            0x0000000040002000-0x0000000040003000      4K pte read write young soft-dirty

            """, text.ToString(), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void What_lies_outside_regions_or_is_malformed_is_told_and_left_alone()
    {
        using var space = new TestSpace();
        space.Region();
        using (var mmu = new SoftMmu<X86_64>(space.Mm))
            mmu.Store(Addr, 1);
        space.SetPte(Addr + TestSpace.Huge, PageTable.PfnPte(1234, Pgprot<X86_64>.Of(VmFlags.Read)).MkSpecial());
        unsafe
        {
            PageTable.SetPmd(space.Pmd + 2, new Pmd<X86_64>(0x1234_5001));
            PageTableDump dump = PageTableDump.Of(space.Mm);
            Assert.Equal(PageAttributes.Bad, dump.Ranges[^1].Attributes);
            Assert.False(PageTable.PmdpGet(space.Pmd + 2).IsNone);
            using var text = new StringWriter();
            dump.ToText(text);
            Assert.Contains("---[ no region ]---", text.ToString(), StringComparison.Ordinal);
            Assert.Contains("special", text.ToString(), StringComparison.Ordinal);
            Assert.Contains(" 2M pmd bad", text.ToString(), StringComparison.Ordinal);
            PageTable.PmdClear(space.Pmd + 2);
        }

        space.SetPte(Addr + TestSpace.Huge, Pte<X86_64>.None);
    }

    [Fact]
    public void Addresses_above_the_middle_are_canonical()
    {
        using var space = new TestSpace();
        const ulong high = 0xffff_8000_0000_0000;
        space.SetPte(high, PageTable.PfnPte(1234, Pgprot<X86_64>.Of(VmFlags.Read)).MkSpecial());
        Assert.Equal(high, Assert.Single(PageTableDump.Of(space.Mm).Ranges).Start);
        space.SetPte(high, Pte<X86_64>.None);
    }

    [Fact]
    public void Many_tables_are_merged_into_a_picture_that_can_be_looked_at()
    {
        using var space = new TestSpace(64 << 20);
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        for (ulong i = 0; i < 60; i++)
        {
            space.Mm.Mmap(Addr + (i << 27), TestSpace.Huge, TestSpace.ReadWrite);
            for (ulong j = 0; j <= i; j += 5)
                mmu.Store(Addr + (i << 27) + (j * TestSpace.Page), 1);
        }

        using var text = new StringWriter();
        PageTableDump.Of(space.Mm).ToSvg(text);
        XElement svg = SvgChecks.Check(text.ToString());
        Assert.InRange(double.Parse(svg.Attribute("height")!.Value, System.Globalization.CultureInfo.InvariantCulture), 500, 4000);
        Assert.Contains("more tables", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_dump_is_taken_while_others_map_and_unmap()
    {
        using var space = new TestSpace(64 << 20);
        space.Region(4 * TestSpace.Huge);
        Threads.RunUntil(
            () =>
            {
                for (int i = 0; i < 200; i++)
                    Assert.True(PageTableDump.Of(space.Mm).TableCount >= 1);
            },
            done =>
            {
                using var mmu = new SoftMmu<X86_64>(space.Mm);
                while (!done())
                {
                    for (ulong page = 0; page < 4; page++)
                        mmu.Store(Addr + (page * TestSpace.Huge), 1);
                    space.Mm.MapHuge(Addr);
                    space.Mm.MadviseDontNeed(Addr, 4 * TestSpace.Huge);
                    unsafe
                    {
                        PageTable.TryReclaimPteTable(space.Mm, space.Pmd + 1);
                    }
                }
            });
    }
}
