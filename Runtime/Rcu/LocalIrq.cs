using System.Runtime.CompilerServices;

namespace PteGuard;

/// <summary>
/// Interrupts, as far as page tables need them: a thread that has them off answers no interrupt, so who sends one to all
/// and waits for the answers (a flush of translations on x86) waits until the thread has them on again.
/// </summary>
internal static class LocalIrq
{
    /// <summary>Whether this thread has interrupts off.</summary>
    public static bool IsOff => Sections.IsInside(SectionKind.IrqsOff);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Save() => Sections.Enter(SectionKind.IrqsOff);

    /// <summary>False: they are on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRestore() => Sections.TryLeave(SectionKind.IrqsOff);

    /// <summary>Refuses what waits for the others' interrupts while this thread's are off: two who do it would wait for each other.</summary>
    public static void RequireOn(string what)
    {
        if (IsOff)
            Throw.IrqsOff(what);
    }

    /// <summary>
    /// Waits until every thread that has interrupts off now had them on at some moment. Such a thread takes no page-table
    /// lock, so locks may be held here.
    /// </summary>
    public static void Synchronize(string what)
    {
        RequireOn(what);
        long gracePeriod = Sections.StartGracePeriod();
        for (var wait = default(SpinWait); !Sections.IsOver(SectionKind.IrqsOff, gracePeriod);)
        {
            Checkpoint.Hit(Checkpoint.HeldUp);
            wait.SpinOnce(sleep1Threshold: -1);
        }
    }
}
