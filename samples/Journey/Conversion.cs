using Spectre.Console;

namespace PteGuard.Samples.Journey;

/// <summary>The journey itself: findings, fixes, a person's decisions, proof that nothing changed.</summary>
internal sealed class Conversion(Place place, Dotnet dotnet)
{
    private readonly Screen _screen = new();
    private readonly History _history = new(place.Copy);

    public int Run()
    {
        _screen.Step("Pack PteGuard and copy samples/Legacy out of the repository", () =>
        {
            place.MakeFresh();
            dotnet.Pack("Analyzers.Package");
            dotnet.Pack("Runtime");
            dotnet.Restore(place.Copy);
            _history.Begin();
        });

        var outputBefore = _screen.Step("Build it as it is and run it", () =>
        {
            dotnet.Build(place.Copy, "Off");
            return dotnet.Execute(place.Copy);
        });
        AnsiConsole.MarkupLineInterpolated($"  {LastLine(outputBefore)}");

        var found = _screen.Step("Build it with the rules on", () => dotnet.Build(place.Copy, "Warn"));
        if (found.Count == 0)
            throw new JourneyException("The rules found nothing in a program that is full of direct accesses: they did not run.");

        AnsiConsole.MarkupLineInterpolated($"  {found.Count} findings");

        _screen.Step("Convert it: dotnet format analyzers", () => dotnet.Fix(place.Copy, RulesOf(found)));
        var diff = _history.Diff();
        Screen.Diff(diff);

        var left = _screen.Step("Build the converted program", () => dotnet.Build(place.Copy, "Warn"));
        Screen.Rules(found, left);

        _screen.Step("Convert it again: nothing may change", () =>
        {
            dotnet.Fix(place.Copy, RulesOf(found));
            if (_history.Diff() != diff)
                throw new JourneyException("A second conversion changed the program: the first did not do all that it could.");
        });

        _screen.Step("Decide the rest by hand (samples/Journey/by-hand.patch)", () =>
            _history.Apply(place.ByHandPatch));

        _screen.Step("Build it with warnings as errors", () => dotnet.Build(place.Copy, "Error", warningsAsErrors: true));

        var outputAfter = _screen.Step("Run it again and compare", () => dotnet.Execute(place.Copy));
        if (outputAfter != outputBefore)
            throw new JourneyException($"The converted program prints something else. Before:\n{outputBefore}\nAfter:\n{outputAfter}");

        AnsiConsole.MarkupLineInterpolated($"  {LastLine(outputAfter)}");
        Summarize(found, left);
        return 0;
    }

    private static void Summarize(IReadOnlyList<Finding> found, IReadOnlyList<Finding> left)
    {
        AnsiConsole.MarkupLineInterpolated($"\n[bold]{found.Count} findings: {found.Count - left.Count} converted by the fixes, {left.Count} left for a person. The output is the same, byte for byte.[/]");
        if (left.Count == 0)
            return;

        AnsiConsole.MarkupLineInterpolated($"Left, because no rewrite of these is certain to mean the same; by-hand.patch shows what a person made of them:");
        Screen.Findings(left);
    }

    private static IEnumerable<string> RulesOf(IEnumerable<Finding> findings) => findings.Select(f => f.Rule).Distinct().Order(StringComparer.Ordinal);

    private static string LastLine(string output) => output.TrimEnd().Split('\n')[^1].Trim();
}
