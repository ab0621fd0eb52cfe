namespace Legacy.Kernel;

/// <summary>How the faults of a process were answered.</summary>
internal sealed class FaultCounters
{
    /// <summary>With a fresh page.</summary>
    public int Zeroed { get; set; }

    /// <summary>With a copy of a page that others use too.</summary>
    public int Copied { get; set; }

    /// <summary>By letting the only user of a page write it.</summary>
    public int Reused { get; set; }

    /// <summary>With a page read back from swap.</summary>
    public int SwappedIn { get; set; }

    /// <summary>Not at all.</summary>
    public int Refused { get; set; }

    public override string ToString()
        => $"{Zeroed} zeroed, {Copied} copied, {Reused} reused, {SwappedIn} swapped in, {Refused} refused";
}
