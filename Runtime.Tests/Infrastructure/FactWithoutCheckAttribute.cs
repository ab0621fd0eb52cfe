namespace PteGuard.Runtime.Tests;

/// <summary>A test of what the runtime does not allocate, which means nothing while the contract is checked.</summary>
public sealed class FactWithoutCheckAttribute : FactAttribute
{
    public FactWithoutCheckAttribute()
    {
        if (ContractCheck.IsOn)
            Skip = "While the contract is checked, every map and lock records where it was made.";
    }
}
