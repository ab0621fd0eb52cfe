namespace PteGuard.Agreement.Tests.Programs;

/// <summary>One random method over page tables.</summary>
internal sealed class PageProgram
{
    public const int Variables = 3;
    public const int Flags = 2;
    public const int Snapshots = 3;

    public PageProgram(long seed, List<Node> nodes, IReadOnlySet<int> startsNull)
    {
        Seed = seed;
        Nodes = nodes;
        StartsNull = startsNull;
        All = [.. nodes.SelectMany(node => node.WithAllInside())];
        for (int i = 0; i < All.Count; i++)
            All[i].Id = i;
    }

    public long Seed { get; }

    public List<Node> Nodes { get; }

    /// <summary>The variables that are null before anything is mapped; the others are not assigned.</summary>
    public IReadOnlySet<int> StartsNull { get; }

    /// <summary>Every statement, by its id.</summary>
    public IReadOnlyList<Node> All { get; }

    /// <summary>How many bits of the input it looks at.</summary>
    public int Bits => All.Select(node => node switch
    {
        { Kind: NodeKind.Loop, Test: null } or { Kind: NodeKind.Switch } => node.Number + 2,
        { Test: { Kind: TestKind.Bit or TestKind.MappedAndBit } test } => test.Number + 1,
        _ => 0,
    }).DefaultIfEmpty().Max();

    /// <summary>Whether what it does is seen only by looking into other methods, too.</summary>
    public bool IsInterprocedural => All.Any(node => node switch
    {
        { Kind: NodeKind.Map } => (Mapper)node.Number is Mapper.Helper or Mapper.LockingHelper,
        { Kind: NodeKind.Read } => (ReadForm)node.Number is ReadForm.Helper,
        { Kind: NodeKind.Unmap } => (UnmapForm)node.Number is not UnmapForm.Unmap,
        _ => node.Test?.Kind is TestKind.Helper,
    });
}
