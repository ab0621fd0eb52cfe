namespace PteGuard;

/// <summary>What a region is and allows. The values are Linux's.</summary>
[Flags]
public enum VmFlags : ulong
{
    /// <summary>A region that may not be accessed.</summary>
    None = 0,

    /// <summary>May be read.</summary>
    Read = 0x1,

    /// <summary>May be written.</summary>
    Write = 0x2,

    /// <summary>May be executed.</summary>
    Exec = 0x4,

    /// <summary>Shared with other address spaces: never copied on write.</summary>
    Shared = 0x8,

    /// <summary>May be made readable.</summary>
    MayRead = 0x10,

    /// <summary>May be made writable.</summary>
    MayWrite = 0x20,

    /// <summary>May be made executable.</summary>
    MayExec = 0x40,

    /// <summary>A handler of the program provides pages that are missing (<see cref="Mm{TArch}.UserfaultRegister"/>).</summary>
    UffdMissing = 0x200,

    /// <summary>Maps page frames that may have no descriptor, and are not counted.</summary>
    PfnMap = 0x400,

    /// <summary>Pages may be write-protected by userfaultfd, and a fork's child keeps the marks.</summary>
    UffdWp = 0x1000,

    /// <summary>Pages are locked in memory.</summary>
    Locked = 0x2000,

    /// <summary>Not copied by fork.</summary>
    DontCopy = 0x20000,

    /// <summary>May not grow by remapping.</summary>
    DontExpand = 0x40000,

    /// <summary>On x86: the region owns a reservation of a memory type for all of its frames (<c>VM_PAT</c>, which is <c>VM_ARCH_1</c>).</summary>
    Pat = 0x1000000,

    /// <summary>A fork's child finds zeroes here.</summary>
    WipeOnFork = 0x2000000,

    /// <summary>Changes are tracked by soft-dirty marks.</summary>
    SoftDirty = 0x8000000,

    /// <summary>Huge pages are wanted.</summary>
    HugePage = 0x20000000,

    /// <summary>Huge pages are not wanted.</summary>
    NoHugePage = 0x40000000,

    /// <summary>Reading, writing and executing.</summary>
    AccessFlags = Read | Write | Exec,
}
