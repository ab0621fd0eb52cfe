namespace PteGuard;

/// <summary>What a <see cref="PageWalker{TArch}"/> does after its class has looked at a pud or pmd entry.</summary>
public enum WalkAction
{
    /// <summary>Goes down to what the entry covers.</summary>
    SubTree,

    /// <summary>Goes on to the next entry; what this one covers is dealt with.</summary>
    Continue,

    /// <summary>Looks at the same entry anew: it changed, or its table could not be mapped.</summary>
    Again,
}
