namespace PteGuard.Runtime.Tests;

/// <summary>A test that needs an emulator of the processor, and is skipped, saying so, where none is installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EmulatorFactAttribute : FactAttribute
{
    public EmulatorFactAttribute(string binary)
    {
        Binary = binary;
        if (Emulator.Find(binary) is null)
            Skip = $"{binary} is not installed";
    }

    public string Binary { get; }
}
