using System.Diagnostics;

namespace PteGuard;

/// <summary>
/// Page tables that were detached while readers may still be in them, freed after a grace period
/// (Linux 6.6, <c>pte_free_defer</c>). Nothing runs in the background: whoever defers, or needs memory, moves it on.
/// </summary>
internal static unsafe class DeferredFree
{
    private const int Batch = 32;

    /// <summary>
    /// How long memory pressure waits for readers to leave before it gives up. Readers do not block, but the machine may
    /// keep one from running for a good part of a second; only one that blocks all the same is seen to the end of this.
    /// </summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private static readonly object s_gate = new();
    private static ulong s_arriving;
    private static int s_arrivingCount;
    private static ulong s_waiting;
    private static long s_waitingFor;
    private static long s_begun;
    private static long s_freed;

    /// <summary>Queues a detached table. Does not allocate, and may be called with locks held.</summary>
    public static void Add(Pgtable table)
    {
        lock (s_gate)
        {
            MarkDeferred(table);
            table.Link = s_arriving;
            s_arriving = table.Address;
            if (++s_arrivingCount >= Batch)
                Advance();
        }
    }

    /// <summary>Under memory pressure: frees what can be freed once the readers of now have left. False: nothing.</summary>
    public static bool TryReclaim()
    {
        if (Rcu.IsReading)
            return false;
        long start = Stopwatch.GetTimestamp();
        for (var wait = default(SpinWait); ; wait.SpinOnce())
        {
            lock (s_gate)
            {
                if (s_arriving == 0 && s_waiting == 0)
                    return false;
                if (Advance())
                    return true;
            }

            if (Stopwatch.GetElapsedTime(start) > s_patience)
                return false;
        }
    }

    /// <summary>Waits until everything queued before the call is freed.</summary>
    public static void Drain()
    {
        if (Rcu.IsReading)
            Throw.InsideMapping("Freeing page tables");
        long last;
        lock (s_gate)
            last = s_arriving != 0 ? s_begun + 1 : s_begun;
        for (var wait = default(SpinWait); ; wait.SpinOnce())
        {
            // Not until nothing waits: what others go on queueing may never end.
            lock (s_gate)
            {
                if (s_freed >= last)
                    return;
                Advance();
            }
        }
    }

    private static bool Advance()
    {
        bool freed = false;
        if (s_waiting != 0)
        {
            if (!Rcu.IsOver(s_waitingFor))
                return false;
            FreeAll(s_waiting);
            s_waiting = 0;
            s_freed = s_begun;
            freed = true;
        }

        if (s_arriving != 0)
        {
            s_waiting = s_arriving;
            s_arriving = 0;
            s_arrivingCount = 0;
            s_begun++;
            s_waitingFor = Rcu.StartGracePeriod();
        }

        return freed;
    }

    private static void FreeAll(ulong address)
    {
        while (address != 0)
        {
            var table = new Pgtable(address);
            address = table.Link;
            if (table.Descriptor->Owner == 0)
            {
                PhysicalMemory.FindArena(table.Address)!.Free(table.Page.Frame);
                continue;
            }

            table.Descriptor->DeferredFragments &= (byte)~(1 << TableFragments.Index(table));
            TableFragments.Free(table);
        }
    }

    private static void MarkDeferred(Pgtable table)
    {
        PageDescriptor* descriptor = table.Descriptor;
        bool shared = TableFragments.IsAllocated(table);
        byte bit = (byte)(1 << TableFragments.Index(table));
        if (shared ? (descriptor->DeferredFragments & bit) != 0 : descriptor->Kind != PageKind.Table || descriptor->Owner != 0)
            throw new InvalidOperationException($"There is no page table at {table}, or it is freed twice.");
        if (shared)
            descriptor->DeferredFragments |= bit;
        else
            descriptor->Kind = PageKind.DeferredTable;
    }
}
