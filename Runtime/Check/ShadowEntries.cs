using System.Runtime.CompilerServices;

namespace PteGuard;

/// <summary>
/// What every entry was last set to by an accessor or by hardware. An entry that has another value was written behind their
/// back. Each access and its note are one step. Private copies, outside physical memory, are not noted.
/// </summary>
[ArchitectureCode]
internal static unsafe class ShadowEntries
{
    private const int Stripes = 64;

    private static readonly Dictionary<nuint, ulong>[] s_values = [.. Enumerable.Range(0, Stripes).Select(static _ => new Dictionary<nuint, ulong>())];

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Load(ulong* entry)
    {
        if (!PhysicalMemory.Contains(entry))
            return Volatile.Read(ref *entry);
        Dictionary<nuint, ulong> values = Stripe(entry);
        lock (values)
            return Look(values, entry);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Store(ulong* entry, ulong value)
    {
        if (!PhysicalMemory.Contains(entry))
        {
            Volatile.Write(ref *entry, value);
            return;
        }

        Dictionary<nuint, ulong> values = Stripe(entry);
        lock (values)
        {
            Look(values, entry);
            Volatile.Write(ref *entry, value);
            values[(nuint)entry] = value;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Exchange(ulong* entry, ulong value)
    {
        if (!PhysicalMemory.Contains(entry))
            return Interlocked.Exchange(ref *entry, value);
        Dictionary<nuint, ulong> values = Stripe(entry);
        lock (values)
        {
            Look(values, entry);
            ulong old = Interlocked.Exchange(ref *entry, value);
            values[(nuint)entry] = value;
            return old;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong CompareExchange(ulong* entry, ulong value, ulong expected)
    {
        if (!PhysicalMemory.Contains(entry))
            return Interlocked.CompareExchange(ref *entry, value, expected);
        Dictionary<nuint, ulong> values = Stripe(entry);
        lock (values)
        {
            Look(values, entry);
            ulong seen = Interlocked.CompareExchange(ref *entry, value, expected);
            if (seen == expected)
                values[(nuint)entry] = value;
            return seen;
        }
    }

    public static void Forget(nuint start, int bytes)
    {
        for (nuint entry = start; entry < start + (nuint)bytes; entry += sizeof(ulong))
        {
            Dictionary<nuint, ulong> values = Stripe((ulong*)entry);
            lock (values)
                values.Remove(entry);
        }
    }

    /// <summary>Memory that comes from the operating system has no past.</summary>
    public static void ForgetAll(nuint start, ulong bytes)
    {
        foreach (Dictionary<nuint, ulong> values in s_values)
        {
            lock (values)
            {
                foreach (nuint entry in values.Keys.Where(entry => entry - start < bytes).ToArray())
                    values.Remove(entry);
            }
        }
    }

    private static ulong Look(Dictionary<nuint, ulong> values, ulong* entry)
    {
        ulong value = Volatile.Read(ref *entry);
        if (values.TryGetValue((nuint)entry, out ulong noted) && noted != value)
        {
            ContractCheck.Report("PTE0004", $"An entry was written directly: an accessor left 0x{noted:x}, and it is 0x{value:x}.", (nuint)entry, null);
            values[(nuint)entry] = value;
        }

        return value;
    }

    private static Dictionary<nuint, ulong> Stripe(ulong* entry) => s_values[(nuint)entry / sizeof(ulong) % Stripes];
}
