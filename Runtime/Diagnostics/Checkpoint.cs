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

    [field: ThreadStatic]
    public static Action<string>? Handler { get; set; }

    [Conditional("DEBUG")]
    public static void Hit(string place) => Handler?.Invoke(place);
}
