using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Flow;
using PteGuard.Analyzers.Mappings;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Mappings;

/// <summary>Finds what a path holds when it comes to one of the mappings: earlier mappings and page-table locks.</summary>
/// <remarks>A function is analyzed once for all its mappings: a generated one may have a thousand.</remarks>
internal sealed class HeldAt(FixContext context, IEnumerable<MappingStatement> mappings)
{
    private readonly Dictionary<SyntaxNode, MappingStatement> _mappings = mappings.GroupBy(m => m.Call).ToDictionary(same => (SyntaxNode)same.Key, same => same.First());
    private readonly Dictionary<ISymbol, Watch?> _functions = new(SymbolEqualityComparer.Default);

    /// <summary>The statements that release it all, the last taken first; null if it is not the same on all paths, or not known how.</summary>
    public ImmutableArray<string>? Releases(MappingStatement mapping)
    {
        if (context.Model.GetEnclosingSymbol(mapping.Call.SpanStart) is not { } function)
            return null;

        if (!_functions.TryGetValue(function, out var watch))
            _functions.Add(function, watch = Analyze(mapping, function));

        return watch?.Of(mapping);
    }

    private Watch? Analyze(MappingStatement mapping, ISymbol function)
    {
        if (context.Model.GetOperation(mapping.Call, context.CancellationToken) is not { } operation || ControlFlow.RootOf(operation, function) is not { } root || HoldsOtherwise(mapping))
            return null;

        var budget = new FlowBudget();
        var summaries = new Summaries(context.Model.Compilation, (_, _) => null, budget);
        var watch = new Watch(context, _mappings);
        return new HandleAnalysis(root, BodyFacts.Of(root.Graph.OriginalOperation), watch, summaries, budget).Analyze(context.CancellationToken)
            ? watch
            : null;
    }

    /// <summary>Whether the function takes locks, or maps, in ways that the analysis below does not follow.</summary>
    private bool HoldsOtherwise(MappingStatement mapping)
    {
        SyntaxNode? function = mapping.Statement;
        while (function is not (null or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax { Parent: TypeDeclarationSyntax } or CompilationUnitSyntax))
            function = function.Parent;

        foreach (var call in function?.DescendantNodes().OfType<InvocationExpressionSyntax>() ?? [])
        {
            if (context.Model.GetSymbolInfo(call).Symbol is not IMethodSymbol method)
                continue;

            var isThreading = method.ContainingNamespace?.ToDisplayString() == "System.Threading" && method.Name is "Enter" or "TryEnter" or "EnterScope" or "Wait" or "WaitOne"
                or "EnterReadLock" or "EnterWriteLock" or "EnterUpgradeableReadLock";
            if (isThreading || MayTake(method) || MappingTraces.For(context.Model.Compilation, context.Facts).Begins(method) || (EntryFacts.AcquiresLock(method) && method.ReturnsVoid && !Watch.IsFollowed(call, context)))
                return true;
        }

        return false;
    }

    /// <summary>Whether a lock's method is one that may take it, like <c>TryEnter</c>: only its result says whether it did.</summary>
    private static bool MayTake(IMethodSymbol method) =>
        method is { IsStatic: false, MethodKind: MethodKind.Ordinary, ReturnType.SpecialType: SpecialType.System_Boolean, Name: not "Equals" } && Watch.IsLock(method.ContainingType);

    private sealed class Watch(FixContext context, Dictionary<SyntaxNode, MappingStatement> mappings) : Protocol
    {
        private const int Mapped = 1;
        private const int Locked = 2;
        private const int Lock = 4;
        private const int Released = 8;

        // They are all about to be checked.
        private readonly HashSet<StatementSyntax> _checked = [.. mappings.Values.Select(m => m.Statement)];
        private readonly ReleaseCalls _calls = new(context);
        private readonly Dictionary<MappingStatement, ImmutableArray<string>?> _releases = [];

        public ImmutableArray<string>? Of(MappingStatement mapping) => _releases.TryGetValue(mapping, out var releases) ? releases : null;

        /// <summary>Whether a lock that is taken by a call comes from a variable, which the analysis can follow.</summary>
        public static bool IsFollowed(InvocationExpressionSyntax call, FixContext context) =>
            call.Expression is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax name } && context.Model.GetSymbolInfo(name).Symbol is ILocalSymbol;

        public override Acquisition? Acquire(IInvocationOperation call)
        {
            if (context.Facts.Mapper(call.TargetMethod, call.Syntax.SyntaxTree) is { } mapper)
                return new Acquisition(mapper.Result, mapper.Lock, Nullness.Maybe, Mapped | (mapper.Locked ? Locked : 0), mapper);

            // A method that hands out a lock, taken or not.
            return context.Facts.LockPointer(call.TargetMethod) is not null || IsLock(call.TargetMethod.ReturnType)
                ? new Acquisition(null, null, Nullness.NotNull, Lock | (EntryFacts.AcquiresLock(call.TargetMethod) ? Locked : 0), call.TargetMethod)
                : null;
        }

