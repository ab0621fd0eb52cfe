using System.Runtime.CompilerServices;
using static PteGuard.RiscV64;

namespace PteGuard;

/// <summary>Access through a pointer. An entry of a Svnapot group is read as the page that it stands for, and changed as a page of its own.</summary>
internal unsafe partial interface IRiscV64<TSelf>
{
    private const ulong Marks = Accessed | Dirty;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Pte<TSelf> IArchitecture<TSelf>.PtepGet(Pte<TSelf>* ptep)
    {
        ulong pte = Cell.Load(ptep);
        return new(RiscV64Svnapot.IsNapot(pte) ? Gather(ptep, pte) : pte);
    }

    static Pte<TSelf> IArchitecture<TSelf>.PtepModify(Pte<TSelf>* ptep, Func<Pte<TSelf>, Pte<TSelf>> change)
    {
        ulong old = LoadPage(ptep);
        while (!Cell.TryReplace(ptep, ref old, change(new(old)).Value))
        {
        }

        return new(old);
    }

    static Pte<TSelf> IArchitecture<TSelf>.PtepGetAndClear(Mm<TSelf> mm, ulong address, Pte<TSelf>* ptep)
    {
        LoadPage(ptep);
        return new(Cell.Exchange(ptep, 0));
    }

    static void IArchitecture<TSelf>.PtepSetWrprotect(Mm<TSelf> mm, ulong address, Pte<TSelf>* ptep)
    {
        ulong old = LoadPage(ptep);
        while (!Cell.TryReplace(ptep, ref old, old & ~Writable))
        {
        }
    }

    static bool IArchitecture<TSelf>.PtepTestAndClearYoung(Vma<TSelf> vma, ulong address, Pte<TSelf>* ptep)
    {
        ulong old = LoadPage(ptep);
        while ((old & Accessed) != 0)
        {
            if (Cell.TryReplace(ptep, ref old, old & ~Accessed))
                return true;
        }

        return false;
    }

    /// <summary>
    /// Hardware that sets the marks may do so between the caller's look and here, so what it set is kept. The answer is always that
    /// there was a change: without Svvptc an entry that became more permissive may be seen only after a fence,
    /// and whoever is told so makes one.
    /// </summary>
    static bool IArchitecture<TSelf>.PtepSetAccessFlags(Vma<TSelf> vma, ulong address, Pte<TSelf>* ptep, Pte<TSelf> entry, bool dirty)
    {
        ulong old = LoadPage(ptep);
        while (!Cell.TryReplace(ptep, ref old, entry.Value | (old & Marks)))
        {
        }

        PageTable.FlushTlbFixSpuriousFault(vma, address, ptep);
        return true;
    }

    /// <summary>What an entry holds, once it stands for its page alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong LoadPage(Pte<TSelf>* ptep)
    {
        ulong pte = Cell.Load(ptep);
        if (!RiscV64Svnapot.IsNapot(pte))
            return pte;
        Unfold(ptep);
        return Cell.Load(ptep);
    }

    /// <summary>A processor may keep one translation for the group, so the marks of each entry count for all (Svnapot).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Gather(Pte<TSelf>* ptep, ulong pte)
    {
        ulong marks = 0;
        ulong* first = FirstOf(ptep);
        for (int i = 0; i < RiscV64Svnapot.Pages; i++)
        {
            ulong sibling = Cell.Load(first + i);
            marks |= RiscV64Svnapot.IsNapot(sibling) ? sibling & Marks : 0;
        }

        return RiscV64Svnapot.ToPage(pte, (int)((ulong*)ptep - first)) | marks;
    }

    /// <summary>
    /// Makes single pages of a group. Translations agree before, meanwhile and after, so nothing is flushed; hardware that
    /// is about to mark an entry finds it changed, and looks again.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Unfold(Pte<TSelf>* ptep)
    {
        ulong marks = 0;
        int unfolded = 0;
        ulong* first = FirstOf(ptep);
        for (int i = 0; i < RiscV64Svnapot.Pages; i++)
        {
            ulong old = Cell.Load(first + i);
            while (RiscV64Svnapot.IsNapot(old))
            {
                if (!Cell.TryReplace(first + i, ref old, RiscV64Svnapot.ToPage(old, i)))
                    continue;
                marks |= old & Marks;
                unfolded |= 1 << i;
                break;
            }
        }

        for (int i = 0; i < RiscV64Svnapot.Pages; i++)
        {
            ulong old = Cell.Load(first + i);
            while ((unfolded >> i & 1) != 0 && !Cell.TryReplace(first + i, ref old, old | marks))
            {
            }
        }
    }

    /// <summary>Groups are aligned in the table as in memory.</summary>
    private static ulong* FirstOf(Pte<TSelf>* ptep) => (ulong*)((nuint)ptep & ~(nuint)(RiscV64Svnapot.Pages * sizeof(ulong) - 1));
}
