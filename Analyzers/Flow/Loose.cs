namespace PteGuard.Analyzers.Flow;

/// <summary>The handles that something has happened to since the last <see cref="World.Collect"/>: only they can have lost their last holder.</summary>
internal sealed class Loose(Site site, Loose? next)
{
    public Site Site { get; } = site;

    public Loose? Next { get; } = next;

    public static Loose Add(Site site, Loose? loose) => loose?.Site == site ? loose : new Loose(site, loose);
}
