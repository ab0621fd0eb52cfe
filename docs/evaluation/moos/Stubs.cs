// What the compiled files call, without bodies.

namespace MOOS.Driver { internal static class None { } }


namespace MOOS.Misc
{
    internal static class Panic { public static void Error(string message) { } }
}

namespace MOOS
{
    using System.Collections.Generic;

    internal static unsafe class Native
    {
        public static void Stosb(void* to, byte value, ulong count) { }

        public static void WriteCR3(ulong value) { }

        public static void Invlpg(ulong address) { }

        public static void Hlt() { }

        public static void Nop() { }
    }

    internal static class Allocator { public static nint Allocate(ulong size) => 0; }

    internal static class ACPI { public static List<byte> LocalAPIC_CPUIDs; }

    internal static class LocalAPIC
    {
        public static uint GetId() => 0;

        public static void Initialize() { }

        public static void SendInit(uint id) { }

        public static void SendStartup(uint id, uint vector) { }
    }

    internal static class LocalAPICTimer { public static void StartTimer(ulong frequency, uint vector) { } }

    internal static class SSE { public static void enable_sse() { } }

    internal static class ThreadPool { public static void Initialize() { } }

    internal static class GDT
    {
        public struct GDTDescriptor { }

        public static GDTDescriptor gdtr;
    }

    internal static class IDT
    {
        public struct IDTDescriptor { }

        public static IDTDescriptor idtr;
    }

    internal static class Console { public static void WriteLine(string text) { } }
}
