using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers;

/// <summary>The registry: every rule's id, title, severity and help link stand here and nowhere else.</summary>
internal static class Descriptors
{
    private const string Category = "PageTables";

    public static readonly DiagnosticDescriptor DirectEntryRead = new(
        "PTE0001",
        "Page-table entry is read directly",
        "'{0}' reads a page-table entry directly; {1}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Hardware and other CPUs change an entry at any moment, and some architectures must compute it. " +
            "Read it once, through its reader, into a local.",
        helpLinkUri: HelpLink("PTE0001"));

    public static readonly DiagnosticDescriptor UncheckedMapping = new(
        "PTE0002",
        "Mapped page table is not checked for null",
        "'{0}' may have returned null: no page table may be there; {1}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A page table can be removed, or replaced by a huge page, before it is mapped. " +
            "Check what the mapper returned before using it.",
        helpLinkUri: HelpLink("PTE0002"));

    public static readonly DiagnosticDescriptor SeparateLockPointer = new(
        "PTE0003",
        "Page-table lock is looked up apart from the mapping it protects",
        "'{0}' may give the lock of another table than the one that is mapped; {1}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Between the map and the lookup the directory entry can change, and with it the lock. " +
            "Take the lock from the call that maps.",
        helpLinkUri: HelpLink("PTE0003"));

    public static readonly DiagnosticDescriptor DirectEntryWrite = new(
        "PTE0004",
        "Page-table entry is written directly",
        "'{0}' {1} a page-table entry directly; {2}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A plain store can tear, and a read followed by a store loses the accessed and dirty bits " +
            "that hardware sets in between. Write through the entry's writer, modify through its atomic modifier.",
        helpLinkUri: HelpLink("PTE0004"));

    public static readonly DiagnosticDescriptor RepeatedEntryRead = new(
        "PTE0005",
        "Page-table entry is read again where one read would do",
        "'{0}' reads again what line {1} has read, and nothing in between changes it on purpose; {2}",
        Category,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "Hardware and other CPUs change an entry at any moment, so two reads may disagree where one decision needs one answer. " +
            "Read it once, into a local.",
        helpLinkUri: HelpLink("PTE0005"));

    public static readonly DiagnosticDescriptor HandmadeLocklessRead = new(
        "PTE0006",
        "Page-table entry is read locklessly by hand",
        "'{0}' reads a page-table entry locklessly by hand; use {1}",
        Category,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "A volatile read, or a read and a barrier, is right only where the entry is one word. " +
            "The lockless reader knows how this entry is read whole, and in order, while others change it.",
        helpLinkUri: HelpLink("PTE0006"));

    public static readonly DiagnosticDescriptor EscapedEntry = new(
        "PTE0018",
        "Page-table entry escapes by reference",
        "'{0}' lets a page-table entry escape to where its accesses cannot be seen; {1}",
        Category,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "Whoever receives a reference or a span does not know that hardware and other CPUs change what is behind it. " +
            "Give a copy that the reader made, or a pointer.",
        helpLinkUri: HelpLink("PTE0018"));

    public static readonly DiagnosticDescriptor LeakedMapping = new(
        "PTE0007",
        "Mapped page table is not unmapped on every path",
        "'{0}' maps a page table that {1}; {2}",
        Category,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "The mapping keeps the table from being freed, and on some configurations holds one of a few slots. " +
            "Whatever way leads out of the code that mapped, it must unmap.",
        helpLinkUri: HelpLink("PTE0007"));

    public static readonly DiagnosticDescriptor UseAfterUnmap = new(
        "PTE0008",
        "Mapped page table is used after it was unmapped",
        "'{0}' uses a page table that was unmapped; {1}",
        Category,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "Once unmapped, the table may be freed and its memory hold something else.",
        helpLinkUri: HelpLink("PTE0008"));

    public static readonly DiagnosticDescriptor UnmapOrder = new(
        "PTE0009",
        "Mappings are not released last in, first out",
        "'{0}' is unmapped before '{1}', which was mapped later; unmap in the reverse order",
        Category,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "Local mappings are a stack. Ending one below the top ends another one where high memory is mapped on " +
            "demand.",
        helpLinkUri: HelpLink("PTE0009"));

    public static readonly DiagnosticDescriptor ForeignUnlock = new(
        "PTE0010",
        "Mapping is unlocked with a lock other than its own",
        "'{0}' is not the lock of this mapping; {1}",
        Category,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "Releasing another table's lock leaves this one locked and lets others into that one.",
        helpLinkUri: HelpLink("PTE0010"));

    public static readonly DiagnosticDescriptor UnlockedStore = new(
        "PTE0011",
        "Entry is stored to without its table's lock",
        "An entry is stored to through '{0}' while the lock of its table is not held; take {1} first",
        Category,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "A store without the lock overwrites what a holder of the lock has just decided.",
        helpLinkUri: HelpLink("PTE0011"));

    public static readonly DiagnosticDescriptor UnverifiedValue = new(
        "PTE0012",
        "Value from before the lock is used without comparing it again",
        "'{0}' was read before the lock was taken; compare it with the entry as it is now (PteSame, or PmdSame of the directory entry) before acting on it",
        Category,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "Until the lock is taken the table can change, or be detached. That the entry is still empty proves " +
            "nothing: a detached table is all empty.",
        helpLinkUri: HelpLink("PTE0012"));

    public static readonly DiagnosticDescriptor BlockingWhileMapped = new(
        "PTE0013",
        "Code may block while a page table is mapped or locked",
        "'{0}' may block while {1}; {2}",
        Category,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "A mapping is a read-side section of one thread, and a page-table lock is a spinlock: whoever waits inside " +
            "keeps tables from being freed, and others spinning.",
        helpLinkUri: HelpLink("PTE0013"));

    public static readonly DiagnosticDescriptor UnbalancedLock = new(
        "PTE0019",
        "Page-table lock is still held, or is released where it is not held",
        "{0}",
        Category,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "A page-table lock that is not released stops the next one who needs it; one that is released twice lets " +
            "two in.",
        helpLinkUri: HelpLink("PTE0019"));

    public static readonly DiagnosticDescriptor InvalidOption = new(
        "PTE9001",
        "pteguard key is unknown or has a wrong value",
        "The .editorconfig key '{0}' {1}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A key that is not understood is a rule that silently does not run.",
        helpLinkUri: HelpLink("PTE9001"));

    private static string HelpLink(string id) => $"https://github.com/pteguard/pteguard/blob/main/docs/rules/{id}.md";
}
