using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Snapshots;

namespace PteGuard.Analyzers.Rules;

/// <summary>PTE0005: an entry is read again where nothing can have changed it on purpose.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RepeatedEntryReadAnalyzer : PteGuardAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.RepeatedEntryRead);

    private protected override bool ShouldAnalyze(EntryFacts facts) => facts.KnowsEntries;

    private protected override void AnalyzeCompilation(CompilationStartAnalysisContext context, EntryFacts facts)
    {
        var readers = new ReaderCalls(facts);
        var repeats = new RepeatedReads(context.Compilation, facts);
        context.RegisterOperationBlockStartAction(start =>
        {
            var calls = new ConcurrentBag<IInvocationOperation>();
            start.RegisterOperationAction(
                operation =>
                {
                    if (readers.ReaderOf((IInvocationOperation)operation.Operation) is not null)
                        calls.Add((IInvocationOperation)operation.Operation);
                },
                OperationKind.Invocation);
            start.RegisterOperationBlockEndAction(end => Analyze(end, facts, repeats, calls));
        });
    }

    private static void Analyze(OperationBlockAnalysisContext context, EntryFacts facts, RepeatedReads repeats, ConcurrentBag<IInvocationOperation> calls)
    {
        IOperation? seen = null;
        foreach (var block in context.OperationBlocks)
        {
            // The initializer and the body of a constructor are two blocks of one body.
            var root = block.Root();
            if (root == seen || !facts.Reports(root.Syntax.SyntaxTree, context.IsGeneratedCode) || root.Syntax.ContainsErrors())
                continue;

            seen = root;
            var reads = repeats.ReadsOf(root, calls.Where(call => call.Root() == root), context.CancellationToken);
            foreach (var repeated in repeats.Find(reads, () => context.GetControlFlowGraph(block), context.OwningSymbol, context.CancellationToken))
                context.ReportDiagnostic(ReportOf(repeated));
        }
    }

    private static Diagnostic ReportOf(RepeatedRead repeated)
    {
        var first = repeated.Sources[0].Site;
        var advice = repeated.Holders.Count > 0
            ? $"use '{repeated.Holders.OrderBy(holder => holder.Name, StringComparer.Ordinal).First().Name}', which holds what was read"
            : "read it once, into a local";
        return Diagnostic.Create(
            Descriptors.RepeatedEntryRead,
            repeated.Read.Site.GetLocation(),
            repeated.Sources.Select(source => source.Site.GetLocation()),
            SiteText.Of(repeated.Read.Site),
            SiteText.Line(first),
            advice);
    }
}
