namespace PteGuard;

/// <summary>What a handler is asked about. The values are Linux's (<c>UFFDIO_REGISTER_MODE_*</c>).</summary>
[Flags]
public enum UserfaultMode
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Accesses to pages that are not there (Linux 4.3).</summary>
    Missing = 0x1,

    /// <summary>Writes to pages that <see cref="Userfault{TArch}.WriteProtect"/> forbade (Linux 5.7).</summary>
    WriteProtect = 0x2,
}
