using System.Text.Json;

namespace PteGuard.Samples.Journey;

/// <summary>One report of a rule, as the compiler's SARIF log has it.</summary>
internal sealed record Finding(string Rule, string Path, int Line, int Column, string Message, string Text)
{
    public static IReadOnlyList<Finding> ReadSarif(string log, string folder)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(log));
        var findings = new List<Finding>();
        foreach (var result in document.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray())
        {
            var rule = result.GetProperty("ruleId").GetString()!;
            if (!rule.StartsWith("PTE", StringComparison.Ordinal) || !result.TryGetProperty("locations", out var locations))
                continue;

            var location = locations[0].GetProperty("physicalLocation");
            var file = new Uri(location.GetProperty("artifactLocation").GetProperty("uri").GetString()!).LocalPath;
            var region = location.GetProperty("region");
            var line = region.GetProperty("startLine").GetInt32();
            findings.Add(new Finding(
                rule,
                System.IO.Path.GetRelativePath(folder, file),
                line,
                region.GetProperty("startColumn").GetInt32(),
                result.GetProperty("message").GetProperty("text").GetString()!,
                File.ReadLines(file).ElementAt(line - 1).Trim()));
        }

        return [.. findings.OrderBy(f => f.Path, StringComparer.Ordinal).ThenBy(f => f.Line).ThenBy(f => f.Column)];
    }
}
