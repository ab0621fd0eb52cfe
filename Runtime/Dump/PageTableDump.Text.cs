using System.Globalization;

namespace PteGuard;

public sealed partial class PageTableDump
{
    /// <summary>Writes the dump as lines of text, which tools may read: the format does not change.</summary>
    /// <remarks>
    /// The first line is <c># ARCHITECTURE: N ranges, N tables</c>. Where ranges of a region begin stands
    /// <c>---[ 0xSTART-0xEND FLAGS ]---</c>, and <c>---[ no region ]---</c> where ranges outside begin. Each range is a line
    /// <c>0xSTART-0xEND SIZE LEVEL WORDS</c>: two addresses of 16 hexadecimal digits, the second exclusive; the size in bytes
    /// with one of K, M, G, T, P (powers of 1024) or none, padded to 7 characters; <c>pte</c>, <c>pmd</c> or <c>pud</c>; the attributes in
    /// words, divided by blanks; and <c>pfn 0xN</c> at the end if there is one. Lines end with a line feed.
    /// </remarks>
    /// <param name="writer">Where to; neither flushed nor closed.</param>
    public void ToText(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"# {Architecture}: {Ranges.Count} ranges, {TableCount} tables\n"));
        DumpedRegion? current = null;
        bool first = true;
        foreach (DumpedRange range in Ranges)
        {
            DumpedRegion? region = RegionOf(range.Start);
            if (first || region != current)
                writer.Write(region is { } found ? $"---[ 0x{found.Start:x16}-0x{found.End:x16} {found.Flags} ]---\n" : "---[ no region ]---\n");
            first = false;
            current = region;
            writer.Write($"0x{range.Start:x16}-0x{range.End:x16} {SizeText(range.Size),7} {range.Level.Word()} {string.Join(' ', range.Attributes.Words())}");
            writer.Write(range.Pfn is { } pfn ? $" pfn 0x{pfn:x}\n" : "\n");
        }
    }

    /// <summary>The region that an address lies in.</summary>
    private DumpedRegion? RegionOf(ulong addr)
    {
        foreach (DumpedRegion region in Regions)
        {
            if (addr >= region.Start && addr < region.End)
                return region;
        }

        return null;
    }

    /// <summary>A number of bytes in the largest unit that divides it.</summary>
    internal static string SizeText(ulong bytes)
    {
        const string units = "KMGTP";
        int unit = -1;
        while (bytes != 0 && bytes % 1024 == 0 && unit + 1 < units.Length)
        {
            bytes /= 1024;
            unit++;
        }

        string number = bytes.ToString(CultureInfo.InvariantCulture);
        return unit < 0 ? number : number + units[unit];
    }
}
