using Legacy.Kernel;
using PteGuard;

namespace Legacy.Shadow;

/// <summary>Runs a process on shadow tables: fills them on demand from its own, and keeps the two in step.</summary>
internal sealed unsafe class ShadowMmu(Process process, ShadowTable table)
{
    public int Fills { get; private set; }

    public int Traps { get; private set; }

    /// <summary>One access by the process, as the processor makes it through the shadow.</summary>
    public bool Access(ulong address, bool write)
    {
        ShadowEntry* entry = table.Find(address);
        if (entry == null || !entry->Present)
        {
            if (!Fill(address, write))
                return false;
            entry = table.Find(address);
        }

        if (write && !entry->Writable && !Trap(address, entry))
            return false;

        // The processor's part.
        entry->Accessed = true;
        if (write)
            entry->Dirty = true;
        return true;
    }

    /// <summary>Makes the first write to each page of a range visible again.</summary>
    public int Rearm(ulong start, ulong end)
    {
        int armed = 0;
        for (ulong address = start; address < end; address += Layout.PageSize)
        {
            ShadowEntry* entry = table.Find(address);
            if (entry->Present && entry->Writable)
            {
                *entry = *entry with { Writable = false, Trapped = true };
                armed++;
            }
        }

        return armed;
    }

    /// <summary>Carries the processor's marks over to the process's own entries.</summary>
    public int Harvest(ulong start, ulong end)
    {
        int dirty = 0;
        for (ulong address = start; address < end; address += Layout.PageSize)
        {
            ShadowEntry* entry = table.Find(address);
            if (entry == null || !entry->Present)
                continue;

            if (entry->Dirty)
            {
                entry->Dirty = false;
                MarkDirty(address);
                dirty++;
            }

            (*entry).Accessed = false;
        }

        return dirty;
    }

    /// <summary>How many entries disagree with the process's own.</summary>
    public int Audit(ulong start, ulong end)
    {
        int wrong = 0;
        for (ulong address = start; address < end; address += Layout.PageSize)
        {
            ShadowEntry* entry = table.Find(address);
            if (entry == null)
                continue;

            Pte pte = process.Peek(address);
            bool agrees = *entry switch
            {
                { Present: false } => true,
                { Writable: true, Trapped: true } => false,
                var shadow when shadow.Frame != pte.Pfn => false,
                { Writable: true } or { Trapped: true } => pte.IsPresent && pte.IsWritable,
                _ => pte.IsPresent,
            };
            wrong += agrees ? 0 : 1;
        }

        return wrong;
    }

    private bool Fill(ulong address, bool write)
    {
        if (!process.Touch(address, write))
            return false;

        Pte pte = process.Peek(address);
        table.Insert(address, ShadowEntry.Of(pte));
        Fills++;
        return true;
    }

    private bool Trap(ulong address, ShadowEntry* entry)
    {
        Traps++;
        if (!entry->Trapped && !process.Touch(address, write: true))
            return false;

        if (entry->Trapped)
        {
            entry->Trapped = false;
            entry->Writable = true;
            MarkDirty(address);
        }
        else
        {
            *entry = ShadowEntry.Of(process.Peek(address));
        }

        return true;
    }

    private void MarkDirty(ulong address)
    {
        Pmd* pmd = process.FindPmd(address);
        PtLock ptl = PteLockptr(process.Mm, pmd);
        Pte* ptep = PteOffsetMap(pmd, address);
        ptl.Enter();
        *ptep = (*ptep).MkDirty();
        ptl.Exit();
        PteUnmap(ptep);
    }
}
