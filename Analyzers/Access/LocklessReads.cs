using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Access;

/// <summary>
/// Finds the reads that code has made into lockless ones itself: a barrier directly behind the read's statement,
/// or a volatile field.
/// </summary>
internal static class LocklessReads
{
    public static void Apply(List<EntryAccess> accesses, IOperation root)
    {
        if (!accesses.Exists(MayBeLockless))
            return;

        var barriers = Barriers(root);
        for (var i = 0; i < accesses.Count; i++)
        {
            if (!MayBeLockless(accesses[i]))
                continue;

            var barrier = Statement(accesses[i].Operation) is { } statement && barriers.TryGetValue(statement, out var next) ? next : null;
            if (barrier is not null || IsVolatileField(accesses[i].Operation))
                accesses[i] = accesses[i] with { Kind = EntryAccessKind.LocklessRead, Barrier = barrier };
        }
    }

    private static bool MayBeLockless(EntryAccess access) =>
        access is { Kind: EntryAccessKind.Read or EntryAccessKind.LocklessRead, Contract.ReadLockless: not null };

    /// <summary>The barriers, by the statements that they directly follow.</summary>
    private static Dictionary<IOperation, SyntaxNode> Barriers(IOperation root)
    {
        var barriers = new Dictionary<IOperation, SyntaxNode>();
        foreach (var operation in root.Descendants())
        {
            var statements = operation switch
            {
                IBlockOperation block => block.Operations,
                ISwitchCaseOperation section => section.Body,
                _ => ImmutableArray<IOperation>.Empty,
            };

            for (var i = 1; i < statements.Length; i++)
            {
                if (IsBarrier(statements[i]))
                    barriers[statements[i - 1]] = statements[i].Syntax;
            }
        }

        return barriers;
    }

    private static bool IsBarrier(IOperation statement) =>
        statement is IExpressionStatementOperation { Operation: IInvocationOperation { TargetMethod: { ContainingType: var type } method } }
        && method.IsFramework()
        && (method.Name, type.Name) is ("MemoryBarrier", "Thread" or "Interlocked") or ("ReadBarrier", "Volatile");

    /// <summary>The statement that does nothing but evaluate expressions, of which the read is one.</summary>
    private static IOperation? Statement(IOperation read)
    {
        var statement = read;
        while (statement.Parent is { } parent and not (IBlockOperation or ISwitchCaseOperation))
            statement = parent;

        var inner = statement;
        while (inner is ILabeledOperation { Operation: { } labelled })
            inner = labelled;

        return inner is IExpressionStatementOperation or IVariableDeclarationGroupOperation ? statement : null;
    }

    private static bool IsVolatileField(IOperation slot) =>
        slot.Parent is IFieldReferenceOperation { Field.IsVolatile: true } field && field.Instance == slot;
}
