namespace PteGuard;

/// <summary>No physical memory is left: in an arena, in the reserved range, or in the operating system.</summary>
public sealed class ArenaExhaustedException : Exception
{
    /// <summary>Without further words.</summary>
    public ArenaExhaustedException()
        : base("No physical memory is left.")
    {
    }

    /// <summary>With a message that says what was asked for, and where.</summary>
    public ArenaExhaustedException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and the cause.</summary>
    public ArenaExhaustedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
