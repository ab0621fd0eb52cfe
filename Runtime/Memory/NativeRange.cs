using System.Runtime.InteropServices;

namespace PteGuard;

/// <summary>Reserves ranges of addresses, and commits and decommits parts of them, as the operating system does it.</summary>
internal static partial class NativeRange
{
    /// <summary>Reserves <paramref name="bytes"/> of address space without memory behind it; 0 where the system refuses.</summary>
    public static nint Reserve(nuint bytes)
        => OperatingSystem.IsWindows() ? Windows.Reserve(bytes) : Unix.Reserve(bytes);

    /// <summary>Puts zeroed, writable memory behind a part of a reserved range.</summary>
    public static bool TryCommit(nint address, nuint bytes)
        => OperatingSystem.IsWindows() ? Windows.TryCommit(address, bytes) : Unix.TryCommit(address, bytes);

    /// <summary>Gives the memory back and keeps the addresses; what is committed there next reads as zero.</summary>
    public static void Decommit(nint address, nuint bytes)
    {
        bool done = OperatingSystem.IsWindows() ? Windows.Decommit(address, bytes) : Unix.Decommit(address, bytes);
        if (!done)
            throw new InvalidOperationException($"The operating system did not take back {bytes} bytes of physical memory (error {Marshal.GetLastPInvokeError()}).");
    }

    private static partial class Unix
    {
        private const int ProtNone = 0;
        private const int ProtReadWrite = 3;
        private const int MapPrivate = 0x02;
        private const int MapFixed = 0x10;
        private const nint Failed = -1;

        private static readonly bool IsLinux = OperatingSystem.IsLinux() || OperatingSystem.IsAndroid();
        private static readonly int Anonymous = IsLinux ? 0x20 : 0x1000;
        private static readonly int NoReserve = IsLinux ? 0x4000 : 0x40;

        public static nint Reserve(nuint bytes)
        {
            nint address = Map(0, bytes, ProtNone, MapPrivate | Anonymous | NoReserve, -1, 0);
            return address == Failed ? 0 : address;
        }

        public static bool TryCommit(nint address, nuint bytes) => Protect(address, bytes, ProtReadWrite) == 0;

        public static bool Decommit(nint address, nuint bytes)
            => Map(address, bytes, ProtNone, MapPrivate | MapFixed | Anonymous | NoReserve, -1, 0) == address;

        [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
        private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

        [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
        private static partial int Protect(nint address, nuint length, int protection);
    }

    private static partial class Windows
    {
        private const uint MemCommit = 0x1000;
        private const uint MemReserve = 0x2000;
        private const uint MemDecommit = 0x4000;
        private const uint PageNoAccess = 0x01;
        private const uint PageReadWrite = 0x04;

        public static nint Reserve(nuint bytes) => VirtualAlloc(0, bytes, MemReserve, PageNoAccess);

        public static bool TryCommit(nint address, nuint bytes)
            => VirtualAlloc(address, bytes, MemCommit, PageReadWrite) == address;

        public static bool Decommit(nint address, nuint bytes) => VirtualFree(address, bytes, MemDecommit);

        [LibraryImport("kernel32", SetLastError = true)]
        private static partial nint VirtualAlloc(nint address, nuint size, uint type, uint protection);

        [LibraryImport("kernel32", SetLastError = true)]
        [return: MarshalAs(UnmanagedType.Bool)]
        private static partial bool VirtualFree(nint address, nuint size, uint type);
    }
}
