using System.Runtime.CompilerServices;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace PteGuard.Runtime.Tests;

/// <summary>What the checker reports: expected by a test in its own thread, or the failure of the test that it happens in.</summary>
internal static class Violations
{
    private static readonly List<string> s_unexpected = [];

    [ThreadStatic]
    private static List<ContractViolationEventArgs>? t_expected;

    public static List<ContractViolationEventArgs> During(Action action)
    {
        t_expected = [];
        try
        {
            action();
            return t_expected;
        }
        finally
        {
            t_expected = null;
        }
    }

    /// <summary>What nobody expected since the last call.</summary>
    public static string Take()
    {
        lock (s_unexpected)
        {
            string all = string.Join(Environment.NewLine, s_unexpected);
            s_unexpected.Clear();
            if (all.Length != 0)
                CheckedThread.Reset();
            return all;
        }
    }

    [ModuleInitializer]
    internal static void Listen()
        => ContractCheck.Violated += static (_, violation) =>
        {
            if (t_expected is { } expected)
            {
                expected.Add(violation);
                return;
            }

            lock (s_unexpected)
                s_unexpected.Add(violation.ToString());
        };
}

internal static partial class Misuse
{
    static partial void Forget() => Violations.Take();
}

public unsafe partial class TestSpace<TArch>
{
#if DEBUG
    private static bool IsToGoWrong => Defence.IsAnyRemoved;
#else
    private static bool IsToGoWrong => false;
#endif

    static partial void AfterUse()
    {
        string violations = Violations.Take();
        if (violations.Length != 0 && !IsToGoWrong)
            Assert.Fail(violations);
    }
}
