using System.Buffers.Binary;

namespace PteGuard.Runtime.Tests;

/// <summary>An x86 processor with CR0.WP and EFER.NXE set, and without SMEP, SMAP, protection keys and global pages; and how it gets from reset to a program.</summary>
public abstract class X86Guest : Guest
{
    public const string Binary = "qemu-system-x86_64";

    protected const ulong GdtRegister = 0x9000;
    protected const ulong IdtRegister = 0x9010;
    protected const ulong Gdt = 0x9100;
    protected const ulong Tss = 0x9200;
    protected const ulong Idt = 0xa000;
    protected const ulong Stack = 0xb000;
    protected const ulong Program = 0x1_0000;
    protected const ulong Stubs = 0x1_1000;
    protected const ulong UserPage = 0x1_2000;
    protected const ulong BootRoot = 0x2_0000;
    protected const ulong FirstTable = 0x2_1000;
    protected const int Vectors = 32;

    private const int Breakpoint = 3;
    private const int GeneralProtection = 13;
    private const int PageFault = 14;
    private const int PhysicalBits = 40;

    private readonly string _rom;

    protected X86Guest()
        : base(3L << 30)
        => _rom = Memory.FilePath + ".rom";

    // mov $physical / 8, %eax; int3
    public override ulong CodeAt(ulong physical) => 0x9090_cc00_0000_00b8 | (ValueOfCodeAt(physical) << 8);

    public override ulong ValueOfCodeAt(ulong physical) => physical >> 3;

    // Those above the width of a physical address are reserved. A large page made a table would be one outside of the arena.
    public override ulong FlippedBits(int shift, bool isLeaf)
        => ~(((1UL << PhysicalBits) - 1) & X86.PfnMask) & (shift == 30 && isLeaf ? ~X86.PageSize : ~0UL) | (shift > 30 ? 0 : InChunk);

    public override ulong ToKernel(int shift, ulong entry) => shift == X86.PageShift ? entry & ~X86.User : entry;

    public override bool Succeeded(in GuestAccess access) => access.Cause == Breakpoint;

    public override bool Reports(MmuFault fault, in GuestAccess access)
    {
        if (fault == MmuFault.NotCanonical)
            return access.Cause == GeneralProtection;
        ulong kind = ((access.Kind & MmuAccess.Write) != 0 ? 1UL << 1 : 0)
            | ((access.Kind & MmuAccess.User) != 0 ? 1UL << 2 : 0)
            | ((access.Kind & MmuAccess.Execute) != 0 ? 1UL << 4 : 0);
        ulong reason = fault switch
        {
            MmuFault.Protection => 1UL << 0,
            MmuFault.ReservedBit => 1UL << 3,
            _ => 0,
        };

        // With a reserved bit, the manual has P set too (SDM volume 3A, section 4.7); QEMU 7.2 leaves it clear.
        ulong detail = fault == MmuFault.ReservedBit ? access.Detail & ~X86.Present : access.Detail;
        return access.Cause == PageFault && detail == (kind | reason) && access.FaultAddress == access.Address;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            File.Delete(_rom);
    }

    protected void Start()
    {
        File.WriteAllBytes(_rom, MakeRom());
        Start(Binary, "pc", "-cpu", "max", "-bios", _rom);
    }

    /// <summary>Maps the first 2 MiB, page by page, since user code may use only one page.</summary>
    protected void LoadPageTable(ulong table)
    {
        for (ulong page = 0; page < 512; page++)
            Memory.Write(table + (page * sizeof(ulong)), (page << 12) | X86.Present | (page << 12 == UserPage ? X86.User : X86.Writable));
    }

    /// <summary>For each exception, code that pushes a zero where the processor pushed no error code, and the vector.</summary>
    protected void LoadStubs(int target)
    {
        for (int vector = 0; vector < Vectors; vector++)
        {
            ulong stub = StubOf(vector);
            bool hasErrorCode = vector is 8 or (>= 10 and <= 14) or 17 or 21;
            byte[] code = [hasErrorCode ? (byte)0x90 : (byte)0x6a, hasErrorCode ? (byte)0x90 : (byte)0, 0x6a, (byte)vector, 0xe9, 0, 0, 0, 0];
            BinaryPrimitives.WriteInt32LittleEndian(code.AsSpan(5), (int)Program + target - (int)(stub + (ulong)code.Length));
            Memory.Write(stub, code);
        }
    }

    protected static ulong StubOf(int vector) => Stubs + ((ulong)vector * 16);

    /// <summary>What is loaded into the register of a descriptor table.</summary>
    protected static byte[] DescriptorTable(ushort limit, ulong start)
    {
        byte[] bytes = new byte[10];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, limit);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(2), start);
        return bytes;
    }

    /// <summary>The reset vector, 16 bytes below 4 GiB, jumps to code that loads descriptors from here and leaves for memory.</summary>
    private static byte[] MakeRom()
    {
        byte[] rom = new byte[0x1_0000];
        ReadOnlySpan<byte> reset =
        [
            0xfa, // cli
            0x66, 0x2e, 0x0f, 0x01, 0x16, 0x20, 0xff, // lgdtl %cs:0xff20
            0x0f, 0x20, 0xc0, // mov %cr0,%eax
            0x0c, 0x01, // or $1,%al
            0x0f, 0x22, 0xc0, // mov %eax,%cr0
            0x66, 0xea, 0x00, 0x00, 0x01, 0x00, 0x08, 0x00, // ljmpl $8,$0x10000
        ];
        reset.CopyTo(rom.AsSpan(0xff00));
        DescriptorTable(0xff, Gdt).CopyTo(rom, 0xff20);
        ReadOnlySpan<byte> jump = [0xe9, 0x0d, 0xff]; // jmp 0xff00
        jump.CopyTo(rom.AsSpan(0xfff0));
        return rom;
    }
}
