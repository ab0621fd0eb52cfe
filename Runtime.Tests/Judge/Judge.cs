namespace PteGuard.Runtime.Tests;

/// <summary>Compares the runtime's walk with an emulated processor's.</summary>
public static class Judge
{
    public static readonly MmuAccess[] Kinds =
    [
        MmuAccess.Read, MmuAccess.Write, MmuAccess.Execute,
        MmuAccess.User, MmuAccess.User | MmuAccess.Write, MmuAccess.User | MmuAccess.Execute,
    ];

    /// <summary>Compares many accesses to many tables, and disposes the guest. Returns how many ended how.</summary>
    /// <param name="guest">The processor.</param>
    /// <param name="alignment">What the largest leaf maps, in bytes; the arena lies at a multiple of it.</param>
    /// <param name="seed">Where the random numbers start.</param>
    public static string Compare<TArch>(Guest guest, ulong alignment = 1UL << 30, int seed = 1)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        using (guest)
        using (var run = new JudgeRun<TArch>(guest, alignment, seed))
            return run.Run();
    }
}
