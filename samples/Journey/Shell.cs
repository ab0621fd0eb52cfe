using System.Diagnostics;

namespace PteGuard.Samples.Journey;

/// <summary>What a program printed, and how it ended.</summary>
internal sealed record ShellResult(int ExitCode, string Output, string Error)
{
    public ShellResult OrFail(string step) => ExitCode == 0
        ? this
        : throw new JourneyException($"{step} failed with exit code {ExitCode}:\n{Output}\n{Error}");
}

/// <summary>Runs other programs.</summary>
internal static class Shell
{
    public static ShellResult Run(string folder, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;

        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return new ShellResult(process.ExitCode, output, error.Result);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new JourneyException($"'{program}' could not be started: {e.Message}. The journey needs the .NET 10 SDK and git.");
        }
    }
}
