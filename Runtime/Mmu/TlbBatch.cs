namespace PteGuard;

/// <summary>
/// Translations of a region to be dropped in one go, once many entries have changed: a flush costs the same for one
/// page and for a thousand. Until then accesses may still go by what was there before, so no page may be freed meanwhile.
/// </summary>
internal ref struct TlbBatch<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private readonly Vma<TArch> _vma;
    private ulong _start;
    private ulong _end;

    public TlbBatch(Vma<TArch> vma)
    {
        _vma = vma;
        _start = ulong.MaxValue;
    }

    public void Add(ulong start, ulong end)
    {
        _start = Math.Min(_start, start);
        _end = Math.Max(_end, end);
    }

    public readonly void Flush()
    {
        if (_end != 0)
            PageTable.FlushTlbRange(_vma, _start, _end);
    }
}
