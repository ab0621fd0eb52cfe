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
