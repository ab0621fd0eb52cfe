namespace PteGuard.Runtime.Tests;

public class X86_64Tests : ArchitectureContract<X86_64>
{
    // A table that only the kernel may use is none of a process.
    protected override Pmd<X86_64> Bad => new(0x20_0000 | X86.Present);
}
