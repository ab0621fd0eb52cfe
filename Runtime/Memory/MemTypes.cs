namespace PteGuard;

/// <summary>
/// The reservations of memory types, of all address spaces: a frame that is mapped several times must be cached in one way
/// (x86, <c>memtype_reserve</c>). Thread-safe.
/// </summary>
/// <remarks>Ranges are physical addresses in bytes, and need not lie in any arena. Reservations of one type may overlap; each is freed by its owner.</remarks>
public static class MemTypes
{
    private static readonly object s_gate = new();
    private static readonly List<Reservation> s_reservations = [];

    [ThreadStatic]
    private static int t_untilFailure;

    /// <summary>How many reservations there are now, in this process.</summary>
    public static int Count
    {
        get
        {
            lock (s_gate)
                return s_reservations.Count;
        }
    }

    /// <summary>Reserves a memory type for a range.</summary>
    /// <param name="start">The first physical address, in bytes.</param>
    /// <param name="end">The address after the last; above <paramref name="start"/>.</param>
    /// <param name="type">The type.</param>
    /// <returns>False: a part of the range is reserved with another type.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty.</exception>
    public static bool TryReserve(ulong start, ulong end, MemType type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(end, start);
        if (t_untilFailure > 0 && --t_untilFailure == 0)
            return false;
        lock (s_gate)
        {
            if (s_reservations.Exists(other => other.Start < end && start < other.End && other.Type != type))
                return false;
            s_reservations.Add(new(start, end, type));
            return true;
        }
    }

    /// <summary>Frees a reservation, or the part of one that a region has which was split.</summary>
    /// <param name="start">The first physical address, in bytes.</param>
    /// <param name="end">The address after the last.</param>
    /// <returns>False: no reservation covers the range, and none is freed.</returns>
    public static bool Free(ulong start, ulong end)
    {
        lock (s_gate)
        {
            int index = s_reservations.FindIndex(one => one.Start == start && one.End == end);
            if (index < 0)
                index = s_reservations.FindIndex(one => one.Start <= start && end <= one.End);
            if (index < 0 || end <= start)
                return false;
            Reservation old = s_reservations[index];
            s_reservations.RemoveAt(index);
            if (old.Start < start)
                s_reservations.Add(old with { End = start });
            if (end < old.End)
                s_reservations.Add(old with { Start = end });
            return true;
        }
    }

    /// <summary>The type that an address is reserved with; <see cref="MemType.WriteBack"/>, that of ordinary memory, where it is not (<c>lookup_memtype</c>).</summary>
    /// <param name="address">A physical address, in bytes.</param>
    public static MemType Lookup(ulong address)
    {
        lock (s_gate)
            return s_reservations.Find(one => one.Start <= address && address < one.End).Type;
    }

    /// <summary>The bytes that are reserved in a range, each counted as often as it is.</summary>
    internal static ulong ReservedBytes(ulong start, ulong end)
    {
        lock (s_gate)
            return (ulong)s_reservations.Sum(one => Math.Max(0, (long)Math.Min(one.End, end) - (long)Math.Max(one.Start, start)));
    }

    /// <summary>Lets this thread's reservation after the next <paramref name="reservations"/> fail, once; -1: none fails.</summary>
    internal static void FailAfter(int reservations) => t_untilFailure = reservations + 1;

    private readonly record struct Reservation(ulong Start, ulong End, MemType Type);
}
