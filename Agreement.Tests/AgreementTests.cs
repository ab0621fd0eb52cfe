using System.Globalization;
using PteGuard.Agreement.Tests.Comparison;
using PteGuard.Agreement.Tests.Compiling;
using Xunit.Abstractions;

namespace PteGuard.Agreement.Tests;

/// <summary>The rules say of random programs what their runs show: <c>PTEGUARD_PROGRAMS</c> of them, from <c>PTEGUARD_SEED</c> on.</summary>
public class AgreementTests(ITestOutputHelper output)
{
    [Fact]
    public void Static_rules_and_the_running_contract_agree()
    {
        var campaign = new Campaign(Setting("PTEGUARD_SEED", 1), (int)Setting("PTEGUARD_PROGRAMS", 20_000), Rules.Analyzers);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Tally tally = campaign.Run();
        string report = string.Create(CultureInfo.InvariantCulture, $"{tally}\n{watch.Elapsed.TotalSeconds:F0} s\n\n{string.Join('\n', campaign.Disagreements)}");
        output.WriteLine(report);
        File.WriteAllText(Path.Combine(Artifacts(), "agreement.md"), report);

        Assert.NotEmpty(Rules.Compared);
        foreach (string rule in Rules.Compared)
        {
            Assert.True(tally.Of(rule, false).Broken > 0, $"No program breaks {rule}.");
            Assert.True(tally.Of(rule, false).Misses == 0, $"{rule} is missed.\n{report}");
            foreach (bool isInterprocedural in new[] { false, true })
            {
                Tally.Row row = tally.Of(rule, isInterprocedural);
                Assert.True(row.FalseAlarms * 100 <= row.Judged, $"{rule} is reported where nothing is wrong.\n{report}");
                Assert.True(row.BrokenThoughFixed == 0, $"{rule} is broken though fixed.\n{report}");
            }
        }

        Assert.True(tally.ChangedByFixes == 0, $"A fix changes what a program does.\n{report}");
    }

    private static long Setting(string name, long otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? long.Parse(value, CultureInfo.InvariantCulture) : otherwise;

    private static string Artifacts()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PteGuard.sln")))
            folder = folder.Parent;
        return Directory.CreateDirectory(Path.Combine(folder?.FullName ?? ".", "artifacts")).FullName;
    }
}
