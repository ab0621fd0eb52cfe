using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>Tells whether two parts of an expression can ever be evaluated both.</summary>
internal static class Exclusion
{
    /// <summary>Whether some two of the reads can happen in one evaluation.</summary>
    public static bool HappenTogether(IReadOnlyList<EntryRead> reads)
    {
        for (var i = 0; i < reads.Count; i++)
        {
            for (var j = i + 1; j < reads.Count; j++)
            {
                if (!AreExclusive(reads[i].Place, reads[j].Place))
                    return true;
            }
        }

        return false;
    }

    /// <summary>The innermost node that contains both.</summary>
    public static SyntaxNode Common(SyntaxNode left, SyntaxNode right)
    {
        var common = left;
        while (!common.Span.Contains(right.Span))
            common = common.Parent!;

        return common;
    }

    private static bool AreExclusive(SyntaxNode left, SyntaxNode right) => Common(left, right) switch
    {
        ConditionalExpressionSyntax conditional => !conditional.Condition.Span.Contains(left.Span) && !conditional.Condition.Span.Contains(right.Span),
        SwitchExpressionSyntax @switch => IsArm(@switch, left) && IsArm(@switch, right),
        _ => false,
    };

    // The guards of a switch's arms are evaluated one after the other.
    private static bool IsArm(SwitchExpressionSyntax @switch, SyntaxNode node) =>
        @switch.Arms.Any(arm => arm.Expression.Span.Contains(node.Span));
}
