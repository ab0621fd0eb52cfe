// What the compiled files call, without bodies.

using System;

[AttributeUsage(AttributeTargets.All)]
internal sealed class NoHeapAllocationAttribute : Attribute { }

[AttributeUsage(AttributeTargets.All)]
internal sealed class AccessedByRuntimeAttribute(string why) : Attribute
{
    public string Why { get; } = why;
}

[AttributeUsage(AttributeTargets.All)]
internal sealed class StackBoundAttribute(int bytes = 0) : Attribute
{
    public int Bytes { get; } = bytes;
}

[AttributeUsage(AttributeTargets.All)]
internal sealed class InlineAttribute : Attribute { }

[AttributeUsage(AttributeTargets.All)]
internal sealed class NoCCtorAttribute : Attribute { }

namespace Microsoft.Singularity.Io
{
    internal class IoMemory
    {
        public UIntPtr VirtualAddress;
        public int Length;

        public static IoMemory AllocatePhysical(UIntPtr limit, uint bytes) => null;
    }
}

[AttributeUsage(AttributeTargets.All)]
internal sealed class NoStackLinkCheckTransAttribute : Attribute { }

namespace System.GCs
{
    public enum PageType { System }
}

namespace Microsoft.Singularity.Hal
{
    internal struct SMAPINFO
    {
        public enum AddressType { Free }

        public UIntPtr addr;
        public UIntPtr size;
        public AddressType type;
    }

    internal class Platform
    {
        public const uint KERNEL_BOUNDARY = 0x40000000;
        public const uint MAX_VIRTUAL_ADDR = 0xFFFF0000;
        public const uint UNCACHED_MAPPED = 0;
        public const uint UNCACHED_PHYSICAL = 0;
        public static UIntPtr IO_MEMORY_SIZE;
        public static Platform ThePlatform;
        public UIntPtr BootAllocatedMemory;
        public UIntPtr BootAllocatedMemorySize;
        public UIntPtr KernelDllBase;
        public UIntPtr KernelDllSize;
        public UIntPtr MiniDumpBase;
        public UIntPtr MiniDumpLimit;
        public UIntPtr PhysicalBase;
        public UIntPtr Smap32;
        public ulong Pdpt32;
        public ulong KernelPdpt64;
        public int SmapCount;
    }
}

namespace Microsoft.Singularity
{
    public class ProtectionDomain
    {
        public Memory.AddressSpace AddressSpace => default;

        public SmartSpinlock UserMappingLock;
    }

    public class Process { }

    public class SmartSpinlock
    {
        public SmartSpinlock(SpinLock.Types type) { }

        [PteGuard.AcquiresLock]
        public bool Lock() => false;

        [PteGuard.ReleasesLock]
        public void Unlock(bool enabled) { }
    }

    public struct SpinLock
    {
        public enum Types { VMManager, VMKernelMapping }

        public SpinLock(Types type) { }

        [PteGuard.AcquiresLock]
        public void Acquire() { }

        [PteGuard.AcquiresLock]
        public void Acquire(object owner) { }

        [PteGuard.ReleasesLock]
        public void Release() { }

        [PteGuard.ReleasesLock]
        public void Release(object owner) { }
    }

    internal static class DebugStub
    {
        public static void Assert(bool condition) { }

        public static void Assert(bool condition, string text) { }

        public static void Break() { }

        public static void WriteLine(string text) { }

        public static void WriteLine(string text, __arglist) { }
    }

    internal static class Kernel
    {
        public static void Panic(string text) { }
    }

    internal static class Tracing
    {
        public const int Debug = 0;

        public static void Log(int level, string text) { }

        public static void Log(int level, string text, UIntPtr value) { }

        public static void Log(int level, string text, UIntPtr first, UIntPtr second) { }
    }

    internal static class Processor
    {
        public static Memory.AddressSpace GetCurrentAddressSpace() => default;

        public static void ChangeAddressSpace(Memory.AddressSpace space) { }

        public static void EnablePaging(Memory.AddressSpace space) { }

        public static bool DisableInterrupts() => false;

        public static void RestoreInterrupts(bool enabled) { }

        public static bool InterruptsDisabled() => false;

        public static void InvalidateTLBEntry(UIntPtr address) { }
    }
}

namespace Microsoft.Singularity.Memory
{
    public class VirtualMemoryRange
    {
        public ProtectionDomain ParentDomain;

        public UIntPtr Reserve(UIntPtr pages, Process process, uint extra, System.GCs.PageType type) => 0;

        public void Unreserve(UIntPtr address, UIntPtr pages, Process process) { }
    }

    internal static class PhysicalPages
    {
        public static PhysicalAddress AllocPage() => default;

        public static int GetFreePageCount() => 0;
    }

    internal static class MemoryManager
    {
        public static class IOMemoryBase
        {
            public static UIntPtr Value;
        }

        public const uint PageSize = 4096;

        public static UIntPtr BytesFromPages(UIntPtr pages) => 0;

        public static UIntPtr BytesNotAligned(UIntPtr value, UIntPtr alignment) => 0;

        public static ulong BytesNotAligned(ulong value, ulong alignment) => 0;

        public static bool IsPageAligned(UIntPtr value) => false;

        public static bool IsPageAligned(ulong value) => false;

        public static UIntPtr Pad(UIntPtr value, UIntPtr alignment) => 0;

        public static UIntPtr PagePad(UIntPtr value) => 0;

        public static ulong PagePad(ulong value) => 0;

        public static UIntPtr Trunc(UIntPtr value, UIntPtr alignment) => 0;

        public static ulong Trunc(ulong value, ulong alignment) => 0;

        public static UIntPtr PagesFromBytes(UIntPtr bytes) => 0;
    }
}
