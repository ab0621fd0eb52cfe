using System.Runtime.CompilerServices;

namespace PteGuard;

/// <summary>Read-side sections: what was unlinked before a grace period is reachable by nobody once it is over.</summary>
internal static class Rcu
{
    /// <summary>Whether this thread is inside a section.</summary>
    public static bool IsReading => Sections.IsInside(SectionKind.Reading);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Enter() => Sections.Enter(SectionKind.Reading);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Leave()
    {
        if (!Sections.TryLeave(SectionKind.Reading))
            Throw.NotMapped();
    }

    /// <summary>Starts a grace period; what was unlinked before this call is unreachable once it <see cref="IsOver"/>.</summary>
    public static long StartGracePeriod() => Sections.StartGracePeriod();

    public static bool IsOver(long gracePeriod) => Sections.IsOver(SectionKind.Reading, gracePeriod);

    public static void Synchronize()
    {
        if (IsReading)
            Throw.InsideMapping("A grace period");
        long gracePeriod = StartGracePeriod();
        for (var wait = default(SpinWait); !IsOver(gracePeriod);)
            wait.SpinOnce();
    }
}
