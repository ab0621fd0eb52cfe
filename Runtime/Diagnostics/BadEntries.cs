using System.Diagnostics;

namespace PteGuard;

/// <summary>Malformed entries that walks came upon, and cleared.</summary>
public static unsafe class BadEntries
{
    private static long s_count;

    /// <summary>Raised for each of them, in the thread that found it, maybe inside a mapping: do not block. Without a subscriber a line is written to <see cref="Trace"/>.</summary>
    public static event EventHandler<BadEntryEventArgs>? Found;

    /// <summary>How many were found in this process.</summary>
    public static long Count => Interlocked.Read(ref s_count);

    internal static void Report<TArch>(string level, ulong value, void* entry)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Interlocked.Increment(ref s_count);
        var report = new BadEntryEventArgs(TArch.Name, level, value, (nuint)entry);
        if (Found is { } found)
            found(null, report);
        else
            Trace.TraceError(report.ToString());
    }
}

/// <summary>One malformed entry.</summary>
public sealed class BadEntryEventArgs : EventArgs
{
    internal BadEntryEventArgs(string architecture, string level, ulong value, nuint location)
    {
        Architecture = architecture;
        Level = level;
        Value = value;
        Location = location;
    }

    /// <summary>The architecture's name.</summary>
    public string Architecture { get; }

    /// <summary>The level: <c>pmd</c> or <c>pud</c>.</summary>
    public string Level { get; }

    /// <summary>The bits of the entry.</summary>
    public ulong Value { get; }

    /// <summary>Where the entry lies, as an address of this process.</summary>
    public nuint Location { get; }

    /// <inheritdoc/>
    public override string ToString() => $"Bad {Architecture} {Level} 0x{Value:x} at 0x{(ulong)Location:x}, cleared.";
}
