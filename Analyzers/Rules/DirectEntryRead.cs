using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Rules;

/// <summary>PTE0001: an entry is read directly through a pointer.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DirectEntryReadAnalyzer : PteGuardAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.DirectEntryRead);

    private protected override bool ShouldAnalyze(EntryFacts facts) => facts.KnowsEntries;

    private protected override void AnalyzeCompilation(CompilationStartAnalysisContext context, EntryFacts facts) =>
        EntryAccesses.Register(context, facts, static (block, access) =>
        {
            if (access.Kind == EntryAccessKind.Read)
                block.ReportDiagnostic(Diagnostic.Create(Descriptors.DirectEntryRead, access.Site.GetLocation(), SiteText.Of(access.Site), Advice(access)));
        });

    private static string Advice(EntryAccess access) => access.Contract.Read is { } reader
        ? $"use {reader.Name}"
        : $"no reader is named for {SiteText.Name(access)}: {SiteText.HowToName(access, "Read", OptionKeys.ReadAccessor)}";
}
