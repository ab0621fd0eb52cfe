using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Access;

/// <summary>All accesses to entries, found once a body for every rule, and by the same code for the fixes.</summary>
/// <remarks>Accesses that are allowed where they stand (exempt code, tables that nobody else sees) are not among them.</remarks>
internal static class EntryAccesses
{
    private static readonly ConditionalWeakTable<EntryFacts, Cache> s_caches = new();

    /// <summary>Calls <paramref name="report"/> for every access in code that is reported.</summary>
    public static void Register(CompilationStartAnalysisContext context, EntryFacts facts, Action<OperationBlockAnalysisContext, EntryAccess> report) =>
        ReportedBodies.Register(context, facts, (bodies, root, _) =>
        {
            foreach (var access in Of(root, facts, bodies.CancellationToken))
                report(bodies, access);
        });

    /// <summary>The topmost operation of the body around <paramref name="span"/>; null if there is no body.</summary>
    public static IOperation? BodyAt(SemanticModel model, TextSpan span, CancellationToken cancellationToken)
    {
        for (var node = model.SyntaxTree.GetRoot(cancellationToken).FindNode(span, getInnermostNodeForTie: true); node is not null; node = node.Parent)
        {
            if (model.GetOperation(node, cancellationToken) is { } operation)
                return operation.Root();
        }

        return null;
    }

    /// <summary>The accesses of one whole body: the topmost operation of a method, lambdas and local functions included.</summary>
    public static ImmutableArray<EntryAccess> Of(IOperation root, EntryFacts facts, CancellationToken cancellationToken)
    {
        var cache = CacheOf(facts);
        return cache.Accesses.Knows(root, out var known) ? known
            : cache.Accesses.Add(root, new BodyAccesses(root, facts, cache.Effects, new Departures(facts, root.Syntax.SyntaxTree)).Collect(OperationsOf(root, facts), cancellationToken));
    }

    /// <summary>The topmost operation of a body and all below it, in the order of the source.</summary>
    public static IOperation[] OperationsOf(IOperation root, EntryFacts facts)
    {
        var cache = CacheOf(facts);
        return cache.Operations.Knows(root, out var known) ? known : cache.Operations.Add(root, BodyOperations.Of(root));
    }

    private static Cache CacheOf(EntryFacts facts) => s_caches.TryGetValue(facts, out var known) ? known : s_caches.GetValue(facts, static _ => new Cache());

    private sealed class Cache
    {
        public MemberEffects Effects { get; } = new();

        public BodyCache<IOperation[]> Operations { get; } = new();

        public BodyCache<ImmutableArray<EntryAccess>> Accesses { get; } = new();
    }
}
