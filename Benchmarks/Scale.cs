using System.Diagnostics;
using System.Globalization;

namespace PteGuard.Benchmarks;

/// <summary>
/// Two threads on two address spaces against two processes with one each: what the runtime shares between address spaces
/// shows as a ratio below one. What the machine itself shares, caches and clock, both sides have alike.
/// </summary>
internal static class Scale
{
    private const int Workers = 2;
    private const int Rounds = 5;
    private const double Seconds = 1;

    /// <summary>In seconds; long enough for the JIT to have finished, also where it competes with the work for processors.</summary>
    private const double WarmUp = 4;

    public static int Run()
    {
        Console.WriteLine($"""
            {Machine.Describe()}:

            | operations of two workers a second | 1 thread | 2 processes | 2 threads | threads : processes |
            |---|---:|---:|---:|---:|
            """);
        foreach (string name in Workload.Names)
        {
            double[] single = new double[Rounds];
            double[] processes = new double[Rounds];
            double[] threads = new double[Rounds];

            // By turns, so that what disturbs disturbs all alike.
            for (int round = 0; round < Rounds; round++)
            {
                single[round] = InThreads(name, 1);
                processes[round] = InProcesses(name);
                threads[round] = InThreads(name, Workers);
            }

            double apart = Median(processes);
            double together = Median(threads);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {Median(single) / 1e6:0.00} M | {apart / 1e6:0.00} M | {together / 1e6:0.00} M | {together / apart:0.00} |"));
        }

        return 0;
    }

    /// <summary>One of the processes: says that it is ready, waits for a line, works, and prints how much it did in a second.</summary>
    public static int Work(string name)
    {
        using var workload = new Workload(name, share: null);
        workload.Measure(WarmUp);
        Console.WriteLine("ready");
        Console.ReadLine();
        Console.WriteLine(workload.Measure(Seconds).ToString("R", CultureInfo.InvariantCulture));
        return 0;
    }

    private static double InThreads(string name, int count)
    {
        Workload[] workloads = new Workload[count];
        for (int i = 0; i < count; i++)
            workloads[i] = new Workload(name, i == 0 ? null : workloads[0]);
        double[] done = new double[count];
        using var start = new Barrier(count);
        Thread[] threads = [.. workloads.Select((workload, i) => new Thread(() =>
        {
            workload.Measure(Seconds / 2);
            start.SignalAndWait();
            done[i] = workload.Measure(Seconds);
        }))];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        foreach (Workload workload in Enumerable.Reverse(workloads))
            workload.Dispose();
        return done.Sum();
    }

    private static double InProcesses(string name)
    {
        Process[] processes = [.. Enumerable.Range(0, Workers).Select(_ => Start(name))];
        foreach (Process process in processes)
            process.StandardOutput.ReadLine();
        foreach (Process process in processes)
            process.StandardInput.WriteLine();
        double sum = processes.Sum(static process => double.Parse(process.StandardOutput.ReadLine() ?? "", CultureInfo.InvariantCulture));
        foreach (Process process in processes)
        {
            process.WaitForExit();
            process.Dispose();
        }

        return sum;
    }

    private static Process Start(string name)
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("This program does not know its own path.");
        string[] self = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(Scale).Assembly.Location] : [];
        return Process.Start(new ProcessStartInfo(program, [.. self, "scale-worker", name]) { RedirectStandardInput = true, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("This program does not start a second time.");
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
