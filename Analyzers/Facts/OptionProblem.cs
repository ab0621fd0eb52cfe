namespace PteGuard.Analyzers.Facts;

/// <summary>Why a key's value is not understood; the text completes "the key 'k' …".</summary>
internal readonly record struct OptionProblem(string Key, string Text);
