using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Access;

/// <summary>All operations of a body in the order of the source, listed once for all who go through them.</summary>
internal static class BodyOperations
{
    /// <summary>The operation and all below it; without recursion, since a sum may have ten thousand terms.</summary>
    public static IOperation[] Of(IOperation root)
    {
        var operations = new List<IOperation>(64);
        var waiting = new Stack<IOperation>();
        waiting.Push(root);
        while (waiting.Count > 0)
        {
            var operation = waiting.Pop();
            operations.Add(operation);
            foreach (var child in operation.ChildOperations.Reverse())
                waiting.Push(child);
        }

        return [.. operations];
    }
}
