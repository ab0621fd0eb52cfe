using PteGuard.Agreement.Tests.Programs;

namespace PteGuard.Agreement.Tests.Comparison;

/// <summary>Takes away from a program what its disagreement does not need.</summary>
internal static class Shrinker
{
    public static Verdict Shrink(Judge judge, Verdict verdict, bool withFixes, Func<Verdict, bool> disagrees)
    {
        while (judge.Compare(Reductions.Of(verdict.Program), withFixes).Find(disagrees.Invoke) is { } smaller)
            verdict = smaller;
        return verdict;
    }
}
