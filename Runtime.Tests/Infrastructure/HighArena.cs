namespace PteGuard.Runtime.Tests;

/// <summary>An arena whose frames have more than 32 bits of physical address. What lies below is kept from others meanwhile, and costs nothing.</summary>
public sealed class HighArena : IDisposable
{
    private const ulong Boundary = 1UL << 32;

    private readonly List<Arena> _below = [new((long)Boundary)];

    public HighArena()
    {
        while (true)
        {
            var arena = new Arena(32 << 20);
            Page page = arena.AllocPage();
            page.Put();
            if (page.Address >= Boundary + (ulong)arena.Size)
            {
                Arena = arena;
                return;
            }

            _below.Add(arena);
        }
    }

    public Arena Arena { get; }

    public void Dispose()
    {
        Arena.Dispose();
        foreach (Arena arena in _below)
            arena.Dispose();
    }
}
