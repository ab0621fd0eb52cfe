namespace PteGuard;

/// <summary>
/// What keeps a race from ending wrong. A test takes a defence away, in its own thread, to show that the wrong outcome
/// then happens; in a release build of the runtime each question is the constant true, and nothing is left of it.
/// </summary>
internal static class Defence
{
    /// <summary>A map that locks reads the pmd again under the lock.</summary>
    public const string RecheckUnderLock = "recheck of the pmd under the lock";

    /// <summary>Who moves a whole table reads the entry again under its lock.</summary>
    public const string ReclassifyBeforeMove = "second look at a directory entry before it is moved";

    /// <summary>The lock that comes with a mapping is found from the snapshot that the mapping was made from.</summary>
    public const string LockFromSnapshot = "lock from the snapshot";

    /// <summary>A map gives null for a huge pmd.</summary>
    public const string MapRefusesHuge = "no mapping of a huge pmd";

    /// <summary>Who takes a reference without a lock looks again whether the entries are as they were.</summary>
    public const string RecheckAfterReference = "recheck of the entries after taking a reference";

    /// <summary>A collapse counts references after nobody can take one any more.</summary>
    public const string CountDetached = "count of references with the table detached";

    /// <summary>A huge pmd stays huge while it is split.</summary>
    public const string HugeWhileSplit = "huge bit kept while splitting";

    /// <summary>Only a present huge pmd is invalidated, not one whose page is on the move.</summary>
    public const string InvalidateOnlyPresent = "invalidation of present entries only";

    /// <summary>A table that was emptied in several passes is looked over again before it is detached.</summary>
    public const string RescanAfterPause = "rescan of a table whose lock was released";

    /// <summary>Who retracts a table looks at its entries under the locks that he detaches it under.</summary>
    public const string RescanUnderLocks = "rescan under the locks of the detaching";

    /// <summary>Who steps along a page's entries leaves the table, and its lock, where the table ends.</summary>
    public const string LeaveAtTableEnd = "leaving at the end of the table";

    /// <summary>Who is no user of an address space asks first whether it is going away.</summary>
    public const string AskIfExiting = "question whether the address space is going away";

    /// <summary>Who finds a pmd empty waits for the one who may have just emptied it.</summary>
    public const string WaitForZap = "waiting for the zap of a huge page";

    /// <summary>A fault installs its page only where the entry is still empty.</summary>
    public const string RecheckEmpty = "recheck that the entry is empty";

    /// <summary>An entry that was found empty is looked at again under the lock before that is held against anybody.</summary>
    public const string LookAgain = "second look at an empty entry";

    /// <summary>What came from swap is mapped only if the entry is the same down to its exclusive mark.</summary>
    public const string CompareExclusive = "comparison of the exclusive mark";

    /// <summary>A swap slot that is being read is not used for anything else.</summary>
    public const string PinSlot = "pin of the swap slot";

    /// <summary>Whether a page that goes to swap is exclusive is asked under the lock.</summary>
    public const string ExclusiveUnderLock = "exclusive mark read under the lock";

    /// <summary>Who pins a page without a lock gives it back if a fork was write-protecting meanwhile.</summary>
    public const string ProtectSequence = "sequence of write-protecting forks";

    /// <summary>Fork forbids writing in one step with what hardware does to the entry.</summary>
    public const string AtomicWrprotect = "atomic write protection";

    /// <summary>The copy of a region begins without the flag that says that it owns a reservation.</summary>
    public const string PatClearedFirst = "clearing of the flag of the reservation on a copied region";

    /// <summary>Who has queued for a handler looks again whether there is something to wait for.</summary>
    public const string RecheckQueued = "recheck of the entry once the fault is queued";

    /// <summary>Two page-table locks are taken in the order of their addresses.</summary>
    public const string LocksByAddress = "order of two locks by address";

    /// <summary>Who takes two page-table locks asks first whether they are one.</summary>
    public const string CompareLocks = "comparison of two locks";

    /// <summary>Who moves a page to where there is none looks at the pmd of that place again under the lock.</summary>
    public const string RecheckDestination = "recheck of the pmd that a page is moved under";

    /// <summary>Who moves a page looks again whether it is pinned once its entry is empty.</summary>
    public const string RetestPins = "second look at the pins of an unmapped page";

    /// <summary>Who waits for a page on the move queues before the lock of its entry is released.</summary>
    public const string QueueUnderLock = "queueing under the lock of the migration entry";

    /// <summary>Who waits for a page on the move has no table mapped.</summary>
    public const string UnmapToWait = "unmapping before waiting";

#if DEBUG
    [ThreadStatic]
    private static string? t_removed;

    /// <summary>Whether a defence was taken away from this thread, so that something will go wrong.</summary>
    public static bool IsAnyRemoved => t_removed is not null;

    public static bool Holds(string defence) => t_removed != defence;

    /// <summary>Takes one defence away from this thread until the result is disposed.</summary>
    public static Removal Remove(string defence)
    {
        var removal = new Removal(t_removed);
        t_removed = defence;
        return removal;
    }

    public readonly ref struct Removal(string? before)
    {
        public void Dispose() => t_removed = before;
    }
#else
    public static bool Holds(string defence) => true;
#endif
}
