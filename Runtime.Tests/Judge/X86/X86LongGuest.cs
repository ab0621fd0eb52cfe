namespace PteGuard.Runtime.Tests;

/// <summary>x86-64 with four levels, or with five (CR4.LA57).</summary>
public sealed class X86LongGuest : X86Guest
{
    private const ulong Table = X86.Present | X86.Writable | X86.User;
    private const ulong PaeAndFxsr = (1UL << 5) | (1UL << 9);
    private const ulong La57 = 1UL << 12;
    private const int RootEntries = 512;

    private readonly int _rootShift;

    public X86LongGuest(int levels)
    {
        _rootShift = 12 + (9 * (levels - 1));
        LoadTables(levels);
        LoadDescriptors();
        Memory.Write(Program, X86LongProgram.Code);
        Memory.Write(UserPage, X86LongProgram.UserCode);
        LoadStubs(X86LongProgram.Exception);
        Memory.Write(Parameters, [levels == 5 ? PaeAndFxsr | La57 : PaeAndFxsr, BootRoot, Base]);
        Start();
    }

    /// <summary>The guest's program lies at the start of the last slot of the root table.</summary>
    private ulong Base => ulong.MaxValue << _rootShift;

    public override bool IsReserved(ulong address) => ((address >> _rootShift) & (RootEntries - 1)) == RootEntries - 1;

    public override ulong ReservedEntry(ulong root) => root + ((RootEntries - 1) * sizeof(ulong));

    // QEMU 7.2 marks an entry at the level of the pud before it asks whether that maps memory, may be used and is well-formed.
    public override bool MayDiffer(int shift, ulong ours, ulong theirs)
        => shift == 30 && (ours & X86.PageSize) != 0 && theirs == (ours | X86.Accessed);

    protected override void PrepareRoot(ulong root) => Memory.Write(ReservedEntry(root), Memory.Read(ReservedEntry(BootRoot)));

    /// <summary>Tables that map the first 2 MiB twice: where they are, to turn paging on, and at <see cref="Base"/>.</summary>
    private void LoadTables(int levels)
    {
        ulong table = FirstTable;
        Memory.Write(BootRoot, table | Table);
        Memory.Write(ReservedEntry(BootRoot), table | Table);
        for (int level = 1; level < levels - 1; level++)
        {
            Memory.Write(table, (table + 0x1000) | Table);
            table += 0x1000;
        }

        LoadPageTable(table);
    }

    private void LoadDescriptors()
    {
        Memory.Write(GdtRegister, DescriptorTable(0xff, Base + Gdt));
        Memory.Write(IdtRegister, DescriptorTable((Vectors * 16) - 1, Base + Idt));
        ulong tss = Base + Tss;
        Memory.Write(Gdt,
        [
            0,
            0x00cf_9a00_0000_ffff, // 0x08: 32-bit code
            0x00cf_9200_0000_ffff, // 0x10: data
            0x00af_9a00_0000_ffff, // 0x18: 64-bit code
            0x00cf_f200_0000_ffff, // 0x20: data for user code
            0x00af_fa00_0000_ffff, // 0x28: 64-bit user code
            0x0000_8900_0000_0067 | ((tss & 0xff_ffff) << 16) | ((tss >> 24 & 0xff) << 56), // 0x30: the task
            tss >> 32,
        ]);

        // The stack for exceptions in user code is at offset 4 of the task.
        Memory.Write(Tss, [(Base + Stack) << 32, (Base + Stack) >> 32]);

        const ulong codeAndInterruptGate = (0x18UL << 16) | (0xeeUL << 40);
        for (int vector = 0; vector < Vectors; vector++)
        {
            ulong stub = Base + StubOf(vector);
            Memory.Write(Idt + ((ulong)vector * 16), [(stub & 0xffff) | codeAndInterruptGate | ((stub >> 16 & 0xffff) << 48), stub >> 32]);
        }
    }
}
