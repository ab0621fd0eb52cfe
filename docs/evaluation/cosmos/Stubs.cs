// What the compiled files call, without bodies.

namespace Cosmos.Kernel.Boot.Limine
{
    internal unsafe struct Hhdm
    {
        public ulong Offset;
    }

    internal unsafe struct HhdmRequest
    {
        public Hhdm* Response;
    }

    internal static class Limine
    {
        public static HhdmRequest HHDM;
    }
}

namespace Cosmos.Kernel.Core.IO
{
    internal static class Serial
    {
        public static void WriteString(string text) { }

        public static void WriteHex(ulong value) { }
    }
}

namespace Cosmos.Kernel.Core.Memory
{
    internal enum PageType { PageDirectory }

    internal static unsafe class PageAllocator
    {
        public static void* AllocPages(PageType type, ulong count, bool zero) => null;

        public static ulong VirtualToPhysical(ulong address) => 0;
    }
}

namespace Cosmos.Kernel.Core.X64.Bridge
{
    internal static class X64CpuNative
    {
        public static ulong ReadCr3() => 0;

        public static void InvalidatePage(ulong address) { }
    }
}
