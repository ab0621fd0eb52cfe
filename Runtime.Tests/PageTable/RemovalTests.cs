namespace PteGuard.Runtime.Tests;

public unsafe class RemovalTests
{
    [Fact]
    public void A_table_removed_under_a_walker_stays_readable_until_it_unmaps()
    {
        using var space = new TestSpace();
        Pmd<X86_64>* pmd = space.PmdWithTable();
        Page table = PageTable.PmdpGet(pmd).Table.Page;
        Pte<X86_64>* ptep = PageTable.PteOffsetMap(pmd, TestSpace.Start);

        Threads.Elsewhere(() =>
        {
            Assert.True(PageTable.TryReclaimPteTable(space.Mm, PageTable.MmFindPmd(space.Mm, TestSpace.Start)));
            while (space.Arena.TryAllocPage(out Page page))
            {
                Assert.NotEqual(table, page);
                new Span<byte>(page.Pointer, 4096).Fill(0xff);
                s_taken.Add(page);
            }
        });

        Assert.True(PageTable.PtepGetLockless(ptep).IsNone);
        Assert.True(PageTable.PteOffsetMap(pmd, TestSpace.Start) is null);
        PageTable.PteUnmap(ptep);
        Assert.True(space.Arena.TryAllocPage(out Page reused), "once the walker has left, memory pressure frees the table");
        Assert.Equal(table, reused);
        reused.Put();
        s_taken.ForEach(page => page.Put());
        s_taken.Clear();
    }

    private static readonly List<Page> s_taken = [];

    [Fact]
    public void An_allocation_waits_for_readers_that_the_machine_keeps_from_leaving()
    {
        using var space = new TestSpace(1 << 20);
        using var reader = new Reader();
        var taken = new List<Page>();
        Defer(space);
        while (space.Arena.FreeFrames > 0)
            taken.Add(space.Arena.AllocPage());
        Threads.Run(
            () =>
            {
                Assert.True(space.Arena.TryAllocPage(out Page page));
                taken.Add(page);
            },
            () =>
            {
                Thread.Sleep(500);
                reader.Dispose();
            });
        taken.ForEach(page => page.Put());
    }

    [Fact]
    public void A_table_with_an_entry_is_not_removed()
    {
        using var space = new TestSpace();
        space.SetPte(TestSpace.Start + (511 * TestSpace.Page), Pte<X86_64>.FromSwpEntry(new SwpEntry(1, 1)));
        Assert.False(PageTable.TryReclaimPteTable(space.Mm, space.Pmd));
        space.SetPte(TestSpace.Start + (511 * TestSpace.Page), Pte<X86_64>.None);
        long bytes = space.Mm.PgtablesBytes;
        Assert.True(PageTable.TryReclaimPteTable(space.Mm, space.Pmd));
        Assert.Equal(bytes - 4096, space.Mm.PgtablesBytes);
        Assert.False(PageTable.TryReclaimPteTable(space.Mm, space.Pmd));
    }

    [Fact]
    public void Waiting_for_readers_inside_a_mapping_is_refused()
    {
        using var space = new TestSpace();
        Pte<X86_64>* ptep = PageTable.PteOffsetMap(space.PmdWithTable(), TestSpace.Start);
        Assert.Throws<InvalidOperationException>(PageTable.SynchronizeRcu);
        Assert.Throws<InvalidOperationException>(PageTable.RcuBarrier);
        Assert.Throws<InvalidOperationException>(() => PageTable.PteAllocOne(space.Mm));
        Assert.Throws<InvalidOperationException>(space.Mm.MmapLock.EnterRead);
        Assert.Throws<InvalidOperationException>(space.Mm.Dispose);
        PageTable.PteUnmap(ptep);
        PageTable.SynchronizeRcu();
        Misuse.Done();
    }

    [Fact]
    public void A_grace_period_waits_for_the_readers_that_were_there()
    {
        using var reading = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        bool left = false;
        var reader = new Thread(() =>
        {
            PageTable.RcuReadLock();
            PageTable.RcuReadLock();
            PageTable.RcuReadUnlock();
            reading.Set();
            leave.Wait();
            Volatile.Write(ref left, true);
            PageTable.RcuReadUnlock();
        });
        reader.Start();
        reading.Wait();
        Threads.Run(
            () =>
            {
                PageTable.SynchronizeRcu();
                Assert.True(Volatile.Read(ref left));
            },
            leave.Set);
        reader.Join();
    }

    [Fact]
    public void A_thread_that_dies_inside_a_section_holds_nobody_up()
    {
        Threads.Elsewhere(PageTable.RcuReadLock);
        PageTable.SynchronizeRcu();
    }

    [Fact]
    public void Waiting_for_deferred_tables_does_not_wait_for_those_deferred_later()
    {
        using var space = new TestSpace();
        using var first = new Reader();
        Defer(space);
        var waiting = new Thread(PageTable.RcuBarrier);
        waiting.Start();

        // Asleep, it has looked at what there is to wait for.
        SpinWait.SpinUntil(() => waiting.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
        using (new Reader())
        {
            Defer(space);
            first.Dispose();
            Assert.True(waiting.Join(TimeSpan.FromMinutes(1)));
        }
    }

    private static void Defer(TestSpace space)
    {
        Pgtable table = PageTable.PteAllocOne(space.Mm);
        PageTable.PteFreeDefer(space.Mm, table);
    }
}
