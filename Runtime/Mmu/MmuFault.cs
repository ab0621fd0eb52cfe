namespace PteGuard;

/// <summary>Why a memory management unit did not translate an address.</summary>
public enum MmuFault
{
    /// <summary>It did.</summary>
    None,

    /// <summary>An entry on the way is not present.</summary>
    NotPresent,

    /// <summary>The entries on the way forbid the access.</summary>
    Protection,

    /// <summary>An entry has bits set that hardware reserves.</summary>
    ReservedBit,

    /// <summary>The address is not one that hardware accepts.</summary>
    NotCanonical,
}
