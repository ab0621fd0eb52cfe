using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PteGuard;

/// <summary>The sections that a thread can be in, and that others wait for.</summary>
internal enum SectionKind
{
    /// <summary>Tables that are seen in it stay readable.</summary>
    Reading,

    /// <summary>Interrupts of the processor that the thread stands for are off.</summary>
    IrqsOff,
}

/// <summary>
/// Sections of threads and grace periods, by epochs. Who enters stores the epoch; a grace period starts a new epoch and
/// is over when nobody is left in a section of an older one.
/// </summary>
/// <remarks>
/// Entering and leaving cost two plain stores and no fence. Who waits pays instead: the barrier that every processor is
/// made to execute orders each thread's store before the scan, or its later loads after the change.
/// </remarks>
internal static unsafe class Sections
{
    private const int CacheLine = 64;

    /// <summary>This thread's sections, one for each kind.</summary>
    [ThreadStatic]
    private static Section* t_sections;

    private static readonly object s_gate = new();
    private static Registration[] s_threads = [];
    private static long s_epoch = 1;

    /// <summary>Whether this thread is inside a section of a kind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsInside(SectionKind kind)
    {
        Section* sections = t_sections;
        return sections is not null && sections[(int)kind].Nesting != 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Enter(SectionKind kind)
    {
        Section* sections = t_sections;
        if (sections is null)
            sections = Register();
        Section* section = sections + (int)kind;
        if (section->Nesting++ == 0)
            Volatile.Write(ref section->Epoch, Volatile.Read(ref s_epoch));
    }

    /// <summary>False: this thread is in no section of the kind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryLeave(SectionKind kind)
    {
        Section* sections = t_sections;
        if (sections is null || sections[(int)kind].Nesting == 0)
            return false;
        Section* section = sections + (int)kind;
        if (--section->Nesting == 0)
            Volatile.Write(ref section->Epoch, 0);
        return true;
    }

    /// <summary>Starts a grace period: who enters a section from now on sees what was changed before this call.</summary>
    public static long StartGracePeriod()
    {
        Interlocked.MemoryBarrierProcessWide();
        return Interlocked.Increment(ref s_epoch);
    }

    /// <summary>Whether every section of a kind that was entered before a grace period started has been left.</summary>
    public static bool IsOver(SectionKind kind, long gracePeriod)
    {
        foreach (Registration thread in Volatile.Read(ref s_threads))
        {
            long epoch = Volatile.Read(ref thread.Sections[(int)kind].Epoch);
            if (epoch != 0 && epoch < gracePeriod && thread.Thread.IsAlive)
                return false;
        }

        Interlocked.MemoryBarrier();
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Section* Register()
    {
        lock (s_gate)
        {
            Registration? unused = Array.Find(s_threads, static thread => !thread.Thread.IsAlive);
            if (unused is null)
            {
                // One cache line a thread, kept for good: a scan may look at it at any time.
                unused = new Registration((Section*)NativeMemory.AlignedAlloc(CacheLine, CacheLine));
                new Span<byte>(unused.Sections, CacheLine).Clear();
                Volatile.Write(ref s_threads, [.. s_threads, unused]);
            }

            // Who died inside a section does nothing any more, and the next user of its place starts outside.
            new Span<byte>(unused.Sections, CacheLine).Clear();
            unused.Thread = Thread.CurrentThread;
            t_sections = unused.Sections;
            return t_sections;
        }
    }

    private struct Section
    {
        public long Epoch;
        public int Nesting;
    }

    private sealed class Registration(Section* sections)
    {
        private Thread _thread = Thread.CurrentThread;

        public Section* Sections { get; } = sections;

        public Thread Thread
        {
            get => Volatile.Read(ref _thread);
            set => Volatile.Write(ref _thread, value);
        }
    }
}
