namespace PteGuard.Runtime.Tests;

/// <summary>What can be wrong with a <see cref="DefectivePae{TDefect}"/>.</summary>
internal interface IDefect
{
    static virtual bool ReadsOnce => false;

    static virtual bool DoesNotSync => false;

    static virtual bool DoesNotWaitInFlush => false;

    static virtual bool StoresLowFirst => false;

    static virtual bool ClearsHighFirst => false;

    static virtual bool WrprotectsByStore => false;
}

/// <summary>x86 with PAE and one defence taken out, to see that a test misses it.</summary>
internal readonly unsafe struct DefectivePae<TDefect> : IX86Pae<DefectivePae<TDefect>>, IArchitecture<DefectivePae<TDefect>>
    where TDefect : unmanaged, IDefect
{
    public static string Name => typeof(TDefect).Name;

    public static int PageShift => X86Pae.PageShift;

    public static int PmdShift => X86Pae.PmdShift;

    public static int PudShift => X86Pae.PudShift;

    public static int P4dShift => X86Pae.P4dShift;

    public static int PgdShift => X86Pae.PgdShift;

    public static int PtrsPerPte => X86Pae.PtrsPerPte;

    public static int PtrsPerPmd => X86Pae.PtrsPerPmd;

    public static int PtrsPerPud => X86Pae.PtrsPerPud;

    public static int PtrsPerP4d => X86Pae.PtrsPerP4d;

    public static int PtrsPerPgd => X86Pae.PtrsPerPgd;

    public static ulong TaskSize => X86Pae.TaskSize;

    public static bool IsCanonical(ulong address) => X86Pae.IsCanonical(address);

    public static bool FlushWaitsForIrqs => !TDefect.DoesNotWaitInFlush;

    public static void PmdpGetLocklessSync()
    {
        if (!TDefect.DoesNotSync)
            LocalIrq.Synchronize("A test");
    }

    public static Pmd<DefectivePae<TDefect>> PmdpGetLockless(Pmd<DefectivePae<TDefect>>* pmdp) => new(Read(pmdp));

    public static Pte<DefectivePae<TDefect>> PtepGetLockless(Pte<DefectivePae<TDefect>>* ptep) => new(Read(ptep));

    public static void SetPmd(Pmd<DefectivePae<TDefect>>* pmdp, Pmd<DefectivePae<TDefect>> pmd) => Store(pmdp, pmd.Value);

    public static void SetPte(Pte<DefectivePae<TDefect>>* ptep, Pte<DefectivePae<TDefect>> pte) => Store(ptep, pte.Value);

    public static void PmdClear(Pmd<DefectivePae<TDefect>>* pmdp)
    {
        if (!TDefect.ClearsHighFirst)
        {
            SplitCell.Clear(pmdp);
            return;
        }

        Volatile.Write(ref ((uint*)pmdp)[1], 0);
        Checkpoint.Hit(Checkpoint.LowCleared);
        Volatile.Write(ref *(uint*)pmdp, 0);
    }

    public static void PtepSetWrprotect(Mm<DefectivePae<TDefect>> mm, ulong address, Pte<DefectivePae<TDefect>>* ptep)
    {
        if (TDefect.WrprotectsByStore)
            SetPte(ptep, new Pte<DefectivePae<TDefect>>(SplitCell.Load(ptep)).Wrprotect());
        else
            SplitCell.ClearBits(ptep, (uint)X86.Writable);
    }

    private static ulong Read(void* entry) => TDefect.ReadsOnce ? SplitCell.Load(entry) : SplitCell.LoadLockless(entry);

    private static void Store(void* entry, ulong value)
    {
        if (!TDefect.StoresLowFirst)
        {
            SplitCell.Store(entry, value);
            return;
        }

        Volatile.Write(ref *(uint*)entry, (uint)value);
        Checkpoint.Hit(Checkpoint.HighStored);
        Volatile.Write(ref ((uint*)entry)[1], (uint)(value >> 32));
    }
}
