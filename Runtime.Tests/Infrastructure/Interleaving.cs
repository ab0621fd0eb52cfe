#if DEBUG
namespace PteGuard.Runtime.Tests;

/// <summary>Makes a race happen at the one place where it hurts. The places exist in debug builds of the runtime only.</summary>
public static class Interleaving
{
    /// <summary>Does something on another thread, once, when this one gets to a place.</summary>
    public static void At(string place, Action action)
        => Checkpoint.Handler = reached =>
        {
            if (reached != place)
                return;
            Checkpoint.Handler = null;
            Threads.Elsewhere(action);
        };
}
#endif
