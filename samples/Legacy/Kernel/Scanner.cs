using System.Text;

namespace Legacy.Kernel;

/// <summary>Walks all tables of a process and says what it finds (<c>/proc/self/smaps</c>, <c>/proc/self/pagemap</c>).</summary>
internal sealed unsafe class Scanner(Process process)
{
    /// <summary>Counts the entries of a range.</summary>
    public Usage Measure(ulong start, ulong end)
    {
        Usage usage = new();
        ulong next;
        Pgd* pgd = PgdOffset(process.Mm, start);
        for (ulong address = start; address != end; address = next, pgd++)
        {
            next = Layout.End(address, end, Layout.P4dSize);
            if (pgd->IsNone)
                continue;
            usage.Tables++;
            WalkPuds(PudOffset(P4dOffset(pgd, address), address), address, next, usage);
        }

        return usage;
    }

    /// <summary>One character for each page of a range.</summary>
    public string Picture(ulong start, ulong end)
    {
        StringBuilder picture = new();
        for (ulong next, address = start; address != end; address = next)
        {
            next = Layout.End(address, end, Layout.PmdSize);
            int count = (int)((next - address) / Layout.PageSize);
            Pmd* pmd = process.FindPmd(address);
            if (pmd == null || pmd->IsNone)
            {
                picture.Append('.', count);
                continue;
            }

            Pte* ptep = PteOffsetMap(pmd, address);
            for (int i = 0; i < count; i++)
                picture.Append(Symbol(ptep + i));
            PteUnmap(ptep);
        }

        return picture.ToString();
    }

    /// <summary>The entry of one address in words.</summary>
    public string Explain(ulong address)
    {
        Pmd* pmd = process.FindPmd(address);
        if (pmd == null || pmd->IsNone)
            return "no table";

        Pte* ptep = PteOffsetMap(pmd, address);
        string text;
        if (ptep->IsNone)
            text = "nothing";
        else if (!ptep->IsPresent)
            text = $"slot {ptep->ToSwpEntry().Offset} of swap area {ptep->ToSwpEntry().Type}";
        else if (ptep->IsWritable)
            text = $"a page of its own, {(ptep->IsDirty ? "written" : "not written")}";
        else
            text = $"a read-only page with {ptep->Page.RefCount} users";
        PteUnmap(ptep);
        return text;
    }

    private static void WalkPuds(Pud* pud, ulong address, ulong end, Usage usage)
    {
        for (ulong next; address != end; address = next, pud++)
        {
            next = Layout.End(address, end, Layout.PudSize);
            if (pud->IsNone || pud->IsBad)
                continue;
            usage.Tables++;
            WalkPmds(PmdOffset(pud, address), address, next, usage);
        }
    }

    private static void WalkPmds(Pmd* pmd, ulong address, ulong end, Usage usage)
    {
        for (ulong next; address != end; address = next, pmd++)
        {
            next = Layout.End(address, end, Layout.PmdSize);
            switch (*pmd)
            {
                case { IsNone: true }:
                    continue;
                case { IsTransHuge: true }:
                    usage.Huge++;
                    continue;
            }

            usage.Tables++;
            Pte* ptep = PteOffsetMap(pmd, address);
            for (Pte* last = ptep + (next - address) / Layout.PageSize; ptep < last; ptep++)
                usage.Add(*ptep);
            PteUnmap(ptep - 1);
        }
    }

    private static char Symbol(Pte* ptep) => *ptep switch
    {
        { IsNone: true } => '.',
        { IsPresent: false } => 's',
        { IsWritable: true, IsDirty: true } => 'W',
        { IsWritable: true } => 'w',
        { IsYoung: true } => 'r',
        _ => 'o',
    };
}
