using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PteGuard.CodeFixes.Editing;

/// <summary>Invents names for new locals that no other local, in the code or invented before, can meet.</summary>
internal sealed class LocalNames(SemanticModel model)
{
    private const int FirstNumber = 2;

    private readonly Dictionary<SyntaxNode, HashSet<string>> _written = [];
    private readonly Dictionary<SyntaxNode, HashSet<string>> _inventedIn = [];
    private readonly Dictionary<SyntaxNode, HashSet<string>> _inventedWithin = [];
    private readonly Dictionary<(SyntaxNode, string), int> _next = [];

    /// <summary>The name, with a number behind it if it is taken.</summary>
    /// <param name="at">Where the local will be visible: the innermost statement list or body counts.</param>
    /// <param name="preferred">A valid identifier.</param>
    public string Invent(SyntaxNode at, string preferred)
    {
        var scope = ScopeOf(at);
        var name = IsFree(preferred, scope) ? preferred : Numbered(preferred, scope);
        Get(_inventedIn, scope).Add(name);
        for (var outer = scope; outer is not null; outer = outer.Parent)
            Get(_inventedWithin, outer).Add(name);

        return name;
    }

    /// <summary>The name for the parameter of a function that stands inside an expression, and is visible only there.</summary>
    public string ForParameter(ExpressionSyntax expression, params string[] preferred)
    {
        var name = Array.Find(preferred, IsFreeHere);
        for (var number = FirstNumber; name is null; number++)
            name = IsFreeHere(preferred[0] + number) ? preferred[0] + number : null;

        return name;

        bool IsFreeHere(string some) => !Written(expression).Contains(some) && !IsInScope(some, expression.SpanStart);
    }

    /// <summary>The innermost node in which a local declared here is visible.</summary>
    private static SyntaxNode ScopeOf(SyntaxNode at)
    {
        var node = at;
        while (!IsLone(node) && node is not (BlockSyntax or SwitchSectionSyntax or AnonymousFunctionExpressionSyntax or MemberDeclarationSyntax or CompilationUnitSyntax or LocalFunctionStatementSyntax)
            && node.Parent is not null)
            node = node.Parent;

        // The sections of a switch are one scope; what stands in its header is declared around it.
        return node is GlobalStatementSyntax or SwitchSectionSyntax ? node.Parent! : node;
    }

    /// <summary>Whether the node is a statement on its own under an if or a loop, which makes a scope without braces.</summary>
    private static bool IsLone(SyntaxNode node) =>
        node is StatementSyntax { Parent: StatementSyntax and not (BlockSyntax or LabeledStatementSyntax) or ElseClauseSyntax };

    private string Numbered(string name, SyntaxNode scope)
    {
        var number = _next.TryGetValue((scope, name), out var next) ? next : FirstNumber;
        while (!IsFree(name + number, scope))
            number++;

        _next[(scope, name)] = number + 1;
        return name + number;
    }

    private bool IsFree(string name, SyntaxNode scope) =>
        !Written(scope).Contains(name)
        && !(_inventedWithin.TryGetValue(scope, out var within) && within.Contains(name))
        && !InventedAround(name, scope)
        && !IsInScope(name, scope.SpanStart + 1);

    private bool IsInScope(string name, int position) => model.LookupSymbols(position, name: name)
        .Any(s => s is ILocalSymbol or IParameterSymbol or IRangeVariableSymbol or IMethodSymbol { MethodKind: MethodKind.LocalFunction });

    private bool InventedAround(string name, SyntaxNode scope)
    {
        for (var outer = scope.Parent; outer is not null; outer = outer.Parent)
        {
            if (_inventedIn.TryGetValue(outer, out var names) && names.Contains(name))
                return true;
        }

        return false;
    }

    // Behind a dot, no local is meant.
    private static bool IsMember(SyntaxToken token) =>
        token.Parent is SimpleNameSyntax { Parent: MemberAccessExpressionSyntax access } name && access.Name == name;

    private HashSet<string> Written(SyntaxNode scope)
    {
        if (!_written.TryGetValue(scope, out var names))
        {
            names = [.. scope.DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken) && !IsMember(t)).Select(t => t.ValueText)];
            _written.Add(scope, names);
        }

        return names;
    }

    private static HashSet<string> Get(Dictionary<SyntaxNode, HashSet<string>> sets, SyntaxNode node)
    {
        if (!sets.TryGetValue(node, out var set))
            sets.Add(node, set = []);

        return set;
    }
}
