using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Rules;

/// <summary>PTE0003: a lock looked up from a directory entry is used for a mapping that was made from it apart.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SeparateLockPointerAnalyzer : PteGuardAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.SeparateLockPointer);

    private protected override bool ShouldAnalyze(EntryFacts facts) => facts.KnowsMappings;

    private protected override void AnalyzeCompilation(CompilationStartAnalysisContext context, EntryFacts facts)
    {
        var budget = new FlowBudget();
        var summaries = new Summaries(context.Compilation, (_, _) => null, budget);
        FlowBodies.Register(context, facts, call => facts.LockPointer(call.TargetMethod) is not null, (body, root, bodyFacts) =>
        {
            var tree = root.Graph.OriginalOperation.Syntax.SyntaxTree;
            if (facts.IsArchitectureCode(root.Symbol, tree) || facts.IsUnpublished(root.Symbol, tree))
                return;

            var locks = new LockLookups(facts);
            if (new HandleAnalysis(root, bodyFacts, locks, summaries, budget).Analyze(body.CancellationToken))
                locks.Report(body);
        });
    }
}
