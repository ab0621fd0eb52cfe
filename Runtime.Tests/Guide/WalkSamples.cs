using static PteGuard.PageTable;

namespace PteGuard.Runtime.Tests;

/// <summary>The code of docs/guide/walks-and-dumps.md.</summary>
public static unsafe class WalkSamples
{
    #region idle
    /// <summary>Counts the pages that nobody touched since the last walk, and clears the mark.</summary>
    public sealed class IdlePages : PageWalker<X86_64>
    {
        public long Idle { get; private set; }

        protected override int PmdEntry(Pmd<X86_64>* pmdp, ulong addr, ulong nextAddr)
        {
            if (!PmdpGetLockless(pmdp).IsTransHuge)
                return 0;                               // a table: on to PteEntry

            PtLock pml = PmdLock(Mm, pmdp);
            if (!PmdpGet(pmdp).IsTransHuge)
                Action = WalkAction.Again;              // it was split meanwhile
            else if (!PmdpTestAndClearYoung(Vma!, addr, pmdp))
                Idle += (long)((nextAddr - addr) >> X86_64.PageShift);
            pml.Exit();
            return 0;
        }

        protected override int PteEntry(Pte<X86_64>* ptep, ulong addr, ulong nextAddr)
        {
            if (PtepGet(ptep).IsPresent && !PtepTestAndClearYoung(Vma!, addr, ptep))
                Idle++;
            return 0;                                   // anything else ends the walk
        }
    }

    public static long CountIdle(Mm<X86_64> mm)
    {
        var walker = new IdlePages();
        mm.MmapLock.EnterRead();
        try
        {
            walker.Walk(mm, 0, X86_64.TaskSize);
        }
        finally
        {
            mm.MmapLock.ExitRead();
        }

        return walker.Idle;
    }
    #endregion

    #region changed
    /// <summary>The pages of a region that were written since the last call.</summary>
    public static List<ulong> TakeWritten(Mm<X86_64> mm, ulong start, ulong length)
    {
        var entries = new PagemapEntry[length >> X86_64.PageShift];
        mm.Pagemap(start, entries);
        mm.ClearSoftDirty();

        List<ulong> written = [];
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i].IsSoftDirty)
                written.Add(start + ((ulong)i << X86_64.PageShift));
        }

        return written;
    }
    #endregion

    #region dump
    public static void Save(Mm<X86_64> mm, string directory)
    {
        PageTableDump dump = PageTableDump.Of(mm);
        using (StreamWriter text = File.CreateText(Path.Combine(directory, "tables.txt")))
            dump.ToText(text);
        using (FileStream json = File.Create(Path.Combine(directory, "tables.json")))
            dump.ToJson(json);
        using (StreamWriter picture = File.CreateText(Path.Combine(directory, "tables.svg")))
            dump.ToSvg(picture);
    }
    #endregion
}
