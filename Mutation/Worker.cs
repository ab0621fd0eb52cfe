using System.Diagnostics;

namespace PteGuard.Mutation;

/// <summary>The process in which tests run, one at a time, as told on its input. Stays warm from mutant to mutant.</summary>
internal static class Worker
{
    /// <summary>Tells lines of ours from what tests print.</summary>
    public const string Mark = "@@ ";

    public static int Run(int mutant)
    {
        var control = new MutantControl { Active = mutant };
        using var tests = new TestAssembly();
        Say($"ready {tests.Count}");
        while (Console.ReadLine()?.Split(' ') is [string order, string which, string active])
        {
            control.Active = Numbers.Whole(active);
            control.CapturesCoverage = order == "cover";
            long start = Stopwatch.GetTimestamp();
            bool passed = tests.Pass(Numbers.Whole(which));
            double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            Say($"{(passed ? "pass" : "fail")} {Numbers.Text(milliseconds)} {(order == "cover" ? control.Covered() : "")}");
        }

        return 0;
    }

    private static void Say(string line)
    {
        Console.Out.WriteLine(Mark + line);
        Console.Out.Flush();
    }
}
