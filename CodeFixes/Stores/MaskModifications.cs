using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Stores;

/// <summary>
/// Turns setting and clearing bits into a call of a modifier that does <c>(old &amp; ~clear) | set</c>, where
/// that is exactly what the code says.
/// </summary>
internal sealed class MaskModifications(SemanticModel model)
{
    private readonly AccessorCalls _calls = new(model);
    private readonly EntryAddresses _addresses = new(model);
    private readonly PointerValues _pointers = new(model);
    private readonly Inertness _inertness = new(model);

    /// <summary>The edit; null if masks do not say the same.</summary>
    public Action<TreeEdits>? Of(EntryAccess access)
    {
        if (access is not { Kind: EntryAccessKind.ReadModifyWrite, Site: AssignmentExpressionSyntax change }
            || access.Contract.Modify is not { Method: { } modifier, Form: AccessorForm.ModifyMasks }
            || !StatementPosition.Is(change, model)
            || _addresses.Of(access) is not { } address
            || EntryWord.Of(access, address, change.Left, model) is not { } word
            || word.Word.SpecialType is not (SpecialType.System_UInt64 or SpecialType.System_UInt32 or SpecialType.System_Int64 or SpecialType.System_Int32 or SpecialType.System_UIntPtr or SpecialType.System_IntPtr)
            || Match(access, address, change) is not { } masks)
            return null;

        if (_calls.Bind(modifier, change.SpanStart, address.Argument, Clear(masks, word, change, change), Set(masks, word, change, change)) is not { } target
            || !SymbolEqualityComparer.Default.Equals(target.Method.ReturnType, word.Entry))
            return null;

        return edits => edits.Replace(change, current => Expressions.InPlaceOf(
            Expressions.Call(target.Name, address.ArgumentIn(change, current), Clear(masks, word, change, current), Set(masks, word, change, current)),
            current,
            change.GetFirstToken().GetPreviousToken()));
    }

    private Masks? Match(EntryAccess access, EntryAddress address, AssignmentExpressionSyntax change) => change.Kind() switch
    {
        SyntaxKind.OrAssignmentExpression when IsBuiltIn(change) => new(null, change.Right),
        SyntaxKind.AndAssignmentExpression when IsBuiltIn(change) => new(change.Right, null),
        SyntaxKind.SimpleAssignmentExpression when access.MergedReads is [ExpressionSyntax read] && address.ValueBy(_pointers).Stability == PointerStability.Stable => Match(change.Right, read),
        _ => null,
    };

    /// <summary>Sees <c>old | set</c>, <c>old &amp; keep</c> and <c>(old &amp; keep) | set</c>, their operands in either order.</summary>
    private Masks? Match(ExpressionSyntax value, ExpressionSyntax read)
    {
        value = Expressions.WithoutParentheses(value);
        if (value is not BinaryExpressionSyntax binary || !IsBuiltIn(binary))
            return null;

        var (old, mask) = binary.Left.Span.Contains(read.Span) ? (binary.Left, binary.Right) : (binary.Right, binary.Left);
        var isOld = IsRead(old, read);
        var masks = binary.Kind() switch
        {
            SyntaxKind.BitwiseOrExpression when isOld => new(null, mask),
            SyntaxKind.BitwiseAndExpression when isOld => new(mask, null),
            SyntaxKind.BitwiseOrExpression when Match(old, read) is { Keep: { } keep, Set: null } => new(keep, mask),
            _ => (Masks?)null,
        };

        // The call evaluates the pointer first, then what it clears, then what it sets.
        return mask == binary.Left && !(_inertness.Is(mask) && (masks?.Keep is not { } cleared || _inertness.Is(cleared))) ? null : masks;
    }

    /// <summary>Whether an expression is the read itself, as an entry or as its word.</summary>
    private bool IsRead(ExpressionSyntax expression, ExpressionSyntax read)
    {
        expression = Expressions.WithoutParentheses(expression);
        return expression == Expressions.WithoutParentheses(read)
            || (expression is MemberAccessExpressionSyntax access && Expressions.WithoutParentheses(access.Expression) == Expressions.WithoutParentheses(read)
                && model.GetSymbolInfo(access).Symbol is IFieldSymbol field && EntryWords.Of(field.ContainingType) is not null);
    }

    private ExpressionSyntax Clear(Masks masks, EntryWord word, SyntaxNode original, SyntaxNode current) =>
        masks.Keep is { } keep ? word.Wrap(Complement(keep, Operand(keep, original, current), word.Word)) : word.Zero;

    private static ExpressionSyntax Set(Masks masks, EntryWord word, SyntaxNode original, SyntaxNode current) =>
        masks.Set is { } set ? word.Wrap(Expressions.Trimmed(Expressions.WithoutParentheses(Operand(set, original, current)))) : word.Zero;

    /// <summary>The operand with the edits inside it made. What stands behind the last one stands behind the whole change, and stays there.</summary>
    private static ExpressionSyntax Operand(ExpressionSyntax operand, SyntaxNode original, SyntaxNode current) =>
        (ExpressionSyntax)SyntaxPaths.Follow(original, operand, current) is var edited && operand.GetLastToken() == original.GetLastToken() ? edited.WithoutTrailingTrivia() : edited;

    /// <summary>The bits that <c>&amp; keep</c> clears. The width matters: <c>~x</c> of a narrower type keeps no high bit.</summary>
    private ExpressionSyntax Complement(ExpressionSyntax keep, ExpressionSyntax current, ITypeSymbol word)
    {
        keep = Expressions.WithoutParentheses(keep);
        current = Expressions.WithoutParentheses(current);
        if (keep is PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.BitwiseNotExpression } not && IsBuiltIn(not) && HasType(not.Operand, word))
            return Expressions.Trimmed(Expressions.WithoutParentheses(((PrefixUnaryExpressionSyntax)current).Operand));

        var operand = Expressions.AsOperand(Expressions.Trimmed(current));
        if (!HasType(keep, word))
            operand = SyntaxFactory.CastExpression(SyntaxFactory.ParseTypeName(word.ToDisplayString()), operand);

        return SyntaxFactory.PrefixUnaryExpression(SyntaxKind.BitwiseNotExpression, operand);
    }

    private bool HasType(ExpressionSyntax expression, ITypeSymbol type) => SymbolEqualityComparer.Default.Equals(model.GetTypeInfo(expression).Type, type);

    private bool IsBuiltIn(ExpressionSyntax operation) =>
        model.GetSymbolInfo(operation).Symbol is null or IMethodSymbol { MethodKind: MethodKind.BuiltinOperator };

    /// <param name="Keep">The bits that stay, in the terms of the code; null: all.</param>
    /// <param name="Set">The bits that are set; null: none.</param>
    private sealed record Masks(ExpressionSyntax? Keep, ExpressionSyntax? Set);
}
