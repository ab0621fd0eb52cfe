using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Snapshots;

/// <summary>What a call does to locks.</summary>
internal enum LockEffect
{
    None,
    Takes,
    Releases,

    /// <summary>It may do either, or let others run.</summary>
    Unknown,
}

/// <summary>Tells what calls may do to entries that have been read.</summary>
internal sealed class CallEffects(EntryFacts facts, QuietCalls quiet)
{
    private readonly ConcurrentDictionary<ITypeSymbol, bool> _locks = new(SymbolEqualityComparer.Default);

    /// <summary>Whether a call leaves alone what it is not given.</summary>
    public bool IsQuiet(IMethodSymbol method) => quiet.IsQuiet(method);

    /// <summary>Whether a call leaves locks and entries alone, as far as bodies show, whatever else it does.</summary>
    public bool KeepsLock(IMethodSymbol method) => !quiet.MayUnlockOrStore(method);

    /// <summary>Whether the method's own body shows that it does something, or it is the framework's and lets others run.</summary>
    public bool IsKnownLoud(IMethodSymbol method) => quiet.IsKnownLoud(method);

    /// <summary>Whether a type's members have nothing to do with but the entry that they are called on.</summary>
    public bool IsEntry(ITypeSymbol type, SyntaxTree tree) => facts.OfType(type, tree) is not null;

    public LockEffect OnLocks(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (EntryFacts.AcquiresLock(method))
            return LockEffect.Takes;

        if (EntryFacts.ReleasesLock(method) || facts.Unmapper(method)?.Unlock is not null)
            return LockEffect.Releases;

        if (facts.Mapper(method, call.Syntax.SyntaxTree) is { } mapper)
            return mapper.Locked ? LockEffect.Takes : LockEffect.Unknown;

        if (facts.Unmapper(method) is not null)
            return LockEffect.Unknown;

        if (!method.IsInSystem("Threading"))
            return LockEffect.None;

        return method.Name switch
        {
            "Enter" or "EnterScope" => LockEffect.Takes,
            "Exit" => LockEffect.Releases,
            _ => LockEffect.Unknown,
        };
    }

    /// <summary>Whether a callee that is given a value of the type can get at locks.</summary>
    public bool IsLock(ITypeSymbol type) => _locks.GetOrAdd(type, static type =>
        type.GetMembers().Any(member => member is IMethodSymbol method && (EntryFacts.AcquiresLock(method) || EntryFacts.ReleasesLock(method)))
        || (type.ContainingNamespace is { Name: "Threading", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } }));

    /// <summary>Whether a callee that is given the pointer may find any entry from it.</summary>
    public bool LeadsToEntries(ITypeSymbol pointer, SyntaxTree tree) => pointer is not IPointerTypeSymbol { PointedAtType: var pointee }
        || pointee.SpecialType is SpecialType.System_Void or SpecialType.System_UInt64 or SpecialType.System_UInt32 || facts.OfType(pointee, tree) is not null;

    /// <summary>Whether a store to something of a type may be one to the entry.</summary>
    public static bool MayBe(ITypeSymbol? stored, ITypeSymbol? entry)
    {
        if (stored is IPointerTypeSymbol or IFunctionPointerTypeSymbol or { IsReferenceType: true })
            return false;

        if (stored is null || entry is null || stored.SpecialType == SpecialType.None || SymbolEqualityComparer.Default.Equals(stored, entry))
            return true;

        return stored.SpecialType != SpecialType.System_Boolean && EntryLayout.SizeOf(stored) == EntryLayout.SizeOf(entry);
    }
}
