using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Rules;

/// <summary>PTE0006: an entry that has a lockless reader is read locklessly without it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HandmadeLocklessReadAnalyzer : PteGuardAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.HandmadeLocklessRead);

    private protected override bool ShouldAnalyze(EntryFacts facts) => facts.KnowsEntries;

    private protected override void AnalyzeCompilation(CompilationStartAnalysisContext context, EntryFacts facts) =>
        EntryAccesses.Register(context, facts, static (block, access) =>
        {
            if (access is { Kind: EntryAccessKind.LocklessRead, Contract.ReadLockless: { } reader })
                block.ReportDiagnostic(Diagnostic.Create(Descriptors.HandmadeLocklessRead, access.Site.GetLocation(), SiteText.Of(access.Site), reader.Name));
        });
}
