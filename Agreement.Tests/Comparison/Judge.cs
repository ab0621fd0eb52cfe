using System.Collections.Immutable;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Agreement.Tests.Compiling;
using PteGuard.Agreement.Tests.Programs;
using PteGuard.Agreement.Tests.Running;

namespace PteGuard.Agreement.Tests.Comparison;

/// <summary>Runs programs and analyzes them.</summary>
internal sealed class Judge(World world, ImmutableArray<DiagnosticAnalyzer> analyzers)
{
    /// <summary>The verdicts on those that compile.</summary>
    public List<Verdict> Compare(IReadOnlyList<PageProgram> candidates, bool withFixes = false)
    {
        HashSet<string> refused = Batch.Of(candidates, probed: false).FindRefused();
        List<PageProgram> programs = [.. candidates.Where((_, i) => !refused.Contains(Batch.Name(i)))];
        if (programs.Count == 0)
            return [];

        ILookup<string, string> reports = Analysis.Of(Batch.Of(programs, probed: false), analyzers);
        List<Behaviour> behaviours = Run(programs, Batch.Of(programs, probed: true));
        List<Verdict> verdicts = [.. programs.Select((program, i) => new Verdict(program, new SortedSet<string>(reports[Batch.Name(i)]), behaviours[i]))];
        if (withFixes)
        {
            // Of an endless loop not all is seen.
            List<Verdict> ending = verdicts.FindAll(verdict => !verdict.Behaviour.IsEndless && verdict.Reported.Overlaps(Rules.Fixable));
            if (ending.Count == 0)
                return verdicts;
            programs = ending.ConvertAll(verdict => verdict.Program);
            Batch @fixed = Fixing.AllAsync(Batch.Of(programs, probed: false)).GetAwaiter().GetResult();
            ILookup<string, string> left = Analysis.Of(@fixed, analyzers);
            List<Behaviour> after = Run(programs, @fixed);
            for (int i = 0; i < ending.Count; i++)
                ending[i].Fix = new(new SortedSet<string>(left[Batch.Name(i)]), after[i], FixedText(@fixed, i));
        }

        return verdicts;
    }

    private static Func<string> FixedText(Batch batch, int index) => () => Methods.Text(batch.Tree, Batch.Name(index));

    private List<Behaviour> Run(List<PageProgram> programs, Batch batch)
    {
        var context = new AssemblyLoadContext("Batch", isCollectible: true);
        try
        {
            return [.. batch.Load(context, programs.Count).Zip(programs, (compiled, program) => Behaviour.Of(program, world, compiled))];
        }
        finally
        {
            context.Unload();
        }
    }
}
