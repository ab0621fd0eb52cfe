using System.Diagnostics;
using System.Text;

namespace PteGuard.Mutation;

/// <summary>
/// Has Stryker compile all mutants into one assembly, each behind its switch, and keeps that assembly: Stryker puts it
/// beside the tests while it runs them, and then takes it away again.
/// </summary>
internal static class MutantBuild
{
    public static async Task<int> Make()
    {
        if (Directory.Exists(Folders.Results))
            Directory.Delete(Folders.Results, recursive: true);
        CopyFolder(AppContext.BaseDirectory, Folders.Host);

        // One that an interrupted run has left would be taken for the new one.
        string tests = Path.Combine(Folders.Root, "Analyzers.Tests");
        string mutated = Path.Combine(tests, "bin", "Release", "net10.0", Folders.MutatedAssembly);
        File.Delete(mutated);
        await Run(tests, "tool", "restore");
        using Process stryker = Start(tests, "stryker", "--config-file", Path.Combine(Folders.Root, "Mutation", "stryker-config.json"), "--output", Path.Combine(Folders.Results, "stryker"), "--skip-version-check");
        bool isKept = false;
        while (!stryker.HasExited)
        {
            await Task.Delay(100);
            isKept = isKept || TryKeep(mutated);
        }

        if (isKept && File.Exists(Folders.StrykerReport))
            return 0;
        Console.Error.WriteLine("Stryker has made no mutants.");
        return 1;
    }

    private static bool TryKeep(string assembly)
    {
        try
        {
            byte[] content = File.ReadAllBytes(assembly);
            if (content.AsSpan().IndexOf(Encoding.UTF8.GetBytes("MutantControl")) < 0)
                return false;
            File.WriteAllBytes(Path.Combine(Folders.Host, Folders.MutatedAssembly), content);
            return true;
        }
        catch (IOException)
        {
            // Stryker is writing it.
            return false;
        }
    }

    private static async Task Run(string folder, params string[] arguments)
    {
        using Process process = Start(folder, arguments);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} failed.");
    }

    private static Process Start(string folder, params string[] arguments)
        => Process.Start(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder })!;

    private static void CopyFolder(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
