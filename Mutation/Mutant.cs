using System.Text.Json;

namespace PteGuard.Mutation;

/// <summary>A change to one place of the analyzers.</summary>
/// <param name="Id">What Stryker's switch knows it by.</param>
/// <param name="File">The path below Analyzers.</param>
/// <param name="Line">Where, from 1.</param>
/// <param name="Original">What stands there.</param>
/// <param name="Replacement">What stands there instead.</param>
internal sealed record Mutant(int Id, string File, int Line, string Original, string Replacement)
{
    /// <summary>Those that compile, of the files whose paths begin with one of these.</summary>
    public static IReadOnlyList<Mutant> Read(IReadOnlyCollection<string> paths)
    {
        using JsonDocument report = JsonDocument.Parse(System.IO.File.ReadAllText(Folders.StrykerReport));
        string analyzers = Path.Combine(Folders.Root, "Analyzers");
        var mutants = new List<Mutant>();
        foreach (JsonProperty file in report.RootElement.GetProperty("files").EnumerateObject())
        {
            string path = Path.GetRelativePath(analyzers, Path.Combine(report.RootElement.GetProperty("projectRoot").GetString()!, file.Name)).Replace('\\', '/');
            if (!paths.Any(p => path == p || path.StartsWith(p.TrimEnd('/') + "/", StringComparison.Ordinal)))
                continue;
            string[] lines = file.Value.GetProperty("source").GetString()!.Split('\n');
            foreach (JsonElement mutant in file.Value.GetProperty("mutants").EnumerateArray())
            {
                if (mutant.GetProperty("status").GetString() is "CompileError" or "Ignored")
                    continue;
                JsonElement start = mutant.GetProperty("location").GetProperty("start");
                JsonElement end = mutant.GetProperty("location").GetProperty("end");
                mutants.Add(new(
                    Numbers.Whole(mutant.GetProperty("id").GetString()!),
                    path,
                    start.GetProperty("line").GetInt32(),
                    Text(lines, start, end),
                    mutant.GetProperty("replacement").GetString()!));
            }
        }

        return mutants;
    }

    private static string Text(string[] lines, JsonElement start, JsonElement end)
    {
        int first = start.GetProperty("line").GetInt32() - 1;
        int last = end.GetProperty("line").GetInt32() - 1;
        string text = string.Join('\n', lines[first..(last + 1)]);
        int length = text.Length - (lines[last].Length - (end.GetProperty("column").GetInt32() - 1));
        return text[(start.GetProperty("column").GetInt32() - 1)..length];
    }
}
