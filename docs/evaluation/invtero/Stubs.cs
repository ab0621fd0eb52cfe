// What the compiled files call, without bodies.

using System;
using System.Collections.Generic;

namespace ProtoBuf
{
    internal enum ImplicitFields { AllPublic, AllFields }

    [AttributeUsage(AttributeTargets.All)]
    internal sealed class ProtoContractAttribute : Attribute
    {
        public ImplicitFields ImplicitFields { get; set; }

        public bool AsReferenceDefault { get; set; }
    }

    [AttributeUsage(AttributeTargets.All)]
    internal sealed class ProtoMemberAttribute(int tag) : Attribute
    {
        public int Tag { get; } = tag;
    }

    [AttributeUsage(AttributeTargets.All)]
    internal sealed class ProtoIgnoreAttribute : Attribute { }

    [AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
    internal sealed class ProtoIncludeAttribute(int tag, Type type) : Attribute
    {
        public int Tag { get; } = tag;

        public Type Type { get; } = type;
    }
}

namespace inVtero.net
{
    public class HashRec
    {
        public ulong Index;
        public byte[] FullHash;
        public ulong CompressedHash;
    }

    public class Vtero
    {
        public static bool AllowWrite;
        public static bool DiagOutput;
        public static bool VerboseOutput;
        public static int VerboseLevel;
        public string MemFile;
        public long FileSize;
    }

    internal class Scanner
    {
        public static IEnumerable<long> BackwardsValueScan(string file, ulong value) => [];
    }

    internal static class ProgressBarz
    {
        public static double Progress;

        public static void RenderConsoleProgress(params object[] what) { }
    }

    public class Vmcs
    {
        public long EPTP;
    }

    public class DetectedProc
    {
        public PageTable PT;
        public Mem MemAccess;
        public Dictionary<int, HARDWARE_ADDRESS_ENTRY> TopPageTablePage;
        public Vmcs vmcs;
        public long CR3Value;
    }
}

namespace inVtero.net.Specialties
{
    public class XEN { }

    public class VMWare { }

    public class CrashDump { }

    public class BasicRunDetector { }
}

namespace inVtero.net.Support
{
    internal class None { }
}

namespace inVtero.net.Hashing
{
    internal class None { }
}
