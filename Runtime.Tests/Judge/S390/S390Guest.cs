using System.Buffers.Binary;

namespace PteGuard.Runtime.Tests;

/// <summary>A z/Architecture processor with instruction-execution protection; QEMU 7.2 emulates no enhanced DAT. User code is the problem state; storage keys are all 0.</summary>
public sealed class S390Guest : Guest
{
    public const string Binary = "qemu-system-s390x";

    private const ulong ProgramNewPsw = 0x1d0;
    private const ulong ExecutionProtection = 0x10_0000;
    private const ulong PswTranslate = 0x0400_0000_0000_0000;
    private const ulong PswSecondary = 0x0000_8000_0000_0000;
    private const ulong PswProblem = 0x0001_0000_0000_0000;
    private const ulong PswLong = 0x1_8000_0000;
    private const ulong RealSpace = 0x20;
    private const ulong PrivateSpace = 0x100;
    private const ulong OperationException = 1;

    private readonly string _image;

    public S390Guest()
        : base(4L << 30, isBigEndian: true)
    {
        // The image is put at 0, over what is in memory already, and names its entry point in a short PSW.
        byte[] image = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(image, 0x0008_0000_8000_0000 | S390Program.Start);
        _image = Memory.FilePath + ".image";
        File.WriteAllBytes(_image, image);

        Memory.Write(S390Program.Start, S390Program.Code);
        Memory.Write(ProgramNewPsw, PswLong);
        Memory.Write(ProgramNewPsw + 8, S390Program.Exception);
        Memory.Write(Parameters, ExecutionProtection);
        Memory.Write(Parameters + 8, RealSpace);
        for (ulong kind = 0; kind < 8; kind++)
        {
            var access = (MmuAccess)kind;
            bool isFetch = (access & MmuAccess.Execute) != 0;
            ulong mask = PswLong | PswTranslate | (isFetch ? 0 : PswSecondary) | ((access & MmuAccess.User) != 0 ? PswProblem : 0);
            Memory.Write(Parameters + 0x40 + (kind * 16), mask);
            Memory.Write(Parameters + 0x48 + (kind * 16), isFetch ? 0 : (access & MmuAccess.Write) != 0 ? S390Program.Store : S390Program.Load);
        }

        Start(Binary, "s390-ccw-virtio", "-cpu", "max", "-kernel", _image);
    }

    // llilf %r2, ...; an invalid operation
    public override ulong CodeAt(ulong physical) => 0xc02f_0000_0000_0000 | (ValueOfCodeAt(physical) << 16);

    public override ulong ValueOfCodeAt(ulong physical) => physical >> 3;

    // QEMU 7.2 has no enhanced DAT, so no large pages, and no protection by region entries.
    public override bool HasHugePmd => false;

    public override bool HasHugePud => false;

    public override ulong FlippedBits(int shift, bool isLeaf) => shift switch
    {
        S390.PageShift => 0xfff | InChunk,
        S390.SegmentShift => 0xfff & ~S390.Large,
        _ => 0xfff & ~(S390.Large | S390.Protect),
    };

    public override bool Succeeded(in GuestAccess access) => access.Cause == OperationException;

    public override bool Reports(MmuFault fault, in GuestAccess access)
    {
        const int protection = 0x04, addressing = 0x05, segment = 0x10, page = 0x11, specification = 0x12, type = 0x38, regionFirst = 0x39, regionThird = 0x3b;
        bool samePage = access.FaultAddress >> S390.PageShift == access.Address >> S390.PageShift;
        return fault switch
        {
            MmuFault.NotCanonical => access.Cause == type && samePage,
            MmuFault.NotPresent => access.Cause is segment or page or (>= regionFirst and <= regionThird) && samePage,
            MmuFault.Protection => access.Cause == protection && samePage,
            _ => access.Cause is specification or addressing,
        };
    }

    protected override ulong RootRegister(ulong root) => root | PrivateSpace | S390.TypeRegion2 | S390.TableLength;

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            File.Delete(_image);
    }
}
