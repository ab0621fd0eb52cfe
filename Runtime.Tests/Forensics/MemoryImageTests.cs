namespace PteGuard.Runtime.Tests;

public class MemoryImageTests
{
    private static readonly byte[] s_bytes = [1, 2, 3, 4, 5, 6, 7, 8];

    [Fact]
    public void Segments_and_holes_are_what_was_added()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, s_bytes);
            using var stream = new MemoryStream(s_bytes);
            using var image = new MemoryImage();
            image.AddStream(stream, 0x300, 2, 3);
            image.AddFile(path, 0x200, 1);
            image.Add(0x207, s_bytes);
            image.Add(ulong.MaxValue - 7, s_bytes);
            Assert.Equal([new(0x200, 7), new(0x207, 8), new(0x300, 3), new(ulong.MaxValue - 7, 8)], image.Segments);

            byte[] buffer = new byte[32];
            Assert.Equal(15, image.Read(0x200, buffer));
            Assert.Equal([2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0], buffer[..16]);
            Assert.Equal(0, image.Read(0x20f, buffer));
            Assert.Equal(0, image.Read(0, buffer));
            Assert.Equal(2, image.Read(0x301, buffer));
            Assert.Equal([4, 5], buffer[..2]);
            Assert.Equal(1, image.Read(ulong.MaxValue, buffer));
            Assert.Equal((0x200UL, false), image.Run(0, ulong.MaxValue));
            Assert.Equal((7UL, true), image.Run(0x200, 100));
            Assert.Equal((1UL, true), image.Run(ulong.MaxValue, 100));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_file_is_read_at_any_offset()
    {
        string path = Path.GetTempFileName();
        try
        {
            byte[] content = new byte[20_000];
            new Random(1).NextBytes(content);
            File.WriteAllBytes(path, content);
            using var image = new MemoryImage();
            image.AddFile(path, 0x1000, 5001, 9000);
            byte[] buffer = new byte[8000];
            Assert.Equal(8000, image.Read(0x1000 + 77, buffer));
            Assert.Equal(content[(5001 + 77)..(5001 + 77 + 8000)], buffer);
            Assert.Equal(9000 - 8999, image.Read(0x1000 + 8999, buffer));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void What_cannot_be_a_segment_is_refused()
    {
        var image = new MemoryImage();
        image.Add(0x100, s_bytes);
        Assert.Throws<ArgumentException>(() => image.Add(0x107, s_bytes));
        Assert.Throws<ArgumentException>(() => image.Add(0xf9, s_bytes));
        Assert.Throws<ArgumentException>(() => image.Add(0x200, ReadOnlyMemory<byte>.Empty));
        Assert.Throws<ArgumentOutOfRangeException>(() => image.Add(ulong.MaxValue - 6, s_bytes));
        using var stream = new MemoryStream(s_bytes);
        Assert.Throws<ArgumentOutOfRangeException>(() => image.AddStream(stream, 0x200, 9));
        Assert.Throws<ArgumentOutOfRangeException>(() => image.AddStream(stream, 0x200, 0, 9));
        Assert.Throws<FileNotFoundException>(() => MemoryImage.Open("/nonexistent/image"));
        Assert.Throws<NotSupportedException>(() => new ImageWalker<NoMmu>(image, 0));
        image.Dispose();
        Assert.Throws<ObjectDisposedException>(() => image.Read(0x100, new byte[1]));
        Assert.Throws<ObjectDisposedException>(() => image.Add(0x100, s_bytes));
    }

    [Fact]
    public void A_stream_that_becomes_shorter_is_a_hole()
    {
        using var stream = new MemoryStream();
        stream.Write(s_bytes);
        using var image = new MemoryImage();
        image.AddStream(stream, 0);
        stream.SetLength(3);
        Assert.Equal(3, image.Read(0, new byte[8]));
    }

    [Fact]
    public void A_live_page_is_read_as_it_is_now()
    {
        using var space = new TestSpace();
        Page page = space.Arena.AllocPage(1);
        using var image = new MemoryImage();
        image.Add(0x7000, page);
        Assert.Equal([new(0x7000, 0x2000)], image.Segments);
        byte[] buffer = new byte[8];
        Assert.Equal(8, image.Read(0x8ff8, buffer));
        Assert.Equal(new byte[8], buffer);
        unsafe
        {
            ((byte*)page.Pointer)[0x1fff] = 9;
        }

        Assert.Equal(1, image.Read(0x8fff, buffer));
        Assert.Equal(9, buffer[0]);
        Assert.Throws<InvalidOperationException>(() => image.Add(0, new Page(1)));
        page.Put();
    }
}
