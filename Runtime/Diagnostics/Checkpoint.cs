using System.Diagnostics;

namespace PteGuard;

/// <summary>
/// Places where a test may step in to make a race happen. In a release build of the runtime, the calls are not there.
/// </summary>
internal static class Checkpoint
{
    public const string Snapshot = "after the snapshot of the pmd";
    public const string Mapped = "between map and lock";
    public const string Allocated = "between allocating a table and installing it";
    public const string Sampled = "between reading an entry and locking its table";
    public const string Classified = "between looking at a pmd and locking it";
    public const string LowRead = "between the halves of a read";
    public const string HighRead = "between reading the high half and reading the low one again";
    public const string HighStored = "between the halves of a store";
    public const string LowCleared = "between the halves of a clear";
    public const string HeldUp = "while threads have interrupts off that are waited for";
    public const string HugeInvalid = "between invalidating a huge pmd and filling its table";
    public const string HugeSplit = "after splitting a huge page";
    public const string HugeCleared = "between emptying a huge pmd and dropping its page";
    public const string CollapseScanned = "between the scan of a collapse and its locks";
    public const string CollapseCounted = "between the last count of references by a collapse and the copying";
    public const string RetractScanned = "between the scan of a table and the locks it is retracted under";
    public const string GupSampled = "between reading an entry without a lock and taking a reference to its page";
    public const string ZapPaused = "between two passes over one table";
    public const string TablesFreed = "between freeing the tables of an address space and the end of it";

    public const string PageReady = "between allocating a page and installing it";
    public const string SeenEmpty = "between finding an entry empty and locking its table";
    public const string SwapRead = "between reading a page from swap and mapping it";
    public const string Chosen = "between choosing a page to swap out and locking its table";
    public const string HandlerNeeded = "between finding that a handler must be asked and queueing for it";
    public const string MoveSampled = "between reading two entries and locking their tables";
    public const string OneOfTwo = "between taking the first of two page-table locks and the second";
    public const string Migrating = "between the migration entry of a page and its new frame";
    public const string MigrationSeen = "between releasing the lock of a migration entry and waiting";
    public const string Sharing = "between deciding that fork shares a page and write-protecting it";

    [field: ThreadStatic]
    public static Action<string>? Handler { get; set; }

    [Conditional("DEBUG")]
    public static void Hit(string place) => Handler?.Invoke(place);
}
