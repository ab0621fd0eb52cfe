using System.Runtime.CompilerServices;

namespace PteGuard;

/// <summary>
/// The translations that one processor keeps: direct-mapped, of single pages. It learns of flushes when it begins its next
/// access, so a flush waits for nobody who is idle.
/// </summary>
/// <remarks>
/// As hardware does, it keeps what was true when it looked: a change of an entry is not seen before a flush. What
/// kinds of access an entry forbade is kept, too, unless the architecture drops a translation that faulted; that is what
/// <see cref="PageTable.FlushTlbFixSpuriousFault"/> is for.
/// </remarks>
internal sealed unsafe class Tlb<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    /// <summary>What flushes more pages than this flushes all.</summary>
    private const ulong MostPages = 64;

    private const ulong NoPage = ulong.MaxValue;

    private readonly Mm<TArch> _mm;
    private readonly Processors _processors;
    private readonly Translation[] _translations;
    private readonly Translation* _first;
    private readonly ulong _mask;
    private long _seen;

    public Tlb(Mm<TArch> mm, int entries)
    {
        _mm = mm;
        _processors = mm.Processors;
        _translations = GC.AllocateUninitializedArray<Translation>(entries, pinned: true);
        _first = (Translation*)Unsafe.AsPointer(ref _translations[0]);
        _mask = (ulong)entries - 1;
        _seen = _processors.Generation;
        FlushAll();
    }

    /// <summary>Translates an address, walking the tables if need be. Only inside an access of the processor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public MmuFault Translate(ulong addr, MmuAccess access, out ulong physical)
    {
        if (_processors.Generation != _seen)
            CatchUp();
        Translation* translation = _first + ((addr >> TArch.PageShift) & _mask);
        ulong offset = addr & ((1UL << TArch.PageShift) - 1);
        if (translation->Page == addr - offset && (translation->Allowed >> (int)access & 1) != 0)
        {
            physical = translation->Physical | offset;
            return MmuFault.None;
        }

        return Miss(translation, addr, access, out physical);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private MmuFault Miss(Translation* translation, ulong addr, MmuAccess access, out ulong physical)
    {
        ulong page = addr & ~((1UL << TArch.PageShift) - 1);
        byte kind = (byte)(1 << (int)access);
        if (translation->Page == page && (translation->Denied & kind) != 0)
        {
            physical = 0;
            return MmuFault.Protection;
        }

        MmuFault fault = TArch.HardwareWalk(_mm.Pgd, addr, access, out physical);
        ulong frame = physical - (addr - page);
        if (fault == MmuFault.None)
        {
            if (translation->Page != page || translation->Physical != frame)
                *translation = new Translation { Page = page, Physical = frame };

            // What may be written may be read, on every architecture.
            translation->Allowed |= (byte)(kind | (1 << (int)(access & MmuAccess.User)));
        }
        else if (TArch.FaultDropsTranslation)
        {
            if (translation->Page == page)
                translation->Page = NoPage;
        }
        else if (fault == MmuFault.Protection && translation->Page == page)
        {
            translation->Denied |= kind;
        }

        return fault;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CatchUp()
    {
        if (!_processors.TryGetFlushesSince(ref _seen, out TlbFlush flush) || (flush.End - flush.Start) >> TArch.PageShift > MostPages)
        {
            FlushAll();
            return;
        }

        for (ulong page = flush.Start & ~((1UL << TArch.PageShift) - 1); page < flush.End; page += 1UL << TArch.PageShift)
        {
            Translation* translation = _first + ((page >> TArch.PageShift) & _mask);
            if (translation->Page == page)
                translation->Page = NoPage;
        }
    }

    private void FlushAll() => _translations.AsSpan().Fill(new Translation { Page = NoPage });

    private struct Translation
    {
        /// <summary>The virtual address of the page.</summary>
        public ulong Page;

        /// <summary>The physical address that it is translated to.</summary>
        public ulong Physical;

        /// <summary>A bit for each kind of access that the entries allowed, and left their marks for.</summary>
        public byte Allowed;

        /// <summary>A bit for each kind of access that they forbade.</summary>
        public byte Denied;
    }
}

/// <summary>A range of virtual addresses whose translations are dropped.</summary>
internal readonly record struct TlbFlush(ulong Start, ulong End);
