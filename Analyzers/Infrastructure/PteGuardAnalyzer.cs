using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers;

/// <summary>
/// What all rules share: they run concurrently, see generated code, and register nothing in a
/// compilation that has nothing for them.
/// </summary>
public abstract class PteGuardAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public sealed override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();

        // Facts come from generated code too. Whether it is reported is an option: see EntryFacts.Reports.
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.RegisterCompilationStartAction(start =>
        {
            var facts = EntryFacts.For(start.Compilation, start.Options, start.CancellationToken);
            if (ShouldAnalyze(facts))
                AnalyzeCompilation(start, facts);
        });
    }

    private protected abstract bool ShouldAnalyze(EntryFacts facts);

    private protected abstract void AnalyzeCompilation(CompilationStartAnalysisContext context, EntryFacts facts);
}
