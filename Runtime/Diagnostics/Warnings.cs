using System.Diagnostics;

namespace PteGuard;

/// <summary>What the kernel would print a warning and a stack trace for: something that should never be, and that the runtime survives.</summary>
internal static class Warnings
{
    private static long s_count;

    /// <summary>Of this thread: gets each warning, instead of <see cref="Trace"/>.</summary>
    [field: ThreadStatic]
    public static Action<string>? Handler { get; set; }

    /// <summary>How many there were in this process.</summary>
    public static long Count => Interlocked.Read(ref s_count);

    public static void Report(string warning)
    {
        Interlocked.Increment(ref s_count);
        if (Handler is { } handler)
            handler(warning);
        else
            Trace.TraceWarning(warning);
    }
}
