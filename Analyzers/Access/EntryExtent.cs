namespace PteGuard.Analyzers.Access;

/// <summary>How much of an entry one access covers, and as what.</summary>
internal enum EntryExtent
{
    /// <summary>The entry as what it is.</summary>
    Whole,

    /// <summary>All of its bits, by another name: its only field, or a <c>ulong</c> laid over it.</summary>
    Word,

    /// <summary>A part of it, or as much as a member chooses to touch.</summary>
    Part,
}
