namespace Legacy.Kernel;

/// <summary>What a range of addresses takes.</summary>
internal sealed class Usage
{
    public int Present { get; private set; }

    public int Writable { get; private set; }

    public int Young { get; private set; }

    public int Dirty { get; private set; }

    public int Shared { get; private set; }

    public int Swapped { get; private set; }

    public int Huge { get; set; }

    public int Tables { get; set; }

    public void Add(Pte pte)
    {
        if (pte.IsNone)
            return;

        if (!pte.IsPresent)
        {
            Swapped++;
            return;
        }

        Present++;
        Writable += pte.IsWritable ? 1 : 0;
        Young += pte.IsYoung ? 1 : 0;
        Dirty += pte.IsDirty ? 1 : 0;
        Shared += pte.Page.RefCount > 1 ? 1 : 0;
    }

    public override string ToString()
        => $"{Present} present ({Writable} writable, {Young} young, {Dirty} dirty, {Shared} shared), {Swapped} swapped, {Tables} tables";
}
