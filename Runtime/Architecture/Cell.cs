using System.Runtime.CompilerServices;

namespace PteGuard;

/// <summary>The memory of an entry. What every access through a pointer comes down to.</summary>
[ArchitectureCode]
internal static unsafe class Cell
{
    /// <summary>One load, not torn, not repeated. Acquire, which costs nothing where loads are ordered anyway.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load(void* entry)
        => CheckSwitch.IsOn ? ShadowEntries.Load((ulong*)entry) : Volatile.Read(ref *(ulong*)entry);

    /// <summary>One store, after everything before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(void* entry, ulong value)
    {
        if (CheckSwitch.IsOn)
            ShadowEntries.Store((ulong*)entry, value);
        else
            Volatile.Write(ref *(ulong*)entry, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Exchange(void* entry, ulong value)
        => CheckSwitch.IsOn ? ShadowEntries.Exchange((ulong*)entry, value) : Interlocked.Exchange(ref *(ulong*)entry, value);

    /// <summary>Stores if the entry is still what it was; false: it is not, and <paramref name="expected"/> is what it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReplace(void* entry, ref ulong expected, ulong value)
    {
        ulong seen = CheckSwitch.IsOn
            ? ShadowEntries.CompareExchange((ulong*)entry, value, expected)
            : Interlocked.CompareExchange(ref *(ulong*)entry, value, expected);
        if (seen == expected)
            return true;
        expected = seen;
        return false;
    }

    /// <summary>Whether every entry of a table has one value.</summary>
    public static bool All(void* table, int entries, ulong value)
    {
        for (int i = 0; i < entries; i++)
        {
            if (Load((ulong*)table + i) != value)
                return false;
        }

        return true;
    }
}
