using System.Diagnostics;

namespace PteGuard.Package.Tests;

/// <summary>What a dotnet command printed, and how it ended.</summary>
internal sealed record ShellResult(int ExitCode, string Output)
{
    public ShellResult Succeeded()
    {
        Assert.True(ExitCode == 0, Output);
        return this;
    }

    /// <summary>How often a rule was reported, each place once: MSBuild repeats warnings in its summary.</summary>
    public int Count(string rule) => Output
        .Split('\n')
        .Where(line => line.Contains($" {rule}: ", StringComparison.Ordinal))
        .Select(line => line.Trim())
        .Distinct()
        .Count();
}

internal static class Shell
{
    public static ShellResult Dotnet(string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ShellResult(process.ExitCode, output + error.Result);
    }
}
