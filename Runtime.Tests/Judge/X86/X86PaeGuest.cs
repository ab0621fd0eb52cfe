namespace PteGuard.Runtime.Tests;

/// <summary>32-bit x86 with PAE.</summary>
public sealed class X86PaeGuest : X86Guest
{
    private const ulong PaeAndFxsr = (1UL << 5) | (1UL << 9);
    private const ulong Base = 3UL << 30;
    private const int RootShift = 30;

    public X86PaeGuest()
    {
        // The first 2 MiB, where they are, to turn paging on, and in the last GiB.
        Memory.Write(BootRoot, FirstTable | X86.Present);
        Memory.Write(ReservedEntry(BootRoot), FirstTable | X86.Present);
        Memory.Write(FirstTable, (FirstTable + 0x1000) | X86.Present | X86.Writable | X86.User);
        LoadPageTable(FirstTable + 0x1000);

        LoadDescriptors();
        Memory.Write(Program, X86PaeProgram.Code);
        Memory.Write(UserPage, X86PaeProgram.UserCode);
        LoadStubs(X86PaeProgram.Exception);
        Memory.Write(Parameters, [PaeAndFxsr, BootRoot]);
        Start();
    }

    public override bool HasHugePud => false;

    public override bool IsReserved(ulong address) => address >= Base;

    public override ulong ReservedEntry(ulong root) => root + ((Base >> RootShift) * sizeof(ulong));

    // A processor refuses to load an entry on top that has reserved bits set; QEMU 7.2 does not look at all of them.
    public override ulong FlippedBits(int shift, bool isLeaf)
        => shift == RootShift ? X86.Present | X86.WriteThrough | X86.CacheDisable | 0xe00 | InChunk : base.FlippedBits(shift, isLeaf);

    // QEMU 7.2 marks entries on top, which by the manual are not marked (SDM volume 3A, section 4.8).
    public override bool MayDiffer(int shift, ulong ours, ulong theirs) => shift == RootShift && theirs == (ours | X86.Accessed);

    protected override void PrepareRoot(ulong root) => Memory.Write(ReservedEntry(root), Memory.Read(ReservedEntry(BootRoot)));

    private void LoadDescriptors()
    {
        Memory.Write(GdtRegister, DescriptorTable(0xff, Base + Gdt));
        Memory.Write(IdtRegister, DescriptorTable((Vectors * 8) - 1, Base + Idt));
        const ulong tss = Base + Tss;
        Memory.Write(Gdt,
        [
            0,
            0x00cf_9a00_0000_ffff, // 0x08: code
            0x00cf_9200_0000_ffff, // 0x10: data
            0,
            0x00cf_f200_0000_ffff, // 0x20: data for user code
            0x00cf_fa00_0000_ffff, // 0x28: user code
            0x0000_8900_0000_0067 | ((tss & 0xff_ffff) << 16) | ((tss >> 24) << 56), // 0x30: the task
        ]);

        // The stack for exceptions in user code, and its segment.
        Memory.Write(Tss, [(Base + Stack) << 32, 0x10]);

        const ulong codeAndInterruptGate = (0x08UL << 16) | (0xeeUL << 40);
        for (int vector = 0; vector < Vectors; vector++)
        {
            ulong stub = Base + StubOf(vector);
            Memory.Write(Idt + ((ulong)vector * 8), (stub & 0xffff) | codeAndInterruptGate | (stub >> 16 << 48));
        }
    }
}
