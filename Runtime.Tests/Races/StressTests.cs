using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace PteGuard.Runtime.Tests;

/// <summary>
/// Everything at once, in one address space: hardware and two kinds of outsiders store and load while others collapse, split,
/// retract, drop, unmap and protect. PTEGUARD_STRESS_SECONDS says for how long; 2 seconds otherwise.
/// </summary>
public sealed unsafe class StressTests : IDisposable
{
    private const VmFlags Shared = TestSpace.ReadWrite | VmFlags.Shared;
    private const int Pages = 2 * 512;
    private const ulong Bytes = 2 * TestSpace.Huge;

    // Anonymous memory whose contents nothing takes away; shared memory; memory that is dropped; and one that is written once.
    private const ulong Kept = TestSpace.Start;
    private const ulong Mapped = Kept + (8 * TestSpace.Huge);
    private const ulong Dropped = Mapped + (8 * TestSpace.Huge);
    private const ulong Once = Dropped + (8 * TestSpace.Huge);

    private readonly TestSpace _space = new(64 << 20);
    private readonly SharedMemory _memory;
    private readonly ITestOutputHelper _output;
    private readonly long _end = Stopwatch.GetTimestamp() + (Seconds * Stopwatch.Frequency);
    private int _collapsed;
    private int _split;
    private int _retracted;
    private int _pinned;
    private int _rounds;

    public StressTests(ITestOutputHelper output)
    {
        _output = output;
        _memory = new SharedMemory(_space.Arena, Bytes);
    }

