namespace PteGuard;

/// <summary>A fault that waits for a handler (<c>UFFD_EVENT_PAGEFAULT</c>).</summary>
/// <param name="Address">The first byte of the page, a virtual address.</param>
/// <param name="Mode">Why: one of the two.</param>
/// <param name="IsWrite">Whether the access was a write.</param>
public readonly record struct UserfaultEvent(ulong Address, UserfaultMode Mode, bool IsWrite);
