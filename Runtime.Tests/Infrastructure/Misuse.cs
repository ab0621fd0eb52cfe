namespace PteGuard.Runtime.Tests;

/// <summary>Said by tests that break the contract on purpose, once they have: where it is checked, what was reported so far is forgotten.</summary>
internal static partial class Misuse
{
    public static void Done() => Forget();

    static partial void Forget();
}
