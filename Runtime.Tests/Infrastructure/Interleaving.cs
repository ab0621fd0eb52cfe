#if DEBUG
namespace PteGuard.Runtime.Tests;

/// <summary>Makes a race happen at the one place where it hurts. The places exist in debug builds of the runtime only.</summary>
public static class Interleaving
{
    /// <summary>Does something on another thread, once, when this one gets to a place.</summary>
    public static void At(string place, Action action) => Once(place, () => Threads.Elsewhere(action));

    /// <summary>
    /// As <see cref="At"/>, for what may have to wait until this thread goes on: after a while, it does. The result waits until
    /// the other is done.
    /// </summary>
    /// <param name="place">Where.</param>
    /// <param name="action">What.</param>
    /// <param name="far">Set when the other is far enough for this thread to go on, if a while is not good enough.</param>
    public static Action Beside(string place, Action action, ManualResetEventSlim? far = null)
    {
        Task? other = null;
        Once(place, () =>
        {
            other = Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            if (far is not null)
                Assert.True(far.Wait(TimeSpan.FromMinutes(1)));
            else
                other.Wait(TimeSpan.FromMilliseconds(100));
        });
        return () => other!.GetAwaiter().GetResult();
    }

    private static void Once(string place, Action action)
        => Checkpoint.Handler = reached =>
        {
            if (reached != place)
                return;
            Checkpoint.Handler = null;
            action();
        };
}
#endif
