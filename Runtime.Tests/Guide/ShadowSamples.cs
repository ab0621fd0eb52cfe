using static PteGuard.PageTable;

namespace PteGuard.Runtime.Tests;

/// <summary>The code of docs/guide/shadow-paging.md.</summary>
public static unsafe class ShadowSamples
{
    #region shadow
    /// <summary>
    /// A guest's processor under a hypervisor. The guest writes tables of its own into its memory; hardware uses the shadow,
    /// which is filled from them on demand.
    /// </summary>
    public sealed class ShadowedGuest : IDisposable
    {
        private const int Order = 10;                          // 4 MiB of guest memory
        private readonly Page _ram;
        private readonly MemoryImage _guestMemory = new();
        private readonly Mm<X86_64> _shadow;
        private readonly SoftMmu<X86_64> _processor;
        private readonly Vma<X86_64> _all;
        private readonly HashSet<ulong> _tables = [];          // frames of the guest that hold tables, as far as known
        private readonly HashSet<ulong> _written = [];

        public ShadowedGuest(Arena arena)
        {
            _ram = arena.AllocPage(Order);
            _guestMemory.Add(0, _ram);
            _shadow = new Mm<X86_64>(arena);
            _processor = new SoftMmu<X86_64>(_shadow);
            _all = _shadow.Mmap(4096, 1UL << 40, VmFlags.Read | VmFlags.Write | VmFlags.Shared);
        }

        /// <summary>The guest's root register. To write it is to ask for another shadow.</summary>
        public ulong Cr3
        {
            get;
            set
            {
                field = value;
                Forget();
            }
        }

        /// <summary>The guest's memory, as its physical addresses have it: what a device would write to.</summary>
        public ref ulong Physical(ulong address) => ref *(ulong*)((byte*)_ram.Pointer + address);

        /// <summary>A load by the guest. False: a page fault, which is the guest's own to handle.</summary>
        public bool TryLoad(ulong addr, out ulong value)
        {
            value = 0;
            ulong physical;
            while (_processor.Translate(addr, MmuAccess.User, out physical) != MmuFault.None)
            {
                ImageTranslation guest = WalkGuest(addr);
                if (!guest.HasMemory)
                    return false;
                Fill(addr, guest, writable: false);
            }

            value = *(ulong*)PhysicalMemory.ToPointer(physical);
            return true;
        }

        /// <summary>A store by the guest. False: a page fault, which is the guest's own to handle.</summary>
        public bool TryStore(ulong addr, ulong value)
        {
            ulong physical;
            while (_processor.Translate(addr, MmuAccess.User | MmuAccess.Write, out physical) != MmuFault.None)
            {
                ImageTranslation guest = WalkGuest(addr);
                if (!guest.HasMemory || (guest.Attributes & PageAttributes.Write) == 0)
                    return false;
                if (_tables.Contains(guest.Physical >> 12))
                {
                    // A table of the guest: done in its place, and what was filled from it is no longer true.
                    Physical(guest.Physical) = value;
                    _written.Add(guest.Physical >> 12);
                    Forget();
                    return true;
                }

                Fill(addr, guest, writable: true);
            }

            *(ulong*)PhysicalMemory.ToPointer(physical) = value;
            return true;
        }

        /// <summary>The guest's frames that were written since the last call: what a migration still has to send.</summary>
        public IReadOnlyCollection<ulong> TakeDirtyLog()
        {
            var log = new DirtyLog(_ram.Frame, [.. _written]);
            _written.Clear();
            _shadow.MmapLock.EnterRead();
            try
            {
                log.Walk(_all);
            }
            finally
            {
                _shadow.MmapLock.ExitRead();
            }

            return log.Frames;
        }

        public void Dispose()
        {
            _processor.Dispose();
            _shadow.Dispose();
            _guestMemory.Dispose();
            _ram.Put();
        }

        /// <summary>Walks the guest's own tables. Every frame that the walk came through must not be written unseen from now on.</summary>
        private ImageTranslation WalkGuest(ulong addr)
        {
            Span<ulong> path = stackalloc ulong[5];
            ImageTranslation found = new ImageWalker<X86_64>(_guestMemory, Cr3).Translate(addr, path, out int depth);
            bool isNew = false;
            foreach (ulong entry in path[..depth])
                isNew |= _tables.Add(entry >> 12);
            if (isNew)
                Forget();                                      // one of them may be mapped writable somewhere
            return found;
        }

        private void Fill(ulong addr, ImageTranslation guest, bool writable)
        {
            VmFlags access = VmFlags.Read | VmFlags.Shared | (writable ? VmFlags.Write : VmFlags.None);
            Pgprot<X86_64> protection = Pgprot<X86_64>.Of(access);
            ulong frame = _ram.Frame + (guest.Physical >> 12);
            _shadow.MmapLock.EnterRead();
            Pte<X86_64>* ptep = GetLockedPte(_shadow, addr, out PtLock ptl);
            if (ptep is not null)
            {
                PtepClearFlush(_all, addr, ptep);              // read-only before, if anything: never dirty
                SetPteAt(_shadow, addr, ptep, PfnPte(frame, protection).MkSpecial());
                PteUnmapUnlock(ptep, ptl);
            }

            _shadow.MmapLock.ExitRead();
            if (ptep is null)
                throw new ArenaExhaustedException();
        }

        /// <summary>Empties the shadow. What was written through it stays in the log.</summary>
        private void Forget()
        {
            _written.UnionWith(TakeDirtyLog());
            _shadow.MadviseDontNeed(_all.Start, _all.End - _all.Start);
        }
    }
    #endregion

    #region log
    /// <summary>Takes the dirty marks out of the shadow.</summary>
    private sealed class DirtyLog(ulong firstFrame, HashSet<ulong> frames) : PageWalker<X86_64>
    {
        public HashSet<ulong> Frames => frames;

        protected override int PteEntry(Pte<X86_64>* ptep, ulong addr, ulong nextAddr)
        {
            Pte<X86_64> pte = PtepGet(ptep);
            if (!pte.IsPresent || !pte.IsDirty)
                return 0;
            frames.Add(pte.Pfn - firstFrame);
            Pte<X86_64> old = PtepModifyProtStart(Vma!, addr, ptep);     // no store is lost in between
            PtepModifyProtCommit(Vma!, addr, ptep, old, old.MkClean());
            return 0;
        }

        protected override void PteTableEnd(ulong addr, ulong nextAddr) => FlushTlbRange(Vma!, addr, nextAddr);
    }
    #endregion
}
