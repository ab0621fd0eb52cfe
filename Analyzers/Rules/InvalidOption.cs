using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Rules;

/// <summary>PTE9001: a <c>pteguard.*</c> key that is unknown or has a wrong value.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class InvalidOptionAnalyzer : PteGuardAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.InvalidOption);

    // A wrong key may be the very reason why nothing else is known.
    private protected override bool ShouldAnalyze(EntryFacts facts) => facts.HasOptions;

    private protected override void AnalyzeCompilation(CompilationStartAnalysisContext context, EntryFacts facts)
    {
        var problems = Problems(context.Compilation, facts);
        if (problems.Count == 0)
            return;

        context.RegisterSyntaxTreeAction(tree =>
        {
            if (!problems.TryGetValue(tree.Tree, out var found))
                return;

            foreach (var problem in found)
                tree.ReportDiagnostic(Diagnostic.Create(Descriptors.InvalidOption, Location.Create(tree.Tree, new TextSpan(0, 0)), problem.Key, problem.Text));
        });
    }

    /// <summary>Each key's problem, at the first file that it affects.</summary>
    private static Dictionary<SyntaxTree, List<OptionProblem>> Problems(Compilation compilation, EntryFacts facts)
    {
        var problems = new Dictionary<SyntaxTree, List<OptionProblem>>();
        var keys = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        Collect(isGenerated: false);
        Collect(isGenerated: true);
        return problems;

        void Collect(bool isGenerated)
        {
            foreach (var tree in compilation.SyntaxTrees)
            {
                // What the build itself generates is no file to tell a user about, unless there is no other.
                if (facts.Options(tree).IsEmpty || GeneratedFiles.Contains(tree) != isGenerated)
                    continue;

                var fresh = new List<OptionProblem>();
                foreach (var problem in OptionProblems.Of(facts.Options(tree), compilation))
                {
                    if (!keys.Contains(problem.Key))
                        fresh.Add(problem);
                }

                foreach (var problem in fresh)
                    keys.Add(problem.Key);
                if (fresh.Count > 0)
                    problems.Add(tree, fresh);
            }
        }
    }
}
