using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>One read of an entry that a fix can turn into a call of the reader, or that is one already.</summary>
/// <param name="Report">Where the report stands; null for a call of the reader, which is read along with others but not reported.</param>
/// <param name="Address">Where the entry is, as the code has it; for a call of the reader, the call and its argument.</param>
/// <param name="Pointer">Its value.</param>
/// <param name="Reader">The reader as it is called here.</param>
/// <param name="Word">The field that gives the value the type of the read: <c>Value</c> for <c>*(ulong*)p</c>; null: the entry itself does.</param>
internal sealed record EntryRead(
    TextSpan? Report,
    EntryAddress Address,
    PointerValue Pointer,
    AccessorCalls.Target Reader,
    IFieldSymbol? Word)
{
    /// <summary>Whether it is there to find out if the entry has changed, so that no earlier read can stand for it.</summary>
    public bool IsComparison { get; init; }

    /// <summary>Where the analysis sees it.</summary>
    public required TextSpan Site { get; init; }

    public ExpressionSyntax Place => Address.Place;

    public ITypeSymbol EntryType => Reader.Method.ReturnType;
}
