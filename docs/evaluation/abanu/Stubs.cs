// What the compiled files call, without bodies.

global using Abanu.Kernel.Core.Memory;

namespace Mosa.Runtime
{
}

namespace Mosa.Runtime.x86
{
    internal static class Native
    {
        public static uint GetCR0() => 0;

        public static void SetCR0(uint value) { }

        public static uint GetCR4() => 0;

        public static void SetCR4(uint value) { }

        public static void SetCR3(uint value) { }

        public static ulong RdMSR(uint register) => 0;

        public static void WrMSR(uint register, ulong value) { }
    }
}

namespace Abanu.Kernel.Core.Boot
{
}

namespace Abanu.Kernel.Core
{
    using Abanu.Kernel.Core.Memory;

    public struct Addr
    {
        public static implicit operator Addr(uint value) => default;

        public static implicit operator uint(Addr value) => 0;

        public static Addr operator +(Addr left, uint right) => left;

        public static unsafe implicit operator Addr(void* value) => default;

        public static unsafe implicit operator void*(Addr value) => null;
    }

    public struct USize
    {
        public static implicit operator USize(uint value) => default;

        public static implicit operator uint(USize value) => 0;
    }

    public struct Page { }

    public unsafe interface IPageFrameAllocator
    {
        Page* GetPageByAddress(Addr address);

        Addr GetAddress(Page* page);

        Page* NextCompoundPage(Page* page);
    }

    internal static class KernelMessage
    {
        public static void Write(string text) { }

        public static void WriteLine(string format, params object[] arguments) { }
    }

    internal static class KConfig
    {
        public static bool UseKernelMemoryProtection;

        public static class Log
        {
            public static bool MemoryMapping;
        }
    }

    internal static class KMath
    {
        public static uint DivCeil(uint value, uint by) => 0;
    }

    internal static class MemoryOperation
    {
        public static void Clear4(uint address, uint size) { }
    }

    internal static class Assert
    {
        public static void True(bool condition, string message) { }
    }

    internal static class BitMask
    {
        public const uint Bit11 = 1u << 11;
    }

    internal static class Bits
    {
        public static bool IsBitSet(this uint value, byte bit) => false;

        public static uint SetBit(this uint value, byte bit, bool set) => 0;

        public static uint SetBits(this uint value, byte index, byte count, uint bits) => 0;

        public static uint SetBits(this uint value, byte index, byte count, uint bits, byte from) => 0;

        public static uint GetBits(this uint value, byte index, byte count) => 0;

        public static bool IsBitSet(this ulong value, byte bit) => false;

        public static ulong SetBit(this ulong value, byte bit, bool set) => 0;

        public static ulong SetBits(this ulong value, byte index, byte count, ulong bits) => 0;

        public static ulong SetBits(this ulong value, byte index, byte count, ulong bits, byte from) => 0;

        public static ulong GetBits(this ulong value, byte index, byte count) => 0;
    }
}

namespace Abanu.Kernel.Core.Memory
{
    public struct MemoryRegion
    {
        public bool Contains(uint address) => false;
    }

    public unsafe struct LinkedMemoryRegion
    {
        public MemoryRegion Region;
        public LinkedMemoryRegion* Next;
    }
}
