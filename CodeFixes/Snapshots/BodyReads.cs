using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.Analyzers.Access;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>The reads of one body that fixes know how to rewrite, direct ones and the readers' calls.</summary>
internal static class BodyReads
{
    /// <param name="context">The document.</param>
    /// <param name="reads">Sees what can be rewritten.</param>
    /// <param name="root">The topmost operation of the body.</param>
    /// <param name="accesses">Its accesses.</param>
    public static ImmutableArray<EntryRead> Of(FixContext context, EntryReads reads, IOperation root, ImmutableArray<EntryAccess> accesses)
    {
        var found = accesses.Where(access => access.Kind == EntryAccessKind.Read).Select(reads.Of).OfType<EntryRead>().ToList();
        var places = new HashSet<SyntaxNode>(found.Select(read => read.Place));
        found.AddRange(root.Syntax.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>()
            .Select(call => reads.Of(call, context.Facts)).OfType<EntryRead>().Where(call => !places.Contains(call.Place)));
        return found.OrderBy(read => read.Place.SpanStart).ToImmutableArray();
    }
}