    private static long Seconds
        => int.TryParse(Environment.GetEnvironmentVariable("PTEGUARD_STRESS_SECONDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? seconds : 2;

    private Mm<X86_64> Mm => _space.Mm;

    private bool IsOver => Stopwatch.GetTimestamp() > _end;

    [Fact]
    public void Nothing_is_lost_mixed_or_left_behind()
    {
        Mm.Mmap(Kept, TestSpace.Huge, TestSpace.ReadWrite);
        Mm.Mmap(Kept + TestSpace.Huge, TestSpace.Huge, TestSpace.ReadWrite | VmFlags.HugePage);
        Mm.MmapShared(Mapped, Bytes, Shared, _memory, 0);
        Mm.Mmap(Dropped, Bytes, TestSpace.ReadWrite | VmFlags.HugePage);
        Threads.RunUntil(ChangeKept, Store(1), Store(2), Pin, Look, ChangeMapped, ChangeDropped, WriteOnce, ChangeOnce);
        _output.WriteLine($"{_collapsed} collapsed, {_split} split, {_retracted} retracted, {_pinned} stores by reference, {_rounds} rounds of single stores");
        Assert.True(_collapsed > 0 && _split > 0 && _retracted > 0 && _pinned > 0, $"{_collapsed} {_split} {_retracted} {_pinned}");
    }

    /// <summary>And no frame is left allocated.</summary>
    public void Dispose()
    {
        _memory.Dispose();
        _space.Dispose();
    }

    /// <summary>A processor: each page has a word of its own, which holds what it stored there last.</summary>
    private Action<Func<bool>> Store(int slot) => done =>
    {
        using var mmu = new SoftMmu<X86_64>(Mm);
        var random = new Random(slot);
        ulong[] kept = new ulong[Pages];
        ulong[] mapped = new ulong[Pages];
        for (ulong value = 1; !done(); value++)
        {
            int page = random.Next(Pages);
            ulong offset = (ulong)page << 12;
            Replace(mmu, Kept + offset + (8 * (ulong)slot), ref kept[page], value);
            Replace(mmu, Mapped + offset + (8 * (ulong)slot), ref mapped[page], value);
            Sign(mmu, Kept + offset);
            Sign(mmu, Mapped + offset);
            Sign(mmu, Dropped + offset);
        }

        for (int page = 0; page < Pages; page++)
            Replace(mmu, Kept + ((ulong)page << 12) + (8 * (ulong)slot), ref kept[page], 1);
    };

    private static void Replace(SoftMmu<X86_64> mmu, ulong addr, ref ulong last, ulong value)
    {
        Span<byte> word = stackalloc byte[8];
        if (!Succeeds(mmu.Read(addr, word)))
            return;
        Assert.Equal(last, BitConverter.ToUInt64(word));
        BitConverter.TryWriteBytes(word, value);
        if (Succeeds(mmu.Write(addr, word)))
            last = value;
    }

    /// <summary>The first word of a page is its address, once it has been written.</summary>
    private static void Sign(SoftMmu<X86_64> mmu, ulong addr)
    {
        Span<byte> word = stackalloc byte[8];
        if (Succeeds(mmu.Read(addr, word)) && BitConverter.ToUInt64(word) is ulong read)
            Assert.True(read == 0 || read == addr, $"0x{read:x} at 0x{addr:x}");
        BitConverter.TryWriteBytes(word, addr);
        Succeeds(mmu.Write(addr, word));
    }

    /// <summary>Regions come and go and lose their protection, so an access may end in a signal, but in no other.</summary>
    private static bool Succeeds(VmFault fault)
    {
        Assert.True(fault is VmFault.None or VmFault.SigSegv, fault.ToString());
        return fault == VmFault.None;
    }

    /// <summary>A device: stores through references, whatever becomes of the mapping meanwhile.</summary>
    private void Pin(Func<bool> done)
    {
        var random = new Random(3);
        ulong[] kept = new ulong[Pages];
        for (ulong value = 1; !done(); value++)
        {
            int index = random.Next(Pages);
            Assert.True(Mm.GetUserPagesFast(Kept + ((ulong)index << 12), write: true, out Page page));
            ref ulong word = ref ((ulong*)page.Pointer)[3];
            Assert.Equal(kept[index], Volatile.Read(ref word));
            if ((value & 15) == 0)
                Thread.Yield();
            Volatile.Write(ref word, value);
            kept[index] = value;
            page.MarkDirty();
            page.Put();
            Volatile.Write(ref _pinned, _pinned + 1);
        }
    }

    /// <summary>A debugger: looks at pages of all kinds, which are theirs or nobody's.</summary>
    private void Look(Func<bool> done)
    {
        var random = new Random(4);
        while (!done())
        {
            ulong addr = random.Next(3) switch { 0 => Kept, 1 => Mapped, _ => Dropped } + ((ulong)random.Next(Pages) << 12);
            if (!Mm.GetUserPagesFast(addr, write: false, out Page page))
                continue;
            ulong read = Volatile.Read(ref *(ulong*)page.Pointer);
            page.Put();
            Assert.True(read == 0 || read == addr, $"0x{read:x} at 0x{addr:x}");
        }
    }

    private void ChangeKept()
    {
        var random = new Random(5);
        Func<bool> late = Threads.Deadline();
        while (!IsOver || ((_collapsed == 0 || _split == 0 || Volatile.Read(ref _retracted) == 0 || Volatile.Read(ref _pinned) == 0) && !late()))
        {
            ulong huge = Kept + ((ulong)random.Next(2) * TestSpace.Huge);
            switch (random.Next(4))
            {
                case 0: _split += Mm.SplitHuge(huge) ? 1 : 0; break;
                case 1: Mm.TestAndClearYoung(huge, HeadOf(huge)); break;
                default: _collapsed += Mm.CollapseHuge(huge) == CollapseResult.Succeeded ? 1 : 0; break;
            }

            Assert.Equal(VmFault.None, Mm.Fault(huge, FaultFlags.None));
        }
    }

    /// <summary>Whatever page is there: one that is gone the next moment is a question about nothing.</summary>
    private Page HeadOf(ulong addr)
    {
        Assert.True(Mm.GetUserPagesFast(addr, write: false, out Page page));
        page.Put();
        return page;
    }

    private void ChangeMapped(Func<bool> done)
    {
        var random = new Random(6);
        while (!done())
        {
            ulong huge = Mapped + ((ulong)random.Next(2) * TestSpace.Huge);
            switch (random.Next(8))
            {
                case 0: Mm.MadviseDontNeed(huge, TestSpace.Huge); break;
                case 1: Mm.MadviseDontNeed(huge + ((ulong)random.Next(512) << 12), TestSpace.Page); break;
                case 2:
                    Mm.Munmap(huge, TestSpace.Huge);
                    Mm.MmapShared(huge, TestSpace.Huge, Shared, _memory, huge - Mapped);
                    break;
                default:
                    if (Mm.RetractPageTables(huge))
                        Volatile.Write(ref _retracted, _retracted + 1);
                    break;
            }
        }
    }

    private void ChangeDropped(Func<bool> done)
    {
        var random = new Random(7);
        while (!done())
        {
            ulong huge = Dropped + ((ulong)random.Next(2) * TestSpace.Huge);
            ulong page = huge + ((ulong)random.Next(512) << 12);
            switch (random.Next(9))
            {
                case 0: Mm.MadviseDontNeed(page, TestSpace.Page); break;
                case 1: Mm.MadviseDontNeed(huge, TestSpace.Huge); break;
                case 2: Mm.MadviseDontNeed(Dropped, Bytes); break;
                case 3: Mm.MapHuge(huge); break;
                case 4: Mm.ZapHuge(huge); break;
                case 5: Mm.CollapseHuge(huge); break;
                case 6: Mm.SplitHuge(huge); break;
                case 7:
                    Mm.Mprotect(page, TestSpace.Page, VmFlags.Read);
                    Mm.Mprotect(page, TestSpace.Page, TestSpace.ReadWrite);
                    break;
                default:
                    Mm.Munmap(Dropped, Bytes);
                    Mm.Mmap(Dropped, Bytes, TestSpace.ReadWrite | ((random.Next(2) == 0) ? VmFlags.HugePage : VmFlags.None));
                    break;
            }
        }
    }

    /// <summary>Each page is stored to once, so the mark of that store is the only one there is.</summary>
    private void WriteOnce(Func<bool> done)
    {
        using var mmu = new SoftMmu<X86_64>(Mm);
        int[] order = new int[Pages];
        for (int round = 0; !done(); round++, _rounds++)
        {
            using var memory = new SharedMemory(_space.Arena, Bytes);
            Mm.MmapShared(Once, Bytes, Shared, memory, 0);
            for (int i = 0; i < Pages; i++)
            {
                mmu.Load<int>(Once + ((ulong)i << 12));
                order[i] = i;
            }

            new Random(round).Shuffle(order);
            foreach (int index in order)
                mmu.Store(Once + ((ulong)index << 12), index + 1);
            Mm.Munmap(Once, Bytes);
            for (int i = 0; i < Pages; i++)
            {
                Assert.True(memory.TryGetPage((ulong)i, out Page page));
                (int content, bool dirty) = (*(int*)page.Pointer, page.IsDirty);
                page.Put();
                Assert.Equal((i + 1, true), (content, dirty));
            }
        }
    }

    private void ChangeOnce(Func<bool> done)
    {
        for (ulong round = 0; !done(); round++)
        {
            ulong huge = Once + (round % 2 * TestSpace.Huge);
            Mm.RetractPageTables(huge);
            try
            {
                Mm.MadviseDontNeed(huge + (round % 512 << 12), TestSpace.Page);
                if (round % 7 == 0)
                    Mm.MadviseDontNeed(huge, TestSpace.Huge);
            }
            catch (ArgumentException)
            {
                // The region is not there between two rounds.
            }
        }
    }
}
