using System.Runtime.CompilerServices;
using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>
/// One page fault, in the shape of Linux's: decide from what was read without a lock, then take the lock and go on
/// only if it is still so. Whoever finds that something changed leaves; the access faults again or succeeds.
/// </summary>
internal readonly unsafe ref partial struct PageFault<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private readonly Vma<TArch> _vma;
    private readonly Mm<TArch> _mm;
    private readonly ulong _addr;
    private readonly FaultFlags _flags;

    /// <summary>Where to leave what to wait for, once the mmap lock is released; a null reference: the caller cannot.</summary>
    private readonly ref FaultWaiter? _waiter;

    public PageFault(Vma<TArch> vma, ulong addr, FaultFlags flags)
        : this(vma, addr, flags, ref Unsafe.NullRef<FaultWaiter?>())
    {
    }

    public PageFault(Vma<TArch> vma, ulong addr, FaultFlags flags, ref FaultWaiter? waiter)
    {
        _waiter = ref waiter;
        _vma = vma;
        _mm = vma.Mm;
        _addr = addr & ~((1UL << TArch.PageShift) - 1);
        _flags = flags;
    }

    public Vma<TArch> Vma => _vma;

    /// <summary>Where, rounded down to a page.</summary>
    public ulong Address => _addr;

    public bool IsWrite => (_flags & FaultFlags.Write) != 0;

    [MayBlock]
    public VmFault Handle()
    {
        if (!IsAllowed())
            return VmFault.SigSegv;
        Pmd<TArch>* pmdp = PmdAllocWalk(_mm, _addr);
        if (pmdp is null)
            return VmFault.Oom;

        Pmd<TArch> pmd = PmdpGetLockless(pmdp);
        if (pmd.IsNone)
        {
            VmFault huge = HugeFault.Handle(this, pmdp);
            return huge == VmFault.Fallback ? Missing(pmdp, Pte<TArch>.None) : huge;
        }

        if (pmd.IsSwap)
            return NotPresent(pmdp, pmd);
        if (pmd.IsTransHuge)
            return HugePage.Fault(this, pmdp);
        return pmd.IsDevmap ? VmFault.SigBus : InTable(pmdp);
    }

    private bool IsAllowed()
    {
        VmFlags needed = IsWrite ? VmFlags.Write
            : (_flags & FaultFlags.Instruction) != 0 ? VmFlags.Exec
            : VmFlags.AccessFlags;
        return (_vma.Flags & needed) != 0;
    }

    private VmFault InTable(Pmd<TArch>* pmdp)
    {
        Pte<TArch>* ptep = PteOffsetMapNolock(_mm, pmdp, _addr, out PtLock ptl);
        if (ptep is null)
            return VmFault.None;
        Pte<TArch> seen = PtepGetLockless(ptep);
        if (seen.IsNone)
        {
            PteUnmap(ptep);
            return Missing(pmdp, seen);
        }

        // The entry was not empty, so if it is still the same, the table is still attached. One that is not present is
        // looked at again, too: where it is two words, they may have been read from two entries.
        Checkpoint.Hit(Checkpoint.Sampled);
        ptl.Enter();
        if (!PteSame(seen, PtepGet(ptep)))
        {
            PteUnmapUnlock(ptep, ptl);
            return VmFault.None;
        }

        if (seen.IsSwap && seen.ToSwpEntry().IsMigration)
            return AwaitMigration(ptep, ptl);
        if (!seen.IsPresent)
        {
            PteUnmapUnlock(ptep, ptl);
            return NotPresent(pmdp, seen);
        }

        if (AsksForWrite(seen))
        {
            PteUnmapUnlock(ptep, ptl);
            return Await(pmdp, UserfaultMode.WriteProtect);
        }

        if (IsWrite && !seen.IsWritable && !seen.IsProtNone && !CanReuse(seen))
            return CopyOnWrite(pmdp, ptep, ptl, seen);
        Upgrade(ptep, seen);

        // What gave access back that a hint had taken away may not have allowed the write yet: that is for the next fault.
        VmFault outcome = seen.IsProtNone ? VmFault.None : Outcome();
        PteUnmapUnlock(ptep, ptl);
        return outcome;
    }

    /// <summary>
    /// Whether trying the access again is of use, asked of hardware once everything was done and while the entry's lock is
    /// held: an entry may forbid what the region allows, and no fault will change that.
    /// </summary>
    public VmFault Outcome()
    {
        if ((_flags & FaultFlags.Tried) == 0)
            return VmFault.None;
        MmuAccess access = (IsWrite ? MmuAccess.Write : MmuAccess.Read)
            | ((_flags & FaultFlags.Instruction) != 0 ? MmuAccess.Execute : MmuAccess.Read)
            | ((_flags & FaultFlags.User) != 0 ? MmuAccess.User : MmuAccess.Read);
        return TArch.HardwareWalk(_mm.Pgd, _addr, access, out _) == MmuFault.None ? VmFault.None : VmFault.SigSegv;
    }

    /// <summary>Whether a page may be written where it is: it is shared on purpose, or nobody else has it.</summary>
    private bool CanReuse(Pte<TArch> pte)
        => (_vma.Flags & VmFlags.Shared) != 0 || (Zap.IsCounted(pte) && (pte.Page.IsAnonExclusive || pte.Page.RefCount == 1));

    /// <summary>Marks what hardware did not, and allows what the region allows. The lock is held, and the entry is as it was seen.</summary>
    private void Upgrade(Pte<TArch>* ptep, Pte<TArch> seen)
    {
        if (seen.IsProtNone)
        {
            // The region allows the access, so this is no protection.
            _mm.CountNumaHintFault();
            Pte<TArch> old = PtepModifyProtStart(_vma, _addr, ptep);
            PtepModifyProtCommit(_vma, _addr, ptep, old, WriteTracking.Guard(old.Modify(_vma.PageProt)).MkYoung());
            return;
        }

        Pte<TArch> entry = seen.MkYoung();
        if (IsWrite)
        {
            entry = entry.MkDirty().MkWrite();
            MarkExclusive(seen);
        }

        bool changed = PtepSetAccessFlags(_vma, _addr, ptep, entry, IsWrite);
        if (!changed && IsWrite)
            FlushTlbFixSpuriousFault(_vma, _addr, ptep);
    }

    /// <summary>There is no page; at most a marker in its place.</summary>
    private VmFault Missing(Pmd<TArch>* pmdp, Pte<TArch> seen)
    {
        if (_vma.Memory is not null)
            return SharedFault.Handle(this, pmdp);
        if ((_vma.Flags & VmFlags.PfnMap) != 0)
            return NoPage(pmdp);
        return AsksForMissing ? Await(pmdp, UserfaultMode.Missing) : Anonymous(pmdp, seen);
    }

    private VmFault Anonymous(Pmd<TArch>* pmdp, Pte<TArch> seen)
    {
        if (!PteAlloc(_mm, pmdp) || !_mm.Arena.TryAllocPage(out Page page, TArch.PageShift - PhysicalMemory.FrameShift))
            return VmFault.Oom;

        Pte<TArch> entry = MkPte(page, _vma.PageProt).MkYoung();
        if ((_vma.Flags & VmFlags.Write) != 0)
            entry = entry.MkWrite();
        if (IsWrite)
            entry = entry.MkDirty();
        entry = WriteTracking.OfNewPage(entry);

        // The mark of the place becomes that of the page, if there is still somebody to ask.
        if (!seen.IsNone && (_vma.Flags & VmFlags.UffdWp) != 0)
            entry = entry.MkUffdWp();

        MarkExclusive(entry);
        Checkpoint.Hit(Checkpoint.PageReady);
        bool installed = false;
        Pte<TArch>* ptep = PteOffsetMapLock(_mm, pmdp, _addr, out PtLock ptl);
        if (ptep is not null)
        {
            installed = (seen.IsNone ? PtepGet(ptep).IsNone : PteSame(seen, PtepGet(ptep))) || !Defence.Holds(Defence.RecheckEmpty);
            if (installed)
                SetPteAt(_mm, _addr, ptep, entry);
            PteUnmapUnlock(ptep, ptl);
        }

        if (!installed)
            page.Put();
        return VmFault.None;
    }

    /// <summary>Gives the address space a page of its own. Enters with the table mapped and locked, leaves with neither.</summary>
    private VmFault CopyOnWrite(Pmd<TArch>* pmdp, Pte<TArch>* ptep, PtLock ptl, Pte<TArch> seen)
    {
        if (!Zap.IsCounted(seen))
        {
            PteUnmapUnlock(ptep, ptl);
            return VmFault.SigBus;
        }

        Page original = seen.Page;
        original.Get();
        PteUnmapUnlock(ptep, ptl);
        if (!_mm.Arena.TryAllocPage(out Page copy, TArch.PageShift - PhysicalMemory.FrameShift))
        {
            original.Put();
            return VmFault.Oom;
        }

        Copy(original, copy);
        bool replaced = false;
        ptep = PteOffsetMapLock(_mm, pmdp, _addr, out ptl);
        if (ptep is not null)
        {
            replaced = PteSame(seen, PtepGet(ptep));
            if (replaced)
            {
                if (PtepClearFlush(_vma, _addr, ptep).IsDirty)
                    original.MarkDirty();
                copy.SetAnonExclusive();
                SetPteAt(_mm, _addr, ptep, MkPte(copy, _vma.PageProt).MkYoung().MkDirty().MkWrite());
            }

            PteUnmapUnlock(ptep, ptl);
        }

        original.Put();
        (replaced ? original : copy).Put();
        return VmFault.None;
    }

    /// <summary>Copies the contents of one of the architecture's pages.</summary>
    public static void Copy(Page from, Page to)
    {
        byte* source = KmapLocalPage<byte>(from);
        byte* target = KmapLocalPage<byte>(to);
        new ReadOnlySpan<byte>(source, 1 << TArch.PageShift).CopyTo(new Span<byte>(target, 1 << TArch.PageShift));
        KunmapLocal(target);
        KunmapLocal(source);
    }

    private VmFault NotPresent(Pmd<TArch>* pmdp, Pmd<TArch> seen)
    {
        PtLock pml = PmdLock(_mm, pmdp);
        bool same = PmdSame(seen, PmdpGet(pmdp));
        pml.Exit();
        if (!same)
            return VmFault.None;
        return seen.IsMigration ? VmFault.Retry : VmFault.SigBus;
    }
}
