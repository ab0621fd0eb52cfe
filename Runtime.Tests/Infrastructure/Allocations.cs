namespace PteGuard.Runtime.Tests;

/// <summary>Managed memory that a path takes once it is warm.</summary>
public static class Allocations
{
    private const int Windows = 20;
    private const int Rounds = 100;

    /// <summary>
    /// Fails when every window of rounds allocates. One window does not count: tables that other tests put off are freed
    /// by whoever comes along, and code that runs on this thread for the first time then initialises its statics.
    /// </summary>
    /// <param name="body">Takes the number of the round, from 0 to at most 2,099.</param>
    public static void AssertNone(Action<int> body)
    {
        long least = long.MaxValue;
        int round = 0;
        for (int window = 0; window <= Windows && least != 0; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Rounds; i++)
                body(round++);
            long taken = GC.GetAllocatedBytesForCurrentThread() - before;
            bool isWarm = window > 0;
            if (isWarm)
                least = Math.Min(least, taken);
        }

        Assert.Equal(0, least);
    }
}
