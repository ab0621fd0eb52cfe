using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace PteGuard.Runtime.Tests;

/// <summary>Runs bodies on threads of their own, all starting at once, and rethrows the first exception.</summary>
public static class Threads
{
    public static void Run(params Action[] bodies)
    {
        using var start = new Barrier(bodies.Length);
        Exception? first = null;
        Thread[] threads = Array.ConvertAll(bodies, body => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                body();
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref first, exception, null);
            }
        }));
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        if (first is not null)
            ExceptionDispatchInfo.Throw(first);
    }

    /// <summary>Workers that run until one body, the one that counts, is done.</summary>
    public static void RunUntil(Action counting, params Action<Func<bool>>[] workers)
    {
        bool done = false;
        Action[] bodies = Array.ConvertAll(workers, worker => (Action)(() => worker(() => Volatile.Read(ref done))));
        Run([.. bodies, () =>
        {
            try
            {
                counting();
            }
            finally
            {
                Volatile.Write(ref done, true);
            }
        }]);
    }

    /// <summary>For what must happen at least once: whether waiting for it has gone on too long. A busy machine may not run the others for a while.</summary>
    public static Func<bool> Deadline()
    {
        long start = Stopwatch.GetTimestamp();
        return () => Stopwatch.GetElapsedTime(start) > TimeSpan.FromMinutes(1);
    }

    public static void Elsewhere(Action body) => Run(body);
}
