namespace PteGuard.Runtime.Tests;

/// <summary>The emulators keep a processor busy, so they run one after the other, and when the tests that count on time are done.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class JudgeTests
{
    public const string Name = "Judge";
}
