namespace PteGuard.Analyzers.Tests;

/// <content>The forms that Roslyn 4.8 does not know.</content>
internal static partial class EntryAccessForms
{
#if NEWEST_ROSLYN
    /// <summary>Forms of C# 13 and 14, and of the framework since .NET 9, that the oldest compiler does not take.</summary>
    private static readonly string[] s_newest =
    [
        "bool b = {|R:p->IsLeaf|};",
        "bool b = {|R:p->IsLeafMethod|}();",
        "bool b = ({|R:*p|}).IsLeaf;",
        "{|E:p->ResetByRef|}();",
        "{|M:p->LeafByRef = true|};",
        "{|M:*p += 1|};",
        "{|M:p[i] += 1|};",
        "{|M:++*p|};",
        "{|M:(*p)++|};",
        "{|M:*p -= 1|};",
        "ParamsSpan({|R:*p|}, {|R:*q|});",
        "{|M:Interlocked.Exchange(ref *p, v)|};",
        "{|M:Interlocked.CompareExchange(ref *p, v, v)|};",
        "ref Pte r = ref *p; {|M:r += 1|};",
    ];
#else
    private static readonly string[] s_newest = [];
#endif
}
