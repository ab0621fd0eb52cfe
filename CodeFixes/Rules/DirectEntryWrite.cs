using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using PteGuard.Analyzers;
using PteGuard.Analyzers.Access;
using PteGuard.CodeFixes.Editing;
using PteGuard.CodeFixes.Stores;

namespace PteGuard.CodeFixes.Rules;

/// <summary>PTE0004: stores an entry through its writer, changes it through its atomic modifier.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DirectEntryWriteFix))]
public sealed class DirectEntryWriteFix : PlannedFixProvider
{
    // One key for both: fixing all reports of a file means all of them.
    private const string Key = "WriteThroughAccessor";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(Descriptors.DirectEntryWrite.Id);

    private protected override IEnumerable<PlannedFix> Plan(FixContext context, ImmutableArray<Diagnostic> reports)
    {
        var stores = new EntryStores(context.Model);
        var masks = new MaskModifications(context.Model);
        var functions = new FunctionModifications(context.Model);
        foreach (var access in BodiesAt(context, reports).SelectMany(body => body.Accesses))
        {
            // A call that is made of some build's parts would be wrong in the other builds.
            if (Directives.Within(access.Site))
                continue;

            // A call of the writer would only hide that an update can be lost.
            if (access.CarriedRead is not null)
            {
                if (access.Copy is { } copy && access with { MergedReads = ImmutableArray.Create(copy) } is var merged && (masks.Of(merged) ?? functions.Of(merged)) is { } update)
                    yield return Fix(access, $"Modify through {access.Contract.Modify!.Name}", update);
            }
            else if (stores.Of(access) is { } store)
                yield return Fix(access, $"Write through {access.Contract.Write!.Name}", store);
            else if ((masks.Of(access) ?? functions.Of(access)) is { } change)
                yield return Fix(access, $"Modify through {access.Contract.Modify!.Name}", change);
        }
    }

    private static PlannedFix Fix(EntryAccess access, string title, Action<TreeEdits> apply) =>
        new(ImmutableArray.Create(access.Site.Span), title, Key, apply);
}
