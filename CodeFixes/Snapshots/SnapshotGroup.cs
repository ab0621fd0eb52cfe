using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>Reads of one entry that must agree, and where they get their value from.</summary>
/// <param name="Reads">In source order.</param>
/// <param name="Placement">Where the entry is read; null: nowhere can it be, so none of the reads has a fix.</param>
internal sealed record SnapshotGroup(ImmutableArray<EntryRead> Reads, SnapshotPlacement? Placement);

/// <summary>Where the one read of a group happens.</summary>
internal abstract record SnapshotPlacement
{
    private SnapshotPlacement()
    {
    }

    /// <summary>Each read where it stands: it is the only one.</summary>
    public sealed record InPlace : SnapshotPlacement
    {
        public static readonly InPlace Instance = new();
    }

    /// <summary>A local declared in front of a statement.</summary>
    public sealed record Before(StatementSyntax Statement) : SnapshotPlacement;

    /// <summary>A pattern variable in front of a condition: <c>Read(p) is var pte &amp;&amp; …</c>.</summary>
    public sealed record InCondition(ExpressionSyntax Condition) : SnapshotPlacement;

    /// <summary>A local that holds what the first read, where it stands, has given.</summary>
    public sealed record Reuse(ILocalSymbol Local) : SnapshotPlacement;
}
