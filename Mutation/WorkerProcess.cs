using System.Diagnostics;

namespace PteGuard.Mutation;

/// <summary>What a test did.</summary>
/// <param name="Passed">Null: it did not end in time, or took its process with it.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Covered">The mutants that it passed, if that was asked.</param>
internal sealed record TestRun(bool? Passed, double Milliseconds, string Covered);

/// <summary>A <see cref="Worker"/>, seen from the process that gives it work. Starts when it is needed, and again after a mutant has broken it.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private Process? _process;

    /// <summary>How many tests there are.</summary>
    public int Tests { get; private set; }

    /// <summary>Begins in a new process.</summary>
    /// <param name="mutant">Which mutant is on while the process starts.</param>
    /// <returns>False: it did not come up, which only a mutant can be blamed for.</returns>
    public async Task<bool> TryStart(int mutant)
    {
        Stop();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(Folders.Host, "PteGuard.Mutation.dll"), "worker", $"{mutant}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        if (await Answer(TimeSpan.FromMinutes(2)) is ["ready", string count])
        {
            Tests = Numbers.Whole(count);
            return true;
        }

        Stop();
        return false;
    }

    /// <summary>Begins in a new process, with no mutant on.</summary>
    /// <exception cref="InvalidOperationException">It does not come up. No verdict may be built on that.</exception>
    public async Task Start()
    {
        if (!await TryStart(MutantControl.None))
            throw new InvalidOperationException($"The tests in {Folders.Host} do not start: run make again.");
    }

    public Task<TestRun> Cover(int test) => Tell($"cover {test} {MutantControl.None}", TimeSpan.FromMinutes(5));

    public Task<TestRun> Run(int test, int mutant, TimeSpan patience) => Tell($"run {test} {mutant}", patience);

    public void Dispose() => Stop();

    private async Task<TestRun> Tell(string order, TimeSpan patience)
    {
        if (_process is null)
            await Start();
        try
        {
            await _process!.StandardInput.WriteLineAsync(order);
            await _process.StandardInput.FlushAsync();
            if (await Answer(patience) is [string verdict, string milliseconds, string covered])
                return new TestRun(verdict == "pass", Numbers.Real(milliseconds), covered);
        }
        catch (IOException)
        {
            // It has ended.
        }

        Stop();
        return new TestRun(null, patience.TotalMilliseconds, "");
    }

    private async Task<string[]?> Answer(TimeSpan patience)
    {
        using var deadline = new CancellationTokenSource(patience);
        try
        {
            while (await _process!.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
            {
                if (line.StartsWith(Worker.Mark, StringComparison.Ordinal))
                    return line[Worker.Mark.Length..].Split(' ');
            }
        }
        catch (OperationCanceledException)
        {
            // It hangs.
        }

        return null;
    }

    private void Stop()
    {
        _process?.Kill(entireProcessTree: true);
        _process?.Dispose();
        _process = null;
    }
}
