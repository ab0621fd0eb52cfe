using PteGuard.Agreement.Tests.Comparison;
using PteGuard.Agreement.Tests.Programs;

namespace PteGuard.Agreement.Tests.Running;

/// <summary>
/// Tells from the statements that a run executed what it did wrong. The null of a variable that was never mapped is no
/// mapping's, and a mapping that was made without a lock has none that a store could need.
/// </summary>
internal static class Origins
{
    public static bool Counts(PageProgram program, Run run, Violation violation)
    {
        if (violation.Rule is not (Rule.UncheckedMapping or Rule.UnlockedStore) || violation.After == 0)
            return true;

        var pointers = new Node?[PageProgram.Variables];
        var locks = new Node?[PageProgram.Variables];
        Node last = program.All[run.Trace[violation.After - 1]];
        foreach (int id in run.Trace[..(violation.After - 1)])
            Follow(program.All[id], pointers, locks);

        if (violation.Rule == Rule.UnlockedStore)
            return last.A >= 0 && pointers[last.A] is { } map && (Mapper)map.Number is not (Mapper.Plain or Mapper.Helper);
        return last.Kind switch
        {
            NodeKind.Enter or NodeKind.Exit => locks[last.A] is not null,
            NodeKind.UnmapUnlock => locks[last.B] is not null,
            NodeKind.If => last.Test is { Variable: >= 0 } test && pointers[test.Variable] is not null,
            _ => last.A >= 0 && pointers[last.A] is not null,
        };
    }

    private static void Follow(Node node, Node?[] pointers, Node?[] locks)
    {
        switch (node.Kind)
        {
            case NodeKind.Map:
                pointers[node.A] = node;
                if ((Mapper)node.Number is not (Mapper.Plain or Mapper.Helper))
                    locks[node.A] = node;
                break;
            case NodeKind.Alias:
                pointers[node.B] = pointers[node.A];
                break;
            case NodeKind.Swap:
                (pointers[node.A], pointers[node.B]) = (pointers[node.B], pointers[node.A]);
                if (node.Value)
                    (locks[node.A], locks[node.B]) = (locks[node.B], locks[node.A]);
                break;
        }
    }
}
