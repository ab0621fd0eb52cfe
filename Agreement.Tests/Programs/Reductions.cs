namespace PteGuard.Agreement.Tests.Programs;

/// <summary>Every program that has one thing less than a given one.</summary>
internal static class Reductions
{
    public static List<PageProgram> Of(PageProgram program) =>
        [.. WithLess(program.Nodes).Where(nodes => nodes.Count != 0).Select(nodes => new PageProgram(program.Seed, [.. nodes.Select(node => node.Copy())], program.StartsNull))];

    private static IEnumerable<List<Node>> WithLess(List<Node> nodes)
    {
        for (int i = 0; i < nodes.Count; i++)
        {
            List<Node> before = nodes[..i], after = nodes[(i + 1)..];
            Node node = nodes[i];
            yield return [.. before, .. after];
            if (node.Body.Count != 0)
                yield return [.. before, .. node.Body, .. node.Else, .. after];
            foreach (List<Node> body in WithLess(node.Body))
                yield return [.. before, node with { Body = body }, .. after];
            foreach (List<Node> other in WithLess(node.Else))
                yield return [.. before, node with { Else = other }, .. after];
        }
    }
}
