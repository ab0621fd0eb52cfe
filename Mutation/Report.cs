using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace PteGuard.Mutation;

/// <summary>A table of the files with their scores, and a list of what no test noticed.</summary>
internal static partial class Report
{
    public static string Of(IReadOnlyCollection<Outcome> outcomes)
    {
        var text = new StringBuilder();
        text.AppendLine("| File | Mutants | Killed | Hung or died | Survived | Not covered | Score |");
        text.AppendLine("|---|---:|---:|---:|---:|---:|---:|");
        foreach (IGrouping<string, Outcome> file in outcomes.GroupBy(o => o.Mutant.File).OrderBy(g => g.Key, StringComparer.Ordinal))
            text.AppendLine(Row(file.Key, [.. file]));
        text.AppendLine(Row("All", outcomes));

        text.AppendLine();
        foreach (Outcome outcome in outcomes.Where(o => o.Verdict is Verdict.Survived or Verdict.NotCovered).OrderBy(o => o.Mutant.File, StringComparer.Ordinal).ThenBy(o => o.Mutant.Line).ThenBy(o => o.Mutant.Id))
        {
            Mutant mutant = outcome.Mutant;
            string tests = outcome.Verdict == Verdict.NotCovered ? "no test"
                : outcome.Run == outcome.Covering ? $"{outcome.Run} tests"
                : $"{outcome.Run} of {outcome.Covering} tests";
            text.AppendLine(CultureInfo.InvariantCulture, $"- {mutant.File}:{mutant.Line} ({tests}) `{OneLine(mutant.Original)}` → `{OneLine(mutant.Replacement)}`");
        }

        return text.ToString();
    }

    private static string Row(string name, IReadOnlyCollection<Outcome> outcomes)
    {
        int killed = outcomes.Count(o => o.Verdict == Verdict.Killed);
        int broken = outcomes.Count(o => o.Verdict == Verdict.Broken);
        double score = 100.0 * (killed + broken) / outcomes.Count;
        return string.Create(CultureInfo.InvariantCulture, $"| {name} | {outcomes.Count} | {killed} | {broken} | {outcomes.Count(o => o.Verdict == Verdict.Survived)} | {outcomes.Count(o => o.Verdict == Verdict.NotCovered)} | {score:0} % |");
    }

    private static string OneLine(string code) => Space().Replace(code.Trim(), " ");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
