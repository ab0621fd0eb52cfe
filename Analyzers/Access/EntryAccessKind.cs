namespace PteGuard.Analyzers.Access;

/// <summary>How code touches an entry through a pointer.</summary>
internal enum EntryAccessKind
{
    /// <summary>Only an address is computed, or the access is already right.</summary>
    None,

    /// <summary>The entry, or a part of it, is loaded.</summary>
    Read,

    /// <summary>The entry, or a part of it, is stored.</summary>
    Write,

    /// <summary>The entry is loaded, changed and stored back.</summary>
    ReadModifyWrite,

    /// <summary>The entry, or a part of it, is loaded with the order of a lockless walk, and its lockless reader is not used.</summary>
    LocklessRead,

    /// <summary>A reference to the entry leaves for where its accesses cannot be seen.</summary>
    Escape,
}
