namespace PteGuard.Runtime.Tests;

/// <summary>x86-64, but with a page table deposited for device memory, too, as powerpc with hashed tables has it.</summary>
public readonly struct DepositingX86 : IX86<DepositingX86>, IArchitecture<DepositingX86>
{
    public static string Name => "x86-64 with a table deposited for every huge entry";

    public static int PageShift => X86_64.PageShift;

    public static int PmdShift => X86_64.PmdShift;

    public static int PudShift => X86_64.PudShift;

    public static int P4dShift => X86_64.P4dShift;

    public static int PgdShift => X86_64.PgdShift;

    public static int PtrsPerPte => X86_64.PtrsPerPte;

    public static int PtrsPerPmd => X86_64.PtrsPerPmd;

    public static int PtrsPerPud => X86_64.PtrsPerPud;

    public static int PtrsPerP4d => X86_64.PtrsPerP4d;

    public static int PtrsPerPgd => X86_64.PtrsPerPgd;

    public static ulong TaskSize => X86_64.TaskSize;

    public static bool NeedsPgtableDeposit => true;

    public static bool IsCanonical(ulong address) => X86_64.IsCanonical(address);
}
