namespace Legacy.Kernel;

/// <summary>A range of a process's addresses that is backed by memory, with what may be done there.</summary>
internal sealed record Region(string Name, ulong Start, ulong End, bool Writable)
{
    public int Pages => (int)((End - Start) / Layout.PageSize);

    public bool Contains(ulong address) => address >= Start && address < End;
}
