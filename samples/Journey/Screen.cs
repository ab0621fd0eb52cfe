using Spectre.Console;

namespace PteGuard.Samples.Journey;

/// <summary>How the journey looks: numbered steps with a spinner on a terminal, plain lines in a pipe.</summary>
internal sealed class Screen
{
    private const int Steps = 9;
    private int _step;

    public T Step<T>(string what, Func<T> work)
    {
        var title = $"{++_step}/{Steps} {what}";
        if (!AnsiConsole.Profile.Capabilities.Interactive)
        {
            AnsiConsole.MarkupLineInterpolated($"[bold]{title}[/]");
            return work();
        }

        var result = AnsiConsole.Status().Start(Markup.Escape(title), _ => work());
        AnsiConsole.MarkupLineInterpolated($"[green]✓[/] [bold]{title}[/]");
        return result;
    }

    public void Step(string what, Action work) => Step(what, () =>
    {
        work();
        return 0;
    });

    public static void Rules(IEnumerable<Finding> before, IEnumerable<Finding> after)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("rule", "findings", "left after the fixes");
        foreach (var rule in before.Select(f => f.Rule).Distinct().Order(StringComparer.Ordinal))
            table.AddRow(rule, $"{before.Count(f => f.Rule == rule)}", $"{after.Count(f => f.Rule == rule)}");

        AnsiConsole.Write(table);
    }

    public static void Diff(string diff)
    {
        foreach (var line in diff.Split('\n'))
        {
            var style = line switch
            {
                ['+', '+', '+', ..] or ['-', '-', '-', ..] or ['d', 'i', 'f', 'f', ..] => "bold",
                ['+', ..] => "green",
                ['-', ..] => "red",
                ['@', ..] => "blue",
                _ => "default",
            };
            AnsiConsole.Write(new Text(line + "\n", Style.Parse(style)));
        }
    }

    public static void Findings(IEnumerable<Finding> findings)
    {
        foreach (var finding in findings)
        {
            AnsiConsole.MarkupLineInterpolated($"  [yellow]{finding.Rule}[/] {finding.Path}:{finding.Line}: [bold]{finding.Text}[/]");
            AnsiConsole.MarkupLineInterpolated($"          {finding.Message}");
        }
    }
}
