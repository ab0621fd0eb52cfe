namespace PteGuard.Runtime.Tests;

/// <summary>The kernel's lockless walk of its own tables (<c>gup_fast</c>): a page that it pins is the page of its address, whatever the others do.</summary>
public unsafe class LocklessWalkTests
{
    private const ulong Addr = TestSpace.Start;
    private const ulong Tag = 0xc0de_0000;
    private const int Pages = 8;

    [Fact]
    public void A_pinned_page_is_the_right_one_with_entries_of_one_word()
    {
        using var space = new TestSpace();
        Walk(space.Mm);
    }

    [Fact]
    public void A_pinned_page_is_the_right_one_with_entries_of_two_words()
    {
        using var high = new HighArena();
        using (var mm = new Mm<X86Pae>(high.Arena))
            Walk(mm);
        PageTable.RcuBarrier();
        Assert.Equal(high.Arena.FrameCount, high.Arena.FreeFrames);
    }

    private static void Walk<TArch>(Mm<TArch> mm)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        mm.Mmap(Addr, TestSpace.Huge, TestSpace.ReadWrite);
        int pinned = 0;
        Func<bool> late = Threads.Deadline();

        void Pin(Func<bool> done)
        {
            for (ulong i = 0; !done(); i = (i + 1) % Pages)
            {
                if (!TryPin(mm, Addr + (i << 12), out Page page))
                    continue;
                ulong content = Volatile.Read(ref *(ulong*)page.Pointer);
                page.Put();
                Interlocked.Increment(ref pinned);
                Assert.True(content == 0 || content == Tag + i, $"page {i} holds 0x{content:x}");
            }
        }

        // What is read-only for the moment is not written; the next round may.
        void Write(Func<bool> done)
        {
            using var mmu = new SoftMmu<TArch>(mm);
            for (ulong i = 0; !done(); i = (i + 1) % Pages)
                mmu.Write(Addr + (i << 12), BitConverter.GetBytes(Tag + i));
        }

        void Change()
        {
            for (int round = 0; round < 600 || (Volatile.Read(ref pinned) < 100 && !late()); round++)
            {
                ulong page = Addr + ((ulong)(round % Pages) << 12);
                mm.MadviseDontNeed(page, TestSpace.Page);
                mm.Mprotect(page, TestSpace.Page, VmFlags.Read);
                mm.Mprotect(page, TestSpace.Page, TestSpace.ReadWrite);
                if (round % 20 != 0)
                    continue;
                mm.MadviseDontNeed(Addr, TestSpace.Huge);
                PageTable.TryReclaimPteTable(mm, PageTable.PmdAllocWalk(mm, Addr));
            }
        }

        Threads.RunUntil(Change, Write, Pin);
        Assert.True(pinned > 0, "pages were pinned meanwhile");
    }

    /// <summary>Reference first, then another look at both entries.</summary>
    private static bool TryPin<TArch>(Mm<TArch> mm, ulong addr, out Page page)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        page = default;
        PageTable.LocalIrqSave();
        try
        {
            Pmd<TArch>* pmdp = PageTable.MmFindPmd(mm, addr);
            if (pmdp is null)
                return false;
            Pte<TArch>* ptep = PageTable.__PteOffsetMap(pmdp, addr, out Pmd<TArch> pmd);
            if (ptep is null)
                return false;
            Pte<TArch> pte = PageTable.PtepGetLockless(ptep);
            bool got = pte is { IsPresent: true, IsSpecial: false } && pte.Page.TryGet();
            if (got && !(PageTable.PmdSame(pmd, PageTable.PmdpGetLockless(pmdp)) && PageTable.PteSame(pte, PageTable.PtepGetLockless(ptep))))
            {
                pte.Page.Put();
                got = false;
            }

            PageTable.PteUnmap(ptep);
            page = got ? pte.Page : default;
            return got;
        }
        finally
        {
            PageTable.LocalIrqRestore();
        }
    }
}
