using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Flow;
using PteGuard.CodeFixes.Editing;
using PteGuard.CodeFixes.Mappings;

namespace PteGuard.CodeFixes.Leaks;

/// <summary>What ends one mapping at one place.</summary>
/// <param name="Pointer">The variable that holds it there.</param>
/// <param name="IsSure">Whether that is not null for certain.</param>
/// <param name="Statements">The statements that release it.</param>
internal sealed record MappingRelease(ISymbol Pointer, bool IsSure, ImmutableArray<string> Statements)
{
    /// <returns>Null if what is true on the branch does not allow one release, or it cannot be written there.</returns>
    public static MappingRelease? Of(Site mapping, ImmutableArray<MappingCase> cases, ReleasePlace place, FixContext context)
    {
        var mapped = cases.Where(c => c.Kind == MappingCaseKind.Mapped).ToList();
        if (mapped.Count == 0 || cases.Any(c => c.Kind is not (MappingCaseKind.Mapped or MappingCaseKind.Null)) || mapped.Any(c => c.IsLocked != mapped[0].IsLocked)
            || Choose(cases.Select(c => c.Pointers), place, context) is not { } pointer)
            return null;

        var calls = new ReleaseCalls(context);
        var mapper = (MapperFacts)mapping.Acquisition!.Tag!;
        var position = place.Position == ReleasePosition.Before ? place.Statement.SpanStart : place.Statement.Span.End;
        var statements = !mapped[0].IsLocked ? calls.Unmap(mapper, pointer, position)
            : Choose(mapped.Select(c => c.Locks), place, context) is { } held ? calls.UnmapAndUnlock(mapper, pointer, held, position)
            : null;

        // What a handler comes from may have failed before the variable was set.
        var isSure = cases.All(c => c.IsSure) && place.Statement.FirstAncestorOrSelf<CatchClauseSyntax>() is null;
        return statements is { } release ? new MappingRelease(pointer, isSure, release) : null;
    }

    /// <summary>The first declared of the variables that serve in every case.</summary>
    private static ISymbol? Choose(IEnumerable<ImmutableHashSet<ISymbol>> cases, ReleasePlace place, FixContext context) =>
        cases.Aggregate((some, others) => some.Intersect(others))
            .OrderBy(variable => variable.DeclaringSyntaxReferences.FirstOrDefault()?.Span.Start ?? 0)
            .FirstOrDefault(variable => IsVisible(variable, place, context) && IsAssigned(variable, place, context) && !PointerSteps.MayHaveMoved(variable, place.Statement, context.Model));

    private static bool IsVisible(ISymbol variable, ReleasePlace place, FixContext context)
    {
        var position = place.Position == ReleasePosition.Before ? place.Statement.SpanStart : place.Statement.Span.End;
        return context.Model.LookupSymbols(position, name: variable.Name).Contains(variable, SymbolEqualityComparer.Default);
    }

    /// <summary>Whether the compiler, too, knows that the variable has a value there.</summary>
    private static bool IsAssigned(ISymbol variable, ReleasePlace place, FixContext context)
    {
        if (variable is IParameterSymbol || variable.DeclaringSyntaxReferences is [var reference] && reference.GetSyntax(context.CancellationToken) is VariableDeclaratorSyntax { Initializer: not null })
            return true;

        return context.Model.AnalyzeDataFlow(place.Statement) is { Succeeded: true } flow
            && ((place.Position != ReleasePosition.After && flow.DefinitelyAssignedOnEntry.Contains(variable, SymbolEqualityComparer.Default))
                || (place.Position != ReleasePosition.Before && flow.DefinitelyAssignedOnExit.Contains(variable, SymbolEqualityComparer.Default)));
    }
}
