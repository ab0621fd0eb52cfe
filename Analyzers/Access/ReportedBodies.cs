using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Access;

/// <summary>Goes through all bodies of code that is reported, each once.</summary>
internal static class ReportedBodies
{
    /// <param name="context">The compilation.</param>
    /// <param name="facts">What it says about its page tables.</param>
    /// <param name="analyze">Called with the topmost operation of each body, and with the block that its control-flow graph is asked for by.</param>
    public static void Register(CompilationStartAnalysisContext context, EntryFacts facts, Action<OperationBlockAnalysisContext, IOperation, IOperation> analyze) =>
        context.RegisterOperationBlockAction(bodies =>
        {
            IOperation? seen = null;
            foreach (var block in bodies.OperationBlocks)
            {
                // The initializer and the body of a constructor are two blocks of one body.
                var root = block.Root();
                if (root == seen || !facts.Reports(root.Syntax.SyntaxTree, bodies.IsGeneratedCode))
                    continue;

                seen = root;
                analyze(bodies, root, block);
            }
        });
}
