using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Mappings;

/// <summary>What a walk through a body is made for.</summary>
internal interface IMappingObserver
{
    /// <summary>The state of what a parameter holds when the body begins; null: it is not followed.</summary>
    Acquisition? Given(IParameterSymbol parameter);

    /// <summary>The same of a pointer in a struct that a parameter, or <c>this</c>, carries.</summary>
    Acquisition? Given(IFieldSymbol field);

    /// <summary>Something happens to a handle, in one case that is true at the fixed point.</summary>
    void Saw(MappingEvent seen);

    /// <summary>Whether <see cref="Took"/> is to be called.</summary>
    bool SeesBranches { get; }

    /// <summary>A branch is taken in one case.</summary>
    void Took(ControlFlowBranch branch, Scene scene);

    /// <summary>The body is left in one case.</summary>
    void Left(Exit exit, Scene scene);
}
