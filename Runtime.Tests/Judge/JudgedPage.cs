namespace PteGuard.Runtime.Tests;

/// <summary>A page that the judged tables map.</summary>
/// <param name="Address">Its virtual address.</param>
/// <param name="Physical">Where it was mapped to at first.</param>
/// <param name="Entries">The entry of each level on the way, the root's first.</param>
public sealed record JudgedPage(ulong Address, ulong Physical, nint[] Entries);
