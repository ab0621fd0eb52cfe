namespace PteGuard.Agreement.Tests.Programs;

internal enum NodeKind
{
    Map,
    Read,
    Write,
    Enter,
    Exit,
    Unmap,
    UnmapUnlock,
    Swap,
    Alias,
    Step,
    SetFlag,
    Snapshot,
    If,
    Switch,
    Loop,
    Try,
    Return,
    Goto,
    Label,
    Break,
    Continue,
    Wait,
    Observe,
}

internal enum Mapper
{
    Plain,
    Lock,
    Nolock,
    RwNolock,
    Helper,
    LockingHelper,
}

internal enum ReadForm
{
    Accessor,
    Lockless,
    Dereference,
    Member,
    Index,
    Span,
    Reference,
    Helper,
}

internal enum WriteForm
{
    SetPteAt,
    SetPte,
    GetAndClear,
    Store,
    RawStore,
    Modify,
    Carried,
    Span,
}

internal enum UnmapForm
{
    Unmap,
    Helper,
    AnnotatedHelper,
}

internal enum TestKind
{
    Bit,
    Null,
    Flag,
    Same,
    MappedAndBit,
    Helper,
}

/// <summary>A condition of a program. <paramref name="Variable"/> is a mapping's; <paramref name="Number"/> that of a bit, a flag or a snapshot.</summary>
internal sealed record Test(TestKind Kind, int Variable, int Number, bool Negated, int Spelling = 0);

/// <summary>A statement. What <see cref="A"/>, <see cref="B"/> and <see cref="Number"/> mean depends on its kind.</summary>
internal sealed record Node(NodeKind Kind)
{
    /// <summary>The mapping's variable that it is about.</summary>
    public int A { get; set; } = -1;

    /// <summary>A second one: the other of a swap, the target of an alias, the one whose lock is used.</summary>
    public int B { get; set; } = -1;

    /// <summary>The form, the label, the flag, the snapshot, the first bit of a loop's count or of what is switched on, or the result.</summary>
    public int Number { get; set; }

    public bool Value { get; set; }

    public Test? Test { get; set; }

    public List<Node> Body { get; set; } = [];

    public List<Node> Else { get; set; } = [];

    /// <summary>What a probe says when it is executed; given when a program is complete.</summary>
    public int Id { get; set; }

    public Node Copy() => this with { Body = [.. Body.Select(node => node.Copy())], Else = [.. Else.Select(node => node.Copy())] };

    public bool Mentions(int variable) => A == variable || B == variable || Test?.Variable == variable;

    public IEnumerable<Node> WithAllInside() => Body.Concat(Else).SelectMany(node => node.WithAllInside()).Prepend(this);
}
