using PteGuard.Samples.Journey;
using Spectre.Console;

// Takes a copy of samples/Legacy through the whole conversion, as a user would do it.
if (Console.IsOutputRedirected)
    AnsiConsole.Profile.Width = int.MaxValue / 2;

try
{
    var place = Place.Find();
    return new Conversion(place, new Dotnet(place)).Run();
}
catch (JourneyException e)
{
    AnsiConsole.MarkupLineInterpolated($"[red]{e.Message}[/]");
    return 1;
}
