using System.Reflection;

namespace PteGuard.Mutation;

/// <summary>The switch that Stryker compiles into a mutated assembly, whose namespace has a new name each time.</summary>
internal sealed class MutantControl
{
    /// <summary>No mutant.</summary>
    public const int None = -1;

    private readonly FieldInfo _active;
    private readonly FieldInfo _capturesCoverage;
    private readonly MethodInfo _covered;

    public MutantControl()
    {
        Type control = Assembly.Load("PteGuard.Analyzers").GetTypes().SingleOrDefault(t => t.Name == "MutantControl")
            ?? throw new InvalidOperationException("The analyzers are not mutated: run make first.");
        _active = control.GetField("ActiveMutant")!;
        _capturesCoverage = control.GetField("CaptureCoverage")!;
        _covered = control.GetMethod("GetCoverageData")!;
    }

    public int Active
    {
        set => _active.SetValue(null, value);
    }

    public bool CapturesCoverage
    {
        set => _capturesCoverage.SetValue(null, value);
    }

    /// <summary>The mutants that were passed since the last call; those of static initialisers, which run once in a process, with a minus.</summary>
    public string Covered()
    {
        var data = (IList<int>[])_covered.Invoke(null, null)!;
        HashSet<int> initial = [.. data[1]];
        return string.Join(',', data[0].Select(id => initial.Contains(id) ? ~id : id));
    }
}