        public override void Observe(IOperation operation, Scene scene)
        {
            if (operation is not IInvocationOperation call)
                return;

            if (scene.IsFinal && mappings.TryGetValue(call.Syntax, out var mapping))
                Record(mapping, scene);

            var acquires = EntryFacts.AcquiresLock(call.TargetMethod);
            if (call.Instance is { } instance && (acquires || EntryFacts.ReleasesLock(call.TargetMethod)))
                SetLocked(instance, acquires, scene);

            if (context.Facts.Unmapper(call.TargetMethod) is not { } unmapper)
                return;

            foreach (var argument in call.Arguments)
            {
                if (argument.Parameter?.Ordinal == unmapper.Unlock?.Ordinal)
                    SetLocked(argument.Value, false, scene);
                else if (scene.HandleOf(argument.Value) is { } handle && scene[handle] is { } state)
                    scene.Set(handle, state with { States = Released | (state.States & Locked) });
            }
        }

        public override bool Keeps(Site site, SiteState state) => IsHeld(state);

        public static bool IsLock(ITypeSymbol type) => type is { IsValueType: true, SpecialType: SpecialType.None } && type.GetMembers().OfType<IMethodSymbol>().Any(EntryFacts.AcquiresLock);

        private static bool IsHeld(SiteState state) => state.Nullness != Nullness.Null && (state.States & (Mapped | Locked)) != 0;

        private static void SetLocked(IOperation operation, bool locked, Scene scene)
        {
            var site = scene.HandleOf(operation, Aspect.Companion) ?? scene.HandleOf(operation);
            if (site is not null && scene[site] is { } state)
                scene.Set(site, state with { States = locked ? state.States | Locked : state.States & ~Locked });
        }

        private void Record(MappingStatement mapping, Scene scene)
        {
            var releases = Find(mapping, scene);
            _releases[mapping] = _releases.TryGetValue(mapping, out var before) && !(before is { } known && releases is { } found && known.SequenceEqual(found)) ? null : releases;
        }

        private ImmutableArray<string>? Find(MappingStatement mapping, Scene scene)
        {
            var releases = ImmutableArray.CreateBuilder<string>();
            foreach (var (site, state) in scene.Handles.Where(h => IsHeld(h.Value)).OrderByDescending(h => h.Key.Operation?.Syntax.SpanStart).Select(h => (h.Key, h.Value)))
            {
                if (site.Operation?.Syntax is not InvocationExpressionSyntax acquired || Release(mapping, site, state, acquired, scene) is not { } release)
                    return null;

                releases.AddRange(release);
            }

            return releases.ToImmutable();
        }

        private IEnumerable<string>? Release(MappingStatement mapping, Site site, SiteState state, InvocationExpressionSyntax acquired, Scene scene)
        {
            if (site.Acquisition?.Tag is not MapperFacts mapper)
                return Holder(acquired) is { } name && IsHeldBy(name, site, Aspect.Handle, scene) ? [$"{Expressions.Name(name)}.{ReleaseCalls.Unlock(((IMethodSymbol)site.Acquisition!.Tag!).ReturnType)}();"] : null;

            // A mapper that names no unmapper leaves nothing to do.
            var isLocked = (state.States & Locked) != 0;
            if (mapper.Unmappers.IsEmpty && !isLocked)
                return [];

            if ((state.States & Mapped) == 0 || MappingStatement.Of(acquired, context) is not { } earlier
                || SymbolEqualityComparer.Default.Equals(earlier.Variable, mapping.Variable) || !IsHeldBy(earlier.Variable, site, Aspect.Handle, scene)
                || (state.Nullness != Nullness.NotNull && !_checked.Contains(earlier.Statement)))
                return null;

            if (!isLocked)
                return _calls.Unmap(mapper, earlier.Variable, mapping.Statement.Span.End);

            return mapper.Lock is { } companion && MappingStatement.OutVariable(acquired, companion, context.Model) is { } held && IsHeldBy(held, site, Aspect.Companion, scene)
                ? _calls.UnmapAndUnlock(mapper, earlier.Variable, held, mapping.Statement.Span.End)
                : null;
        }

        private ISymbol? Holder(InvocationExpressionSyntax acquired) => acquired.Parent switch
        {
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator } => context.Model.GetDeclaredSymbol(declarator),
            AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax } assignment => context.Model.GetSymbolInfo(assignment.Left).Symbol,
            _ => null,
        };

        private static bool IsHeldBy(ISymbol variable, Site site, Aspect aspect, Scene scene) =>
            scene.ValueOf(variable) is Value.From from && from.Site == site && from.Aspect == aspect;
    }
}
