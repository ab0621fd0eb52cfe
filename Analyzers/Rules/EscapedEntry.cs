using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Rules;

/// <summary>PTE0018: an entry leaves by reference for where its accesses cannot be seen.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class EscapedEntryAnalyzer : PteGuardAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.EscapedEntry);

    private protected override bool ShouldAnalyze(EntryFacts facts) => facts.KnowsEntries;

    private protected override void AnalyzeCompilation(CompilationStartAnalysisContext context, EntryFacts facts) =>
        EntryAccesses.Register(context, facts, static (block, access) =>
        {
            if (access.Kind == EntryAccessKind.Escape)
                block.ReportDiagnostic(Diagnostic.Create(Descriptors.EscapedEntry, access.Site.GetLocation(), SiteText.Of(access.Site), Advice(access)));
        });

    private static string Advice(EntryAccess access) => Departures.Argument(access)?.Parameter?.RefKind switch
    {
        RefKind.In or RefKind.RefReadOnlyParameter => access.Contract.Read is { } reader
            ? $"pass what {reader.Name} reads"
            : $"no reader is named for {SiteText.Name(access)}: {SiteText.HowToName(access, "Read", OptionKeys.ReadAccessor)}, and pass what it reads",
        RefKind.Out => access.Contract.Write is { } writer ? $"let a local be written, and store it with {writer.Name}" : "let a local be written, and store it",
        _ => "use a pointer, whose accesses are seen, or say with [EntryPointer] what receives it",
    };
}
