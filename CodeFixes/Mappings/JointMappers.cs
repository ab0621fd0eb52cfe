using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.Analyzers.Facts;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Mappings;

/// <summary>Calls of mappers that give the lock with the mapping, made from a mapping and a lookup.</summary>
internal sealed class JointMappers(FixContext context)
{
    private readonly PointerValues _values = new(context.Model);

    /// <summary>The call that maps and gives the lock; null if none can be made of what the two calls are given.</summary>
    public InvocationExpressionSyntax? Call(LockedMapping pair, IMethodSymbol mapper)
    {
        if (context.Facts.Mapper(mapper, pair.Mapping.Call.SyntaxTree) is not { Lock: { } companion, Result: null } facts
            || !SymbolEqualityComparer.Default.Equals(Like(mapper, pair.Mapping.Mapper!.Method).ReturnType, pair.Mapping.Mapper.Method.ReturnType)
            || Arguments(pair, mapper, companion) is not { } arguments)
            return null;

        // A mapping that is taken with its lock may end with another call; one without must end as before.
        if (!facts.Locked && !facts.Unmappers.AsEnumerable().SequenceEqual(pair.Mapping.Mapper!.Unmappers, SymbolEqualityComparer.Default))
            return null;

        var probe = arguments.Select(a => a.RefKindKeyword.IsKind(SyntaxKind.OutKeyword) ? a.WithExpression(SyntaxFactory.IdentifierName(Expressions.Identifier(pair.Lookup.Variable))) : a).ToArray();
        return new AccessorCalls(context.Model).Bind(mapper, pair.Mapping.Call.SpanStart, probe) is { } target
            ? Expressions.Call(target.Name, arguments)
            : null;
    }

    /// <summary>The mapper of the same parameters that also takes the lock. One that writes the directory's entry allocates: it is another thing.</summary>
    public IMethodSymbol? Locking(IMethodSymbol mapper) => mapper.ContainingType.GetMembers().OfType<IMethodSymbol>().FirstOrDefault(other =>
        context.Facts.Mapper(other, context.Root.SyntaxTree) is { Locked: true, Lock: not null }
        && other.Parameters.Length == mapper.Parameters.Length
        && Like(other, mapper).Parameters.Zip(mapper.Parameters, (a, b) => a.Name == b.Name && a.RefKind == b.RefKind && EntryFacts.WritesEntry(a) == EntryFacts.WritesEntry(b) && SymbolEqualityComparer.Default.Equals(a.Type, b.Type)).All(same => same));

    /// <summary>A generic method over the type parameters of another, so that the types of the two compare.</summary>
    private static IMethodSymbol Like(IMethodSymbol method, IMethodSymbol other) =>
        method.Arity > 0 && method.Arity == other.Arity ? method.Construct([.. other.TypeArguments.AsEnumerable()]) : method;

    /// <summary>Every parameter's argument, found by the parameter's name in either call; null if one is missing, or the calls disagree.</summary>
    private ArgumentSyntax[]? Arguments(LockedMapping pair, IMethodSymbol mapper, IParameterSymbol companion)
    {
        var map = Named(pair.Mapping.Call, (IMethodSymbol)context.Model.GetSymbolInfo(pair.Mapping.Call).Symbol!);
        var look = Named(pair.Lookup.Call, pair.Lookup.Method);
        if (map is null || look is null || map.Keys.Concat(look.Keys).Any(name => mapper.Parameters.All(p => p.Name != name)))
            return null;

        var arguments = new ArgumentSyntax[mapper.Parameters.Length];
        foreach (var parameter in mapper.Parameters)
        {
            var isMapped = map.TryGetValue(parameter.Name, out var mapped);
            var isLooked = look.TryGetValue(parameter.Name, out var looked);
            if (SymbolEqualityComparer.Default.Equals(parameter, companion))
                arguments[parameter.Ordinal] = pair.Lookup.OutArgument();
            else if (parameter.RefKind == RefKind.None && (isMapped || isLooked) && !(isMapped && isLooked && _values.OfPointer(mapped!).Key != _values.OfPointer(looked!).Key))
                arguments[parameter.Ordinal] = SyntaxFactory.Argument(Expressions.Trimmed(isMapped ? mapped! : looked!));
            else
                return null;
        }

        return arguments;
    }

    private static Dictionary<string, ExpressionSyntax>? Named(InvocationExpressionSyntax call, IMethodSymbol method)
    {
        var arguments = call.ArgumentList.Arguments;
        if (arguments.Count != method.Parameters.Length || arguments.Any(a => !a.RefKindKeyword.IsKind(SyntaxKind.None)))
            return null;

        var named = new Dictionary<string, ExpressionSyntax>();
        for (var i = 0; i < arguments.Count; i++)
            named[arguments[i].NameColon?.Name.Identifier.ValueText ?? method.Parameters[i].Name] = arguments[i].Expression;

        return named;
    }
}
