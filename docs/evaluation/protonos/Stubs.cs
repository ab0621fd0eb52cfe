// What the compiled files call, without bodies.

namespace ProtonOS.Platform
{
    internal static class DebugConsole
    {
        public static void Write(string text) { }

        public static void WriteLine(string text = "") { }

        public static void WriteHex(ulong value) { }

        public static void WriteDecimal(int value) { }
    }
}

namespace ProtonOS.Memory
{
    internal static class PageAllocator
    {
        public static bool IsInitialized => true;

        public static ulong AllocatePage() => 0;

        public static void FreePage(ulong page) { }
    }

    internal static unsafe class HeapAllocator
    {
        public static void* AllocZeroed(ulong size) => null;

        public static void Free(void* block) { }
    }
}

namespace ProtonOS.Threading
{
    public struct SpinLock
    {
        [PteGuard.AcquiresLock]
        public void Acquire() { }

        [PteGuard.ReleasesLock]
        public void Release() { }
    }
}

namespace ProtonOS.Process
{
    public struct Process
    {
        public ulong PageTableRoot;
    }
}

namespace ProtonOS.X64
{
    internal static class CPU
    {
        public static void WriteCr3(ulong value) { }

        public static void Invlpg(ulong address) { }

        public static void FlushTlb() { }
    }
}
