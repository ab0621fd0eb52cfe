using System.Runtime.CompilerServices;

namespace PteGuard;

/// <summary>
/// The memory of an entry of two 32-bit words, on a processor that loads and stores one word at a time. The present bit is
/// in the low word, so that word is the last to be set and the first to be cleared; hardware, which reads both at once, never
/// uses half an entry. What must be one step, such a processor does by <c>cmpxchg8b</c>: that is <see cref="Cell"/>.
/// </summary>
/// <remarks>The fences are those of x86: an acquiring load after each load, a releasing store before each store.</remarks>
[ArchitectureCode]
internal static unsafe class SplitCell
{
    /// <summary>Two loads. For who holds the entry's lock: hardware changes the low word only, so nothing is torn.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load(void* entry)
    {
        uint low = Volatile.Read(ref *Low(entry));
        Checkpoint.Hit(Checkpoint.LowRead);
        return Join(low, Volatile.Read(ref *High(entry)));
    }

    /// <summary>
    /// Loads until the low word was the same before and after the high one. If that says present, the words belong
    /// together, provided that nobody exchanges one present entry for another meanwhile without waiting for this reader:
    /// the low word may be the same again.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong LoadLockless(void* entry)
    {
        while (true)
        {
            ulong seen = Load(entry);
            Checkpoint.Hit(Checkpoint.HighRead);
            if (Volatile.Read(ref *Low(entry)) == (uint)seen)
                return seen;
        }
    }

    /// <summary>Two stores, both after everything before them. The old entry is not present, or differs in the low word only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(void* entry, ulong value)
    {
        Forget(entry);
        Volatile.Write(ref *High(entry), (uint)(value >> 32));
        Checkpoint.Hit(Checkpoint.HighStored);
        Volatile.Write(ref *Low(entry), (uint)value);
        Forget(entry);
    }

    /// <summary>Two stores of zero, the other way round.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Clear(void* entry)
    {
        Forget(entry);
        Volatile.Write(ref *Low(entry), 0);
        Checkpoint.Hit(Checkpoint.LowCleared);
        Volatile.Write(ref *High(entry), 0);
        Forget(entry);
    }

    /// <summary>Clears bits of the low word in one step; the high word is not touched, nor is anything that hardware sets meanwhile lost. A full barrier.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ClearBits(void* entry, uint bits)
    {
        Forget(entry);
        Interlocked.And(ref *Low(entry), ~bits);
        Forget(entry);
    }

    /// <summary>The checker notes what whole entries are set to; half of one it cannot judge, neither before the change nor after.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Forget(void* entry)
    {
        if (CheckSwitch.IsOn)
            ShadowEntries.Forget((nuint)entry, sizeof(ulong));
    }

    private static ulong Join(uint low, uint high) => ((ulong)high << 32) | low;

    // Hardware's words lie low word first; entries lie as the process stores 64 bits.
    private static uint* Low(void* entry) => (uint*)entry + (BitConverter.IsLittleEndian ? 0 : 1);

    private static uint* High(void* entry) => (uint*)entry + (BitConverter.IsLittleEndian ? 1 : 0);
}
