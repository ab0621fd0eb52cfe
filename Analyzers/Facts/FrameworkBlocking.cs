using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Facts;

/// <summary>What blocks in the framework: BlockingCalls.txt, and the calls of it that do not wait after all.</summary>
internal static class FrameworkBlocking
{
    private const string Resource = "PteGuard.Analyzers.BlockingCalls.txt";
    private const char Not = '!';

    private static readonly HashSet<string> s_timeouts = ["millisecondsTimeout", "timeout", "microSeconds"];
    private static readonly List<string> s_lines = ReadLines();
    private static readonly MethodNames s_blocking = new(s_lines.Where(line => line[0] != Not));
    private static readonly MethodNames s_harmless = new(s_lines.Where(line => line[0] == Not).Select(line => line.Substring(1)));

    /// <summary>The list's lines, as they stand there.</summary>
    public static IReadOnlyList<string> Lines => s_lines;

    public static bool Contains(IMethodSymbol method)
    {
        // What is nearest says it: a memory stream's Read overrides one that blocks.
        for (var declaration = method; declaration is not null; declaration = declaration.OverriddenMethod?.OriginalDefinition)
        {
            if (s_harmless.Contains(declaration))
                return false;

            if (s_blocking.Contains(declaration))
                return !IsTry(declaration);
        }

        return false;
    }

    /// <summary>Whether the method takes the lock of a <c>lock</c> statement, which sleeps.</summary>
    public static bool IsLock(IMethodSymbol method) =>
        method is { Name: "Enter" or "TryEnter" or "EnterScope", ContainingType: { Name: "Monitor" or "Lock", ContainingType: null, ContainingNamespace: { Name: "Threading", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } } };

    /// <summary>Whether a call of a listed method does not wait: it has no time for it, or all is in memory.</summary>
    public static bool IsHarmless(IInvocationOperation call)
    {
        if (!Contains(call.TargetMethod.OriginalDefinition))
            return false;

        for (var type = call.Instance?.Type as INamedTypeSymbol; type is not null; type = type.BaseType)
        {
            if (s_harmless.ContainsAllOf(type))
                return true;
        }

        return call.Arguments.Any(argument => argument.Parameter is { } parameter && s_timeouts.Contains(parameter.Name) && IsZero(argument.Value));
    }

    /// <summary>A Try without a timeout gives up at once.</summary>
    private static bool IsTry(IMethodSymbol method) =>
        method.Name.StartsWith("Try", StringComparison.Ordinal) && !method.Parameters.Any(parameter => s_timeouts.Contains(parameter.Name));

    private static bool IsZero(IOperation value) =>
        value is { ConstantValue: { HasValue: true, Value: 0 } }
        || value is IFieldReferenceOperation { Field: { Name: "Zero", ContainingType: { Name: "TimeSpan", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } } };

    private static List<string> ReadLines()
    {
        using var reader = new StreamReader(typeof(FrameworkBlocking).Assembly.GetManifestResourceStream(Resource)!);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
                lines.Add(line);
        }

        return lines;
    }
}
