using System.Runtime.CompilerServices;

namespace PteGuard;

/// <summary>The memory management units that translate through an address space, and how to know that they see a change.</summary>
internal sealed class Processors
{
    /// <summary>How many flushes are remembered one by one; who missed more drops all that it keeps.</summary>
    private const int Remembered = 16;

    private readonly object _gate = new();
    private readonly TlbFlush[] _flushes = new TlbFlush[Remembered];
    private Processor[] _attached = [];
    private long _generation;

    public bool Any => Volatile.Read(ref _attached).Length != 0;

    /// <summary>The number of flushes so far. Whoever keeps translations compares it when an access begins.</summary>
    public long Generation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref _generation);
    }

    /// <summary>
    /// Makes all units drop the translations of a range, and waits until no access is under way that was translated
    /// before the call. Such an access takes no page-table lock, so those may be held here.
    /// </summary>
    public void Flush(ulong start, ulong end)
    {
        Processor[] attached = Volatile.Read(ref _attached);
        if (attached.Length == 0)
            return;

        lock (_gate)
        {
            _flushes[_generation % Remembered] = new(start, end);
            Volatile.Write(ref _generation, _generation + 1);
        }

        // Either the unit's store that begins an access is seen below, or the access sees the change and the generation.
        Interlocked.MemoryBarrierProcessWide();
        foreach (Processor processor in attached)
            processor.WaitForAccess();
    }

    /// <summary>What was flushed since a generation, as one range; false: too much to say. The generation becomes the present one.</summary>
    public bool TryGetFlushesSince(ref long generation, out TlbFlush flush)
    {
        lock (_gate)
        {
            ulong start = ulong.MaxValue;
            ulong end = 0;
            bool known = _generation - generation <= Remembered;
            for (; known && generation != _generation; generation++)
            {
                start = Math.Min(start, _flushes[generation % Remembered].Start);
                end = Math.Max(end, _flushes[generation % Remembered].End);
            }

            generation = _generation;
            flush = new(start, end);
            return known;
        }
    }

    public void Attach(Processor processor)
    {
        lock (_gate)
            Volatile.Write(ref _attached, [.. _attached, processor]);

        // Whoever changed an entry and saw no unit to wait for has the change out by now.
        Interlocked.MemoryBarrierProcessWide();
    }

    public void Detach(Processor processor)
    {
        lock (_gate)
            Volatile.Write(ref _attached, Array.FindAll(_attached, other => other != processor));
    }
}

/// <summary>One memory management unit: the number of its accesses begun and ended, so odd during one.</summary>
internal sealed class Processor
{
    private ulong _accesses;

    public void BeginAccess() => Volatile.Write(ref _accesses, _accesses + 1);

    public void EndAccess() => Volatile.Write(ref _accesses, _accesses + 1);

    public void WaitForAccess()
    {
        ulong seen = Volatile.Read(ref _accesses);
        if ((seen & 1) == 0)
            return;
        for (var wait = default(SpinWait); Volatile.Read(ref _accesses) == seen;)
            wait.SpinOnce(sleep1Threshold: -1);
    }
}
