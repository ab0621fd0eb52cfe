namespace PteGuard.Runtime.Tests;

/// <summary>A test that means nothing while the contract is checked.</summary>
public sealed class FactWithoutCheckAttribute : FactAttribute
{
    public FactWithoutCheckAttribute(string reason = "While the contract is checked, every map and lock records where it was made.")
    {
        if (ContractCheck.IsOn)
            Skip = reason;
    }
}
