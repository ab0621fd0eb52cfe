using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Flow;

/// <summary>
/// What a handle analysis is about: which calls acquire handles and what happens to them. A rule
/// implements it, and keeps in a site's states whatever it must know about a handle.
/// </summary>
internal abstract class Protocol
{
    /// <summary>What a parameter holds when the body begins; null: nothing of interest.</summary>
    public virtual Acquisition? Given(IParameterSymbol parameter) => null;

    /// <summary>Whether the fields of structs that carry pointers are followed.</summary>
    public virtual bool SeesCarriers => false;

    /// <summary>What such a field of a parameter holds when the body begins; null: nothing of interest.</summary>
    public virtual Acquisition? Given(IFieldSymbol field) => null;

    /// <summary>What a call leaves in such structs; null: nobody can tell.</summary>
    public virtual CallOutcome? Outcome(IInvocationOperation call) => null;

    /// <summary>What a call acquires; null: nothing.</summary>
    public abstract Acquisition? Acquire(IInvocationOperation call);

    /// <summary>Called for each operation after its operands and before its own effect.</summary>
    public virtual void Observe(IOperation operation, Scene scene)
    {
    }

    /// <summary>The states of a new handle whose call had another one before.</summary>
    public virtual int Renew(SiteState before, int initial) => initial;

    /// <summary>Called when a call has acquired a handle.</summary>
    public virtual void Acquired(Site site, Scene scene)
    {
    }

    /// <summary>Called when what belongs to a new handle is in a field that nobody follows.</summary>
    public virtual void Hidden(Site site, Scene scene)
    {
    }

    /// <summary>Whether <see cref="Branch"/> is to be called.</summary>
    public virtual bool SeesBranches => false;

    /// <summary>Called for every branch that is taken at the fixed point, before what is in scope changes with it.</summary>
    public virtual void Branch(ControlFlowBranch branch, Scene scene)
    {
    }

    /// <summary>Called on every way to the exit, behind the finally blocks on it.</summary>
    public virtual void Return(Exit exit, Scene scene)
    {
    }

    /// <summary>Whether exceptions that nothing in the body catches count as ways out.</summary>
    public virtual bool SeesExceptions => false;

    /// <summary>Whether a call returns for certain, so that no handler sees what is true before it.</summary>
    public virtual bool IsSure(IInvocationOperation call) => false;

    /// <summary>Called where an exception leads to a handler, which sees what is left here.</summary>
    public virtual void Thrown(Scene scene)
    {
    }

    /// <summary>Called where an exception leaves the body.</summary>
    /// <param name="cause">What throws; null if a finally block has run since.</param>
    /// <param name="scene">What is true when it does.</param>
    public virtual void Unwind(IOperation? cause, Scene scene)
    {
    }

    /// <summary>Whether a handle still matters when no variable holds it.</summary>
    public virtual bool Keeps(Site site, SiteState state) => false;
}
