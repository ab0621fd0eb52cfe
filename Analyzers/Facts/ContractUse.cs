namespace PteGuard.Analyzers.Facts;

/// <summary>Which facts an assembly can state, as far as a cheap look can tell.</summary>
[Flags]
internal enum ContractUse
{
    None = 0,
    Entries = 1,
    Mappings = 2,
    Everything = Entries | Mappings,
}
