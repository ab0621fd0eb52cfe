using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Flow;
using PteGuard.Analyzers.Mappings;

namespace PteGuard.Analyzers.Rules;

/// <summary>PTE0002: a mapped pointer is used on a path where it was not checked for null.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UncheckedMappingAnalyzer : PteGuardAnalyzer
{
    /// <summary>The property that holds the name of the variable to check; absent: the mapping is used where it is made.</summary>
    internal const string Variable = "Variable";

    /// <summary>The property that is there where the pointer is known to be null.</summary>
    internal const string IsNull = "IsNull";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.UncheckedMapping);

    private protected override bool ShouldAnalyze(EntryFacts facts) => facts.KnowsMappings;

    private protected override void AnalyzeCompilation(CompilationStartAnalysisContext context, EntryFacts facts) =>
        MappingTraces.Register(context, facts, static (block, trace) =>
        {
            var uses = trace.Of(MappingEventKind.Use, MappingEventKind.UseLock).Where(e => e.State.Nullness is Nullness.Maybe or Nullness.Null && e.Site.Operation is IInvocationOperation);

            // Of a use that some path reaches unchecked and another one with null, the former is the one to fix.
            foreach (var use in uses.GroupBy(e => (e.Syntax, e.Site)).Select(g => g.OrderBy(e => e.State.Nullness).First()))
                block.ReportDiagnostic(Diagnose(use, use.State.Nullness == Nullness.Null));
        });

    private static Diagnostic Diagnose(MappingEvent use, bool isNull)
    {
        var call = (IInvocationOperation)use.Site.Operation!;
        var used = use.Operand!;
        var variable = BodyFacts.Variable(Pointers.Unwrapped(used));
        var advice = variable is null ? used is IFieldReferenceOperation { Instance.Type: var holder } && Carriers.Is(holder) ? $"check '{SiteText.Of(used.Syntax)}' before using it"
                : "keep the pointer in a local and check that before using it"
            : Carriers.Is(used.Type) ? $"check the pointer in '{variable.Name}' before using it"
            : isNull ? $"it is known to be null where '{variable.Name}' is used"
            : use.Site.Acquisition!.Companion is not null && used.Type is not IPointerTypeSymbol ? "check the pointer before using its lock"
            : $"check '{variable.Name}' before using it";
        var properties = ImmutableDictionary<string, string?>.Empty;
        if (variable is not null)
            properties = properties.Add(Variable, variable.Name);

        if (isNull)
            properties = properties.Add(IsNull, null);

        return Diagnostic.Create(
            Descriptors.UncheckedMapping,
            use.Syntax.GetLocation(),
            [call.Syntax.GetLocation()],
            properties,
            call.TargetMethod.Name,
            advice);
    }
}
