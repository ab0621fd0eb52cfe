using System.Text;

namespace PteGuard.Runtime.Tests;

/// <summary>The code of docs/guide/forensics.md.</summary>
public static class ForensicSamples
{
    #region report
    /// <summary>What a saved machine had mapped: a line a range, and a line for everything that is wrong with its tables.</summary>
    public static List<string> Report(string path, ulong firstAddress, ulong cr3)
    {
        using MemoryImage image = MemoryImage.Open(path, firstAddress);
        var walker = new ImageWalker<X86_64>(image, cr3);
        List<string> lines = [];
        foreach (ImageRange range in walker.Ranges())
            lines.Add(range.ToString());
        return lines;
    }
    #endregion

    #region text
    /// <summary>A text that ends with a zero byte, from the memory of a saved process; or what is in its way.</summary>
    public static string ReadText(ImageWalker<X86_64> walker, ulong addr)
    {
        byte[] bytes = new byte[4096];
        int read = walker.Read(addr, bytes, out ImageTranslation stopped);
        int end = Array.IndexOf(bytes, (byte)0, 0, read);
        return end >= 0 ? Encoding.UTF8.GetString(bytes, 0, end)
            : stopped.HasMemory ? $"no end within {bytes.Length} bytes"
            : $"cut off after {read} bytes: {stopped}";
    }
    #endregion

    #region sparse
    /// <summary>A dump in pieces: each part of a file belongs somewhere in physical memory, and the rest is missing.</summary>
    public static MemoryImage OpenPieces(string path, IEnumerable<(long Offset, ulong Address, long Length)> pieces)
    {
        var image = new MemoryImage();
        foreach ((long offset, ulong address, long length) in pieces)
            image.AddFile(path, address, offset, length);
        return image;
    }
    #endregion
}
