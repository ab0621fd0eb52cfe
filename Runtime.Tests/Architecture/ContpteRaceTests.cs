namespace PteGuard.Runtime.Tests;

public class Arm64K4ContpteRaceTests() : ContpteRaceTests<Arm64K4>(16);

public class Arm64K16ContpteRaceTests() : ContpteRaceTests<Arm64K16>(128);

public class Arm64K64ContpteRaceTests() : ContpteRaceTests<Arm64K64>(32);

/// <summary>Contiguous blocks against threads that look without the lock, and against hardware that marks.</summary>
public abstract unsafe class ContpteRaceTests<TArch>(int contPtes)
    where TArch : unmanaged, IArchitecture<TArch>
{
    private const ulong Cont = ContpteFixture<TArch>.Cont;

    private static ulong Addr(int index) => ContpteFixture<TArch>.Addr(index);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_looks_without_the_lock_never_sees_half_of_a_block(bool throughAccessors)
    {
        using var space = new ContpteFixture<TArch>(contPtes);
        Page clean = space.AllocPages(contPtes), dirty = space.AllocPages(contPtes);
        ulong cleanPfn = clean.Address >> TArch.PageShift, dirtyPfn = dirty.Address >> TArch.PageShift;
        var table = (nint)space.Raw(0);
        long seenClean = 0, seenDirty = 0;
        string? torn = null;

        // One block is clean. In the other, one entry alone is dirty. A read that mixes them says of either what is not so.
        void Read(Func<bool> done)
        {
            var random = new Random(Environment.CurrentManagedThreadId);
            while (!done())
            {
                int index = random.Next(contPtes);
                Pte<TArch> pte = PageTable.PtepGetLockless((Pte<TArch>*)table + index);
                if (pte.IsNone)
                    continue;
                bool isClean = pte.Pfn == cleanPfn + (ulong)index;
                bool whole = (isClean || pte.Pfn == dirtyPfn + (ulong)index) && ((pte.Value & Cont) != 0 || throughAccessors);
                if (!whole || pte.IsDirty == isClean)
                    Volatile.Write(ref torn, $"{index}: {pte} of the {(isClean ? "clean" : "dirty")} block");
                Interlocked.Increment(ref isClean ? ref seenClean : ref seenDirty);
            }
        }

        // One entry after the other, so that all of a block is there only at the end, with the mark.
        void WriteRaw(bool isClean, bool pause)
        {
            ulong first = PageTable.MkPte(isClean ? clean : dirty, space.Writable).Value | Cont;
            for (int i = 0; i < contPtes; i++)
                Volatile.Write(ref *((ulong*)table + i), 0);
            for (int i = 0; i < contPtes; i++)
            {
                if (pause && i == contPtes / 2)
                    Thread.Sleep(0);
                ulong value = TArch.PteAdvancePfn(first, (ulong)i);
                Volatile.Write(ref *((ulong*)table + i), !isClean && i == contPtes - 1 ? TArch.PteMkDirty(value) : value);
            }
        }

        // Made, aged, taken apart and made again, as the core does it.
        void WriteThroughAccessors(bool isClean) => space.Locked(0, ptep =>
        {
            int last = contPtes - 1;
            Pte<TArch> first = PageTable.MkPte(isClean ? clean : dirty, space.Writable);
            PageTable.ClearFullPtes(space.Mm, Addr(0), ptep, contPtes);
            PageTable.SetPtes(space.Mm, Addr(0), ptep, isClean ? first : first.MkDirty(), contPtes);
            PageTable.PtepTestAndClearYoung(space.Vma, Addr(last), ptep + last);
            Pte<TArch> old = PageTable.PtepModifyProtStart(space.Vma, Addr(last), ptep + last);
            PageTable.PtepModifyProtCommit(space.Vma, Addr(last), ptep + last, old, old);
        });

        void Write()
        {
            Func<bool> late = Threads.Deadline();
            int rounds = throughAccessors ? 2000 : 20_000;
            for (int round = 0; torn is null && (round < rounds || (Math.Min(Interlocked.Read(ref seenClean), Interlocked.Read(ref seenDirty)) < 100 && !late())); round++)
            {
                if (throughAccessors)
                    WriteThroughAccessors((round & 1) == 0);
                else
                    WriteRaw((round & 1) == 0, pause: round % 16 == 1);
                if (round % 16 < 2)
                    Thread.Sleep(0);
            }
        }

        Threads.RunUntil(Write, Read, Read);
        space.Locked(0, ptep => PageTable.ClearFullPtes(space.Mm, Addr(0), ptep, contPtes));
        clean.Put();
        dirty.Put();
        Assert.Null(torn);
        Assert.True(seenClean > 0 && seenDirty > 0);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void What_hardware_marked_dirty_stays_so(bool oneByOne, bool oneEntry)
    {
        using var space = new ContpteFixture<TArch>(contPtes);
        Pte<TArch> first = space.MapBlock();
        var root = (nint)space.Mm.Pgd;
        int generation = 0, kept = 0;
        int[] granted = new int[contPtes];
        Func<bool> late = Threads.Deadline();

        // A write that was granted in a round, and began in it, has left its mark in the entry.
        void Mark(Func<bool> done)
        {
            // Where only one entry is ever marked, its neighbours cannot make up for what it loses; it is marked once a
            // round, at any moment of it.
            var random = new Random(1);
            for (int i = 1; !done(); i = oneEntry ? i : (i + 1) % contPtes)
            {
                int now = Volatile.Read(ref generation);
                if (oneEntry)
                    Thread.SpinWait(random.Next(contPtes));
                if (TArch.HardwareWalk((Pgd<TArch>*)root, Addr(i), MmuAccess.Write | MmuAccess.User, out _) == MmuFault.None)
                    Volatile.Write(ref granted[i], now);
            }
        }

        void Change() => space.Locked(0, ptep =>
        {
            for (int round = 1; round < 20_000 || (kept < 1000 && !late()); round++)
            {
                Volatile.Write(ref generation, round);
                ChangeQuietly(space, ptep, oneEntry ? round % 2 : round % 4);
                for (int i = 0; oneByOne && i < contPtes; i++)
                    PageTable.PtepSetWrprotect(space.Mm, Addr(i), ptep + i);
                PageTable.WrprotectPtes(space.Mm, Addr(0), ptep, contPtes);
                for (int i = 0; i < contPtes; i++)
                {
                    bool marked = Volatile.Read(ref granted[i]) == round;
                    var raw = new Pte<TArch>(Volatile.Read(ref *((ulong*)ptep + i)));
                    Assert.False(raw.IsWritable, $"round {round}: entry {i} is as it was");
                    Assert.True(raw.IsDirty || !marked, $"round {round}: the mark of entry {i} is lost");
                    kept += marked ? 1 : 0;
                }

                PageTable.ClearFullPtes(space.Mm, Addr(0), ptep, contPtes);
                PageTable.SetPtes(space.Mm, Addr(0), ptep, first, contPtes);
            }
        });

        Threads.RunUntil(Change, Mark);
        Assert.True(kept > 0);
    }

    /// <summary>Something that may happen to a block that hardware is writing through.</summary>
    private void ChangeQuietly(ContpteFixture<TArch> space, Pte<TArch>* ptep, int change)
    {
        int last = contPtes - 1;
        switch (change)
        {
            case 0:
                Pte<TArch> old = PageTable.PtepModifyProtStart(space.Vma, Addr(last), ptep + last);
                PageTable.PtepModifyProtCommit(space.Vma, Addr(last), ptep + last, old, old);
                break;
            case 1:
                PageTable.PtepModify(ptep + last, static pte => pte.MkOld());
                break;
            case 2:
                PageTable.PtepTestAndClearYoung(space.Vma, Addr(last), ptep + last);
                break;
        }
    }

    [Fact]
    public void No_write_is_without_its_dirty_mark_while_blocks_come_and_go()
    {
        using var space = new ContpteFixture<TArch>(contPtes);
        Pte<TArch> first = space.MapBlock();
        Page page = first.Page;
        var table = (nint)space.Raw(0);
        var content = (nint)page.Pointer;
        const int written = 4;
        int[] indices = [0, 3, contPtes / 2, contPtes - 1];

        void Write(Func<bool> done)
        {
            using var mmu = new SoftMmu<TArch>(space.Mm);
            for (ulong i = 1; !done(); i++)
                mmu.Store(Addr(indices[i % written]), i);
        }

        void Read(Func<bool> done)
        {
            for (int i = 0; !done(); i++)
            {
                Pte<TArch> pte = PageTable.PtepGetLockless((Pte<TArch>*)table + (i % contPtes));
                Assert.True(pte.IsNone || (pte.IsPresent && pte.Pfn == first.Pfn + (ulong)(i % contPtes)), pte.ToString());
                Thread.Yield();
            }
        }

        ulong Content(int index) => Volatile.Read(ref *(ulong*)(content + (nint)((ulong)index << TArch.PageShift)));
        int changes = 0, folded = 0;
        Func<bool> late = Threads.Deadline();
        void Clean()
        {
            var random = new Random(7);
            ulong[] clean = Array.ConvertAll(indices, Content);
            for (int round = 0; round < 200 || ((changes < 5 || folded < 5) && !late()); round++)
            {
                space.Locked(0, ptep =>
                {
                    for (int i = random.Next(3); i > 0; i--)
                        Change(space, ptep, random);
                    folded += (Volatile.Read(ref *(ulong*)ptep) & Cont) != 0 ? 1 : 0;
                    Pte<TArch> old = PageTable.GetAndClearFullPtes(space.Mm, Addr(0), ptep, contPtes);
                    PageTable.FlushTlbMm(space.Mm);
                    ulong[] now = Array.ConvertAll(indices, Content);
                    bool changed = !now.AsSpan().SequenceEqual(clean);
                    clean = now;
                    changes += changed ? 1 : 0;
                    PageTable.SetPtes(space.Mm, Addr(0), ptep, old.MkClean().MkWrite(), contPtes);
                    Assert.True(old.IsDirty || !changed, "a write whose dirty mark is lost");
                });
                Thread.Yield();
            }
        }

        Threads.RunUntil(Clean, Write, Read);
        Assert.True(changes > 0 && folded > 0);
    }

    /// <summary>One of the changes that may happen to mapped pages, all of which keep dirty.</summary>
    private void Change(ContpteFixture<TArch> space, Pte<TArch>* ptep, Random random)
    {
        int index = random.Next(contPtes), last = contPtes - 1;
        switch (random.Next(9))
        {
            case 0:
                PageTable.PtepSetWrprotect(space.Mm, Addr(index), ptep + index);
                break;
            case 1:
                PageTable.WrprotectPtes(space.Mm, Addr(0), ptep, contPtes);
                break;
            case 2:
                PageTable.WrprotectPtes(space.Mm, Addr(index), ptep + index, contPtes - index);
                break;
            case 3:
                PageTable.PtepTestAndClearYoung(space.Vma, Addr(index), ptep + index);
                break;
            case 4:
                PageTable.ClearYoungDirtyPtes(space.Vma, Addr(index), ptep + index, contPtes - index, CydpFlags.ClearYoung);
                break;
            case 5:
                PageTable.PtepModify(ptep + index, static pte => pte.MkOld());
                break;
            case 6:
                PageTable.PtepSetAccessFlags(space.Vma, Addr(index), ptep + index, PageTable.PtepGet(ptep + index).MkYoung().MkWrite(), dirty: true);
                break;
            default:
                // Taken apart, and put together again if all the others are alike.
                Pte<TArch> old = PageTable.PtepModifyProtStart(space.Vma, Addr(last), ptep + last);
                PageTable.PtepModifyProtCommit(space.Vma, Addr(last), ptep + last, old, old.Modify(space.Writable));
                break;
        }
    }
}
