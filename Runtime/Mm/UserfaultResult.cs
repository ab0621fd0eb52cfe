namespace PteGuard;

/// <summary>How something that a handler did about pages ended. Of several pages, those before the one that it ended at are done.</summary>
public enum UserfaultResult
{
    /// <summary>It is done, and who waited for it is woken.</summary>
    Succeeded,

    /// <summary>There is something mapped already, and it stays: somebody was faster. Whoever still waits is to be woken (<c>EEXIST</c>).</summary>
    Exists,

    /// <summary>The range is not, or not any more, registered for that with this object (<c>ENOENT</c>).</summary>
    NotRegistered,

    /// <summary>There is no page to move (<c>ENOENT</c>).</summary>
    NoSource,

    /// <summary>The page cannot be moved: it is shared, pinned, not counted, or on its way somewhere else (<c>EBUSY</c>).</summary>
    Busy,

    /// <summary>There is no memory for a page or a table (<c>ENOMEM</c>).</summary>
    NoMemory,
}
