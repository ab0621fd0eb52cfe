namespace PteGuard.Runtime.Tests;

public unsafe class KmapLocalTests
{
    [Fact]
    public void Local_mappings_are_released_last_in_first_out()
    {
        using var arena = new Arena(2 << 20);
        Page a = arena.AllocPage();
        Page b = arena.AllocPage();
        int* first = PageTable.KmapLocalPage<int>(a);
        int* second = PageTable.KmapLocalPage<int>(b);
        *first = 1;
        nint address = (nint)first;
        Assert.Contains("last-in first-out", Assert.Throws<InvalidOperationException>(() => PageTable.KunmapLocal((void*)address)).Message, StringComparison.Ordinal);
        PageTable.KunmapLocal(second + 100);
        PageTable.KunmapLocal(first);
        Assert.Throws<InvalidOperationException>(() => PageTable.KunmapLocal((void*)address));
        a.Put();
        b.Put();
    }

    [Fact]
    public void A_thread_has_sixteen_of_them()
    {
        using var arena = new Arena(2 << 20);
        Page page = arena.AllocPage();
        for (int i = 0; i < 16; i++)
            PageTable.KmapLocalPage<byte>(page);
        Assert.Contains("16", Assert.Throws<InvalidOperationException>(() => { PageTable.KmapLocalPage<byte>(page); }).Message, StringComparison.Ordinal);
        Threads.Elsewhere(() => PageTable.KunmapLocal(PageTable.KmapLocalPage<byte>(page)));
        for (int i = 0; i < 16; i++)
            PageTable.KunmapLocal(page.Pointer);
        page.Put();
    }

    [Fact]
    public void A_page_outside_the_arenas_is_refused()
        => Assert.Throws<InvalidOperationException>(() => { PageTable.KmapLocalPage<byte>(new Page(3)); });
}
