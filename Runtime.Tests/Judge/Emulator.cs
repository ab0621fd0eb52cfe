using System.Diagnostics;

namespace PteGuard.Runtime.Tests;

/// <summary>A process of an emulator that others wrote. It ends with this object, or by itself after some minutes should the tests die.</summary>
public sealed class Emulator : IDisposable
{
    private const string Lifetime = "300";
    private readonly Process _process;
    private readonly Task<string> _errors;

    public Emulator(string binary, IEnumerable<string> arguments)
    {
        string path = Find(binary) ?? throw new FileNotFoundException($"{binary} is not installed");
        var start = new ProcessStartInfo("timeout") { RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string argument in (IEnumerable<string>)["--signal=KILL", Lifetime, path, .. arguments])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    public bool HasExited => _process.HasExited;

    /// <summary>What it complained about, once it has ended.</summary>
    public string Errors => _errors.Wait(TimeSpan.FromSeconds(5)) ? _errors.Result : "";

    /// <summary>The path of an installed program; null: there is none.</summary>
    public static string? Find(string binary)
        => OperatingSystem.IsLinux()
            ? (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, binary)).FirstOrDefault(File.Exists)
            : null;

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit(10_000);
        _process.Dispose();
    }
}
