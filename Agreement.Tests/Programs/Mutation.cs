namespace PteGuard.Agreement.Tests.Programs;

/// <summary>Mistakes that people make: a statement is missing, there twice or elsewhere, about another variable, or the other way round.</summary>
internal static class Mutation
{
    public static void Apply(List<Node> nodes, Random random)
    {
        List<(List<Node> List, int Index)> places = [.. Places(nodes)];
        if (places.Count == 0)
            return;
        (List<Node> list, int index) = places[random.Next(places.Count)];
        Node node = list[index];
        switch (random.Next(20))
        {
            case < 8:
                list.RemoveAt(index);
                if (node.Kind is NodeKind.If or NodeKind.Try && random.Next(2) == 0)
                    list.InsertRange(index, node.Body);
                break;
            case < 11:
                (List<Node> target, int at) = places[random.Next(places.Count)];
                target.Insert(at, node.Copy());
                break;
            case < 14:
                int to = random.Next(list.Count);
                list.RemoveAt(index);
                list.Insert(to, node);
                break;
            case < 16 when node.Test is { } test:
                node.Test = test with { Negated = !test.Negated };
                break;
            case 16:
                list.Insert(index, new(NodeKind.Wait));
                break;
            case 17 when node.A >= 0:
                int other = random.Next(PageProgram.Variables);
                if (other != node.A)
                    list.Insert(index, new(NodeKind.Swap) { A = node.A, B = other, Value = random.Next(2) == 0 });
                break;
            default:
                Confuse(node, random.Next(PageProgram.Variables), random);
                break;
        }
    }

    private static void Confuse(Node node, int variable, Random random)
    {
        if (node.Kind == NodeKind.UnmapUnlock && random.Next(2) == 0)
            node.B = variable;
        else if (node.A >= 0)
            node.A = variable;
        else if (node.Test is { Variable: >= 0 } test)
            node.Test = test with { Variable = variable };
    }

    private static IEnumerable<(List<Node> List, int Index)> Places(List<Node> nodes)
    {
        for (int i = 0; i < nodes.Count; i++)
        {
            yield return (nodes, i);
            foreach ((List<Node>, int) place in Places(nodes[i].Body).Concat(Places(nodes[i].Else)))
                yield return place;
        }
    }
}
