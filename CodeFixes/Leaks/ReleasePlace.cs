using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PteGuard.CodeFixes.Leaks;

internal enum ReleasePosition
{
    /// <summary>In front of the statement.</summary>
    Before,

    /// <summary>Behind the statement, where it ends.</summary>
    After,

    /// <summary>In an <c>else</c> that the <c>if</c> statement does not have yet.</summary>
    Else,
}

/// <summary>A place in the source where a release can be written.</summary>
internal readonly record struct ReleasePlace(StatementSyntax Statement, ReleasePosition Position);
