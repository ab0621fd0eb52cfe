namespace PteGuard;

/// <summary>
/// What keeps a race from ending wrong. A test takes a defence away, in its own thread, to show that the wrong outcome
/// then happens; in a release build of the runtime each question is the constant true, and nothing is left of it.
/// </summary>
internal static class Defence
{
    /// <summary>A map that locks reads the pmd again under the lock.</summary>
    public const string RecheckUnderLock = "recheck of the pmd under the lock";

    /// <summary>Who moves a whole table reads the entry again under its lock.</summary>
    public const string ReclassifyBeforeMove = "second look at a directory entry before it is moved";

#if DEBUG
    [ThreadStatic]
    private static string? t_removed;

    public static bool Holds(string defence) => t_removed != defence;

    /// <summary>Takes one defence away from this thread until the result is disposed.</summary>
    public static Removal Remove(string defence)
    {
        var removal = new Removal(t_removed);
        t_removed = defence;
        return removal;
    }

    public readonly ref struct Removal(string? before)
    {
        public void Dispose() => t_removed = before;
    }
#else
    public static bool Holds(string defence) => true;
#endif
}
