using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PteGuard.Benchmarks;

/// <summary>What the figures were taken on, as one line for the head of each table.</summary>
internal static class Machine
{
    /// <param name="compiler">Whether the C compiler matters.</param>
    public static string Describe(bool compiler = true)
        => $"{Processor()}, {Environment.ProcessorCount} processors, {(OperatingSystem.IsLinux() ? "Linux" : "not Linux")} {Environment.OSVersion.Version.ToString(3)}, {(compiler ? $"gcc {Compiler()}, " : "")}{RuntimeInformation.FrameworkDescription}";

    private static string Processor()
    {
        const string File = "/proc/cpuinfo";
        string? line = System.IO.File.Exists(File)
            ? System.IO.File.ReadLines(File).FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static string Compiler()
    {
        using Process? gcc = Process.Start(new ProcessStartInfo("gcc", ["-dumpfullversion"]) { RedirectStandardOutput = true });
        string version = gcc?.StandardOutput.ReadToEnd().Trim() ?? "?";
        gcc?.WaitForExit();
        return version;
    }
}
