namespace PteGuard;

/// <summary>An access through a <see cref="SoftMmu{TArch}"/> that a process would have got a signal for.</summary>
public sealed class MemoryFaultException : Exception
{
    /// <summary>Without further words.</summary>
    public MemoryFaultException()
        : base("Memory could not be accessed.")
    {
    }

    /// <summary>With a message.</summary>
    public MemoryFaultException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and the cause.</summary>
    public MemoryFaultException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An access that faulted.</summary>
    /// <param name="address">Where, in bytes.</param>
    /// <param name="fault">How the fault ended.</param>
    public MemoryFaultException(ulong address, VmFault fault)
        : base($"The memory at 0x{address:x} could not be accessed: {fault}.")
    {
        Address = address;
        Fault = fault;
    }

    /// <summary>The virtual address, in bytes.</summary>
    public ulong Address { get; }

    /// <summary>How the fault ended.</summary>
    public VmFault Fault { get; }
}
