using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Flow;

/// <content>What a call's Boolean says about the handles in structs that it was given.</content>
internal sealed partial class Evaluator
{
    /// <summary>The site of a handle that a call has put into fields.</summary>
    public Site SiteOf(IInvocationOperation call, int index, CarriedAcquisition acquired) =>
        acquired.IsResult && SiteOf(call) is { Acquisition: not null } result ? result : sites.OfCarried(call, index, acquired.Acquisition);

    private Value? TestOfCarried(IInvocationOperation call, CarriedFields carried, World world)
    {
        if (protocol.Outcome(call) is not { } outcome)
            return null;

        for (var i = 0; i < outcome.Acquired.Length; i++)
        {
            if (outcome.Acquired[i] is { IsTied: true } acquired)
                return Known(new Value.Test(SiteOf(call, i, acquired), acquired.WhenTrue, acquired.WhenFalse), world);
        }

        foreach (var (slot, promise) in outcome.Promises)
        {
            if ((promise.WhenTrue, promise.WhenFalse) == default)
                continue;

            foreach (var (ordinal, _, holder) in carried.Given(call))
            {
                if (ordinal == slot.Ordinal && carried.Read(holder, slot.Field!, world) is Value.From { Aspect: Aspect.Handle } from && world[from.Site] is not null && IsTestable(from, world))
                    return Known(new Value.Test(from.Site, promise.WhenTrue, promise.WhenFalse), world);
            }
        }

        return null;
    }
}
