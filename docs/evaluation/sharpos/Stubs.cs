// What the compiled files call, without bodies.

namespace OS.Hal
{
    internal enum LogLevel { Info, Warn }

    internal static class Log
    {
        public static void Begin(LogLevel level) { }

        public static void EndLine() { }

        public static void Write(LogLevel level, string text) { }
    }

    internal static class Console
    {
        public static void Write(string text) { }

        public static void WriteLine(string text) { }

        public static void WriteHex(ulong value, int digits = 0) { }

        public static void WriteULong(ulong value) { }

        public static void WriteUInt(uint value) { }
    }
}

namespace OS.Kernel
{
    internal static class PhysicalMemory
    {
        public static ulong AllocPage() => 0;
    }
}

namespace OS.Kernel.Util
{
    internal static unsafe class Memory
    {
        public static void MemCopy(void* to, void* from, uint size) { }
    }
}

namespace OS.Kernel.Exec
{
    internal static unsafe class JumpStub
    {
        public static void SetExecBuffer(void* buffer, uint size) { }
    }
}

namespace OS.Kernel.Paging
{
    internal static unsafe class Cr3Accessor
    {
        public static void SetExecBuffer(void* buffer, uint size) { }

        public static bool TryInitialize() => false;

        public static bool TryRead(out ulong value)
        {
            value = 0;
            return false;
        }

        public static bool TryWrite(ulong value) => false;
    }
}
