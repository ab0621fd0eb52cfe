namespace PteGuard.Runtime.Tests;

/// <summary>The code of docs/guide/emulator.md.</summary>
public static class EmulatorSamples
{
    #region machine
    public enum Op : ulong { Halt, Set, Add, Load, Store, JumpIfLess }

    /// <summary>24 bytes of the guest's memory.</summary>
    public readonly record struct Instruction(Op Op, ulong A, ulong B);

    /// <summary>A processor with four registers. All it knows of memory goes through its memory management unit.</summary>
    public sealed class Guest(SoftMmu<X86_64> mmu)
    {
        private readonly ulong[] _registers = new ulong[4];

        /// <summary>Runs from an address until the guest halts, or does what a process does not survive.</summary>
        public VmFault Run(ulong pc)
        {
            while (true)
            {
                VmFault fault = Fetch(pc, out Instruction instruction);
                if (fault != VmFault.None)
                    return fault;

                pc += 24;
                ref ulong a = ref _registers[instruction.A & 3];
                ulong b = _registers[instruction.B & 3];
                switch (instruction.Op)
                {
                    case Op.Halt:
                        return VmFault.None;
                    case Op.Set:
                        a = instruction.B;
                        break;
                    case Op.Add:
                        a += b;
                        break;
                    case Op.Load:
                        fault = mmu.Read(b, System.Runtime.InteropServices.MemoryMarshal.AsBytes(new Span<ulong>(ref a)));
                        break;
                    case Op.Store:
                        fault = mmu.Write(b, BitConverter.GetBytes(a));
                        break;
                    case Op.JumpIfLess when a < b:
                        pc = _registers[3];
                        break;
                }

                if (fault != VmFault.None)
                    return fault;
            }
        }

        /// <summary>Fetching is reading, but of memory that may be executed: asked first, as hardware does.</summary>
        private VmFault Fetch(ulong pc, out Instruction instruction)
        {
            instruction = default;
            FaultFlags flags = FaultFlags.User | FaultFlags.Instruction;
            while (mmu.Translate(pc, MmuAccess.User | MmuAccess.Execute, out _) != MmuFault.None)
            {
                VmFault outcome = mmu.Mm.Fault(pc, flags);
                if ((outcome & VmFault.Error) != 0)
                    return outcome;
                flags |= FaultFlags.Tried;
            }

            return mmu.Read(pc, System.Runtime.InteropServices.MemoryMarshal.AsBytes(new Span<Instruction>(ref instruction)));
        }
    }
    #endregion

    #region run
    /// <summary>Adds up the numbers from 0 to 999, through memory.</summary>
    public static ulong Sum()
    {
        const ulong code = 0x40_0000;
        const ulong data = 0x80_0000;
        Instruction[] program =
        [
            new(Op.Set, 3, code + (3 * 24)),     // where the loop begins
            new(Op.Set, 0, 0),                   // r0: the number
            new(Op.Set, 1, data),                // r1: where the sum is
            new(Op.Load, 2, 1),                  // loop: r2 = sum
            new(Op.Add, 2, 0),
            new(Op.Store, 2, 1),
            new(Op.Set, 2, 1),
            new(Op.Add, 0, 2),                   // r0 += 1
            new(Op.Set, 2, 1000),
            new(Op.JumpIfLess, 0, 2),
            new(Op.Halt, 0, 0),
        ];

        using var arena = new Arena(16 << 20);
        using var mm = new Mm<X86_64>(arena);
        using var mmu = new SoftMmu<X86_64>(mm);
        mm.Mmap(data, 1 << 20, VmFlags.Read | VmFlags.Write);
        mm.Mmap(code, 1 << 20, VmFlags.Read | VmFlags.Write);
        mmu.Write(code, System.Runtime.InteropServices.MemoryMarshal.AsBytes<Instruction>(program));
        mm.Mprotect(code, 1 << 20, VmFlags.Read | VmFlags.Exec);

        VmFault end = new Guest(mmu).Run(code);
        return end == VmFault.None ? mmu.Load<ulong>(data) : throw new MemoryFaultException(code, end);
    }
    #endregion
}
