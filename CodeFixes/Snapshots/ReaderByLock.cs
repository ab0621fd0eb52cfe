using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Flow;
using PteGuard.Analyzers.Mappings;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>
/// The reader for walks that hold no lock, where an entry is read through a mapping whose lock is known not to be held;
/// the ordinary one everywhere else.
/// </summary>
internal sealed class ReaderByLock(FixContext context) : IReaderChoice
{
    private readonly Dictionary<IOperation, HashSet<SyntaxNode>> _unlocked = [];

    public Accessor? Choose(EntryAccess access) =>
        access.Contract.ReadLockless is not null && Unlocked(access).Contains(Pointers.AccessSyntax(access.Operation)) && LocklessReader.Instance.Choose(access) is { } lockless
            ? lockless
            : DeclaredReader.Instance.Choose(access);

    /// <summary>The uses in an access's body that no case reaches with the lock, or without knowing.</summary>
    private HashSet<SyntaxNode> Unlocked(EntryAccess access)
    {
        var root = access.Operation.Root();
        if (!_unlocked.TryGetValue(root, out var unlocked))
            _unlocked.Add(root, unlocked = [.. Uses(root, access.Site.SpanStart).GroupBy(use => use.Syntax).Where(cases => cases.All(use => use.State.IsUnlocked())).Select(cases => cases.Key)]);

        return unlocked;
    }

    private IEnumerable<MappingEvent> Uses(IOperation root, int position)
    {
        if (ControlFlow.GraphOf(root) is not { } graph || context.Model.EnclosingMember(position) is not { } owner)
            return [];

        return MappingTraces.For(context.Model.Compilation, context.Facts).Of(root, owner, () => graph, context.CancellationToken).SelectMany(trace => trace.Of(MappingEventKind.Use));
    }
}
