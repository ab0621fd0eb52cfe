namespace PteGuard.Runtime.Tests;

public unsafe class ArenaTests
{
    [Fact]
    public void A_pointer_and_its_physical_address_differ_by_one_constant()
    {
        using var arena = new Arena(2 << 20);
        Page page = arena.AllocPage();
        Assert.Equal(page.Address, PhysicalMemory.ToAddress(page.Pointer));
        Assert.Equal((nuint)page.Pointer + 5, (nuint)PhysicalMemory.ToPointer(page.Address + 5));
        Assert.Equal(0UL, (nuint)page.Pointer % 4096);
        Assert.Same(arena, PhysicalMemory.FindArena(page.Address));
        page.Put();
    }

    [Fact]
    public void A_page_is_zeroed_also_the_second_time()
    {
        using var arena = new Arena(2 << 20);
        for (int round = 0; round < 2; round++)
        {
            Page[] pages = [.. Enumerable.Range(0, (int)arena.FrameCount).Select(_ => arena.AllocPage())];
            foreach (Page page in pages)
            {
                var bytes = new Span<byte>(page.Pointer, PhysicalMemory.FrameSize);
                Assert.False(bytes.ContainsAnyExcept((byte)0));
                bytes.Fill(0xff);
            }

            foreach (Page page in pages)
                page.Put();
        }
    }

    [Fact]
    public void An_exhausted_arena_says_so()
    {
        using var arena = new Arena(2 << 20);
        Page all = arena.AllocPage(9);
        Assert.Contains("0 frames are free", Assert.Throws<ArenaExhaustedException>(() => arena.AllocPage()).Message, StringComparison.Ordinal);
        Assert.False(arena.TryAllocPage(out Page none));
        Assert.True(none.IsNull);
        all.Put();
        arena.AllocPage().Put();
    }

    [Fact]
    public void Blocks_are_naturally_aligned_and_merge_again()
    {
        using var arena = new Arena(4 << 20);
        var random = new Random(1);
        var held = new List<Page>();
        for (int i = 0; i < 20_000; i++)
        {
            if (held.Count != 0 && random.Next(2) == 0)
            {
                int index = random.Next(held.Count);
                held[index].Put();
                held.RemoveAt(index);
            }
            else if (arena.TryAllocPage(out Page page, random.Next(6)))
            {
                Assert.Equal(0UL, page.Frame & ((1UL << page.Order) - 1));
                held.Add(page);
            }
        }

        long allocated = held.Sum(page => 1L << page.Order);
        Assert.Equal(arena.FrameCount - allocated, arena.FreeFrames);
        held.ForEach(page => page.Put());
        arena.AllocPage(9).Put();
        Assert.Equal(arena.FrameCount, arena.FreeFrames);
    }

    [Fact]
    public void Freeing_twice_is_refused()
    {
        using var arena = new Arena(2 << 20);
        Page page = arena.AllocPage();
        page.Put();
        Assert.Contains("freed twice", Assert.Throws<InvalidOperationException>(page.Put).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(page.Get);
        Assert.False(page.TryGet());
    }

    [Fact]
    public void A_part_of_a_large_page_counts_for_the_whole()
    {
        using var arena = new Arena(2 << 20);
        Page page = arena.AllocPage(3);
        var part = new Page(page.Frame + 5);
        part.Get();
        Assert.Equal(2, page.RefCount);
        page.Put();
        Assert.Equal(1, part.RefCount);
        part.Put();
        Assert.Throws<InvalidOperationException>(part.Put);
    }

    [Fact]
    public void Foreign_frames_and_pointers_are_refused()
    {
        Assert.Contains("no arena", Assert.Throws<InvalidOperationException>(() => new Page(1).Put()).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => new Page(ulong.MaxValue >> 12).RefCount);
        int local = 0;
        nint address = (nint)(&local);
        Assert.Equal("pointer", Assert.Throws<ArgumentException>(() => PhysicalMemory.ToAddress((void*)address)).ParamName);
        Assert.False(PhysicalMemory.Contains((void*)address));
    }

    [Fact]
    public void A_page_table_is_no_page_to_put()
    {
        using var space = new TestSpace();
        Pgtable table = PageTable.PteAllocOne(space.Mm);
        Assert.Throws<InvalidOperationException>(table.Page.Put);
        PageTable.PteFree(space.Mm, table);
        Assert.Throws<InvalidOperationException>(() => PageTable.PteFree(space.Mm, table));
        Assert.Throws<InvalidOperationException>(() => PageTable.PteFreeDefer(space.Mm, table));
    }

    [Fact]
    public void Disposing_an_arena_in_use_is_refused()
    {
        var arena = new Arena(2 << 20);
        Page page = arena.AllocPage();
        Assert.Contains("1 frames", Assert.Throws<InvalidOperationException>(arena.Dispose).Message, StringComparison.Ordinal);
        page.Put();
        arena.Dispose();
        arena.Dispose();
        Assert.Throws<ObjectDisposedException>(() => arena.AllocPage());
        Assert.Null(PhysicalMemory.FindArena(page.Address));
    }

    [Fact]
    public void Bad_sizes_and_orders_are_named()
    {
        Assert.Equal("bytes", Assert.Throws<ArgumentOutOfRangeException>(() => new Arena(0)).ParamName);
        Assert.Throws<ArenaExhaustedException>(() => new Arena(1L << 50));
        using var arena = new Arena(1);
        Assert.Equal(2 << 20, arena.Size);
        Assert.Equal("order", Assert.Throws<ArgumentOutOfRangeException>(() => arena.AllocPage(18)).ParamName);
        Assert.Equal("order", Assert.Throws<ArgumentOutOfRangeException>(() => arena.AllocPage(-1)).ParamName);
    }

    [Fact]
    public void Threads_share_an_arena()
    {
        using var arena = new Arena(8 << 20);
        Action body = () =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                Page page = arena.AllocPage(i & 3);
                *(int*)page.Pointer = Environment.CurrentManagedThreadId;
                page.Get();
                page.Put();
                Assert.Equal(Environment.CurrentManagedThreadId, *(int*)page.Pointer);
                page.Put();
            }
        };
        Threads.Run(body, body, body);
        Assert.Equal(arena.FrameCount, arena.FreeFrames);
    }
}
