namespace PteGuard.Analyzers.Facts;

/// <summary>The shape of an accessor, which decides what a fix can write.</summary>
internal enum AccessorForm
{
    /// <summary>Counts as the accessor (its body is exempt), but no fix can call it.</summary>
    Other,

    /// <summary><c>E Read(E*)</c></summary>
    Read,

    /// <summary><c>void Write(E*, E)</c></summary>
    Write,

    /// <summary><c>E Modify(E* p, E clear, E set)</c></summary>
    ModifyMasks,

    /// <summary><c>E Modify(E*, Func&lt;E, E&gt;)</c></summary>
    ModifyFunction,
}
