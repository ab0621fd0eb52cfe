using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Rules;

/// <summary>PTE0004: an entry is stored to, or read, changed and stored back, directly through a pointer.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DirectEntryWriteAnalyzer : PteGuardAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.DirectEntryWrite);

    private protected override bool ShouldAnalyze(EntryFacts facts) => facts.KnowsEntries;

    private protected override void AnalyzeCompilation(CompilationStartAnalysisContext context, EntryFacts facts) =>
        EntryAccesses.Register(context, facts, static (block, access) =>
        {
            var (verb, advice) = access.Kind switch
            {
                EntryAccessKind.Write => ("writes", StoreAdvice(access)),
                EntryAccessKind.ReadModifyWrite when access.CarriedRead is { } read => ("modifies", CarriedAdvice(access, read)),
                EntryAccessKind.ReadModifyWrite => ("modifies", ModifyAdvice(access)),
                _ => (null, null),
            };

            if (verb is not null)
                block.ReportDiagnostic(Diagnostic.Create(Descriptors.DirectEntryWrite, access.Site.GetLocation(), SiteText.Of(access.Site), verb, advice));
        });

    private static string StoreAdvice(EntryAccess access) => access.Contract.Write is { } writer
        ? $"use {writer.Name}"
        : $"no writer is named for {SiteText.Name(access)}: {SiteText.HowToName(access, "Write", OptionKeys.WriteAccessor)}";

    private static string ModifyAdvice(EntryAccess access) => access.Contract.Modify is { } modifier
        ? $"use {modifier.Name}"
        : "a read followed by a store loses the accessed and dirty bits that hardware sets in between; use an atomic helper, or " + HowToModify(access);

    private static string CarriedAdvice(EntryAccess access, SyntaxNode read) =>
        $"what it stores was made of '{SiteText.Of(read)}' before, and what is written in between is lost; use "
        + (access.Contract.Modify is { } modifier ? modifier.Name : "an atomic helper, or " + HowToModify(access));

    private static string HowToModify(EntryAccess access) => SiteText.HowToName(access, "Modify", OptionKeys.ModifyAccessor);
}
