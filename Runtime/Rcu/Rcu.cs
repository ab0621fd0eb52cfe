using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PteGuard;

/// <summary>
/// Read-side sections and grace periods, by epochs. A reader stores the epoch it entered in; a grace period
/// starts a new epoch and is over when no reader of an older one is left.
/// </summary>
/// <remarks>
/// Readers pay two plain stores and no fence. The writer pays instead: the barrier that it makes every
/// processor execute orders each reader's store before the scan, or its later loads after the removal.
/// </remarks>
internal static unsafe class Rcu
{
    [ThreadStatic]
    private static RcuReader* t_reader;

    private static readonly object s_gate = new();
    private static Registration[] s_readers = [];
    private static long s_epoch = 1;

    /// <summary>Whether this thread is inside a section.</summary>
    public static bool IsReading => t_reader is not null && t_reader->Nesting != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Enter()
    {
        RcuReader* reader = t_reader;
        if (reader is null)
            reader = Register();
        if (reader->Nesting++ == 0)
            Volatile.Write(ref reader->Epoch, Volatile.Read(ref s_epoch));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Leave()
    {
        RcuReader* reader = t_reader;
        if (reader is null || reader->Nesting == 0)
            Throw.NotMapped();
        if (--reader->Nesting == 0)
            Volatile.Write(ref reader->Epoch, 0);
    }

    /// <summary>Starts a grace period; what was unlinked before this call is unreachable once it <see cref="IsOver"/>.</summary>
    public static long StartGracePeriod()
    {
        Interlocked.MemoryBarrierProcessWide();
        return Interlocked.Increment(ref s_epoch);
    }

    public static bool IsOver(long gracePeriod)
    {
        foreach (Registration reader in Volatile.Read(ref s_readers))
        {
            long epoch = Volatile.Read(ref reader.Cell->Epoch);
            if (epoch != 0 && epoch < gracePeriod && reader.Thread.IsAlive)
                return false;
        }

        Interlocked.MemoryBarrier();
        return true;
    }

    public static void Synchronize()
    {
        if (IsReading)
            Throw.InsideMapping("A grace period");
        long gracePeriod = StartGracePeriod();
        for (var wait = default(SpinWait); !IsOver(gracePeriod);)
            wait.SpinOnce();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static RcuReader* Register()
    {
        lock (s_gate)
        {
            Registration? unused = Array.Find(s_readers, static reader => !reader.Thread.IsAlive);
            if (unused is null)
            {
                // One cache line a thread, kept for good: a scan may look at it at any time.
                var cell = (RcuReader*)NativeMemory.AlignedAlloc(RcuReader.SizeInBytes, RcuReader.SizeInBytes);
                *cell = default;
                unused = new Registration(cell);
                Volatile.Write(ref s_readers, [.. s_readers, unused]);
            }

            // Who died inside a section reads no more, and the next user of its place starts outside.
            *unused.Cell = default;
            unused.Thread = Thread.CurrentThread;
            t_reader = unused.Cell;
            return t_reader;
        }
    }

    [StructLayout(LayoutKind.Sequential, Size = SizeInBytes)]
    private struct RcuReader
    {
        public const int SizeInBytes = 64;
        public long Epoch;
        public int Nesting;
    }

    private sealed class Registration(RcuReader* cell)
    {
        private Thread _thread = Thread.CurrentThread;

        public RcuReader* Cell { get; } = cell;

        public Thread Thread
        {
            get => Volatile.Read(ref _thread);
            set => Volatile.Write(ref _thread, value);
        }
    }
}
