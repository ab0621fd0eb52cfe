using System.Globalization;
using System.Text.Json;

namespace PteGuard;

public sealed partial class PageTableDump
{
    /// <summary>Writes the dump as JSON, in UTF-8, without reflection. Members may be added to the format; those that are there stay.</summary>
    /// <remarks>
    /// An object: <c>format</c> (1), <c>architecture</c>, <c>pageSize</c> (bytes), <c>levels</c> from the root (<c>name</c>, <c>shift</c>, <c>entries</c>),
    /// <c>regions</c> (<c>start</c>, <c>end</c>, <c>flags</c>), <c>ranges</c> (<c>start</c>, <c>end</c>, <c>size</c> in bytes, <c>level</c>, <c>flags</c>, and
    /// <c>pfn</c> if there is one) and <c>tables</c>, each after the table that refers to it (<c>level</c>, <c>start</c>, <c>address</c>: physical, <c>used</c>:
    /// entries). Addresses, sizes and frame numbers are strings with <c>0x</c>, since JSON's numbers are not exact to 64 bits;
    /// ends are exclusive; flags are arrays of words, the ranges' as in <see cref="ToText"/>.
    /// </remarks>
    /// <param name="stream">Where to; flushed by the writer, not closed.</param>
    public void ToJson(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("format", 1);
        json.WriteString("architecture", Architecture);
        json.WriteNumber("pageSize", PageSize);
        WriteLevels(json);
        json.WriteStartArray("regions");
        foreach (DumpedRegion region in Regions)
            WriteRegion(json, region);
        json.WriteEndArray();
        json.WriteStartArray("ranges");
        foreach (DumpedRange range in Ranges)
            WriteRange(json, range);
        json.WriteEndArray();
        json.WriteStartArray("tables");
        WriteTable(json, _root);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteLevels(Utf8JsonWriter json)
    {
        json.WriteStartArray("levels");
        foreach (TableShape shape in _shapes)
        {
            json.WriteStartObject();
            json.WriteString("name", shape.Level.Word());
            json.WriteNumber("shift", shape.Shift);
            json.WriteNumber("entries", shape.Entries);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRegion(Utf8JsonWriter json, DumpedRegion region)
    {
        json.WriteStartObject();
        json.WriteString("start", Hex(region.Start));
        json.WriteString("end", Hex(region.End));
        json.WriteStartArray("flags");
        if (region.Flags != VmFlags.None)
        {
            foreach (string flag in region.Flags.ToString().Split(", "))
                json.WriteStringValue(flag);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRange(Utf8JsonWriter json, DumpedRange range)
    {
        json.WriteStartObject();
        json.WriteString("start", Hex(range.Start));
        json.WriteString("end", Hex(range.End));
        json.WriteString("size", Hex(range.Size));
        json.WriteString("level", range.Level.Word());
        json.WriteStartArray("flags");
        foreach (string word in range.Attributes.Words())
            json.WriteStringValue(word);
        json.WriteEndArray();
        if (range.Pfn is { } pfn)
            json.WriteString("pfn", Hex(pfn));
        json.WriteEndObject();
    }

    private static void WriteTable(Utf8JsonWriter json, DumpedTable table)
    {
        json.WriteStartObject();
        json.WriteString("level", table.Shape.Level.Word());
        json.WriteString("start", Hex(table.Start));
        json.WriteString("address", Hex(table.Address));
        json.WriteNumber("used", table.Used);
        json.WriteEndObject();
        foreach (DumpedTable child in table.Children)
            WriteTable(json, child);
    }

    private static string Hex(ulong value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");
}
