using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Rules;

/// <summary>PTE0002: a mapped pointer is used on a path where it was not checked for null.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UncheckedMappingAnalyzer : PteGuardAnalyzer
{
    /// <summary>The property that holds the name of the variable to check; absent: the mapping is used where it is made.</summary>
    internal const string Variable = "Variable";

    /// <summary>The property that says "true" where the pointer is known to be null.</summary>
    internal const string IsNull = "IsNull";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.UncheckedMapping);

    private protected override bool ShouldAnalyze(EntryFacts facts) => facts.KnowsMappings;

    private protected override void AnalyzeCompilation(CompilationStartAnalysisContext context, EntryFacts facts)
    {
        var budget = new FlowBudget();
        var summaries = new Summaries(context.Compilation, Declared, budget);
        FlowBodies.Register(context, call => summaries.Acquisition(call) is not null, (body, root, bodyFacts) =>
        {
            var tree = root.Graph.OriginalOperation.Syntax.SyntaxTree;
            if (!facts.Reports(tree, body.IsGeneratedCode) || facts.IsArchitectureCode(root.Symbol, tree))
                return;

            var protocol = new MappingUses(facts, summaries);
            if (new HandleAnalysis(root, bodyFacts, protocol, summaries, budget).Analyze(body.CancellationToken))
                protocol.Report(body);
        });

        Acquisition? Declared(IMethodSymbol method, SyntaxTree tree) => facts.Mapper(method, tree) is { } mapper
            ? new Acquisition(mapper.Result, mapper.Lock, Nullness.Maybe, 0, mapper)
            : null;
    }

    private sealed class MappingUses(EntryFacts facts, Summaries summaries) : Protocol
    {
        private readonly EntryUses _uses = new(facts);
        private readonly Dictionary<(SyntaxNode Use, Site Mapping), Diagnostic> _found = [];

        public override Acquisition? Acquire(IInvocationOperation call) => summaries.Acquisition(call);

        public override void Observe(IOperation operation, Scene scene)
        {
            if (operation.DereferencedPointer() is { } pointer)
            {
                if (!Pointers.IsOnlyAddressed(operation))
                    Use(pointer, Aspect.Handle, Pointers.AccessSyntax(operation), scene);
            }
            else if (operation is IFunctionPointerInvocationOperation || (operation is IObjectCreationOperation && !operation.Type.IsSpan()))
            {
                foreach (var argument in operation.ChildOperations.OfType<IArgumentOperation>())
                    Lose(argument, scene);
            }
            else if (operation is IInvocationOperation call)
            {
                if (call.Instance is { } instance && (EntryFacts.AcquiresLock(call.TargetMethod) || EntryFacts.ReleasesLock(call.TargetMethod)))
                    Use(instance, Aspect.Companion, instance.Syntax, scene);

                foreach (var argument in call.Arguments)
                    Pass(call, argument, scene);
            }
        }

        public void Report(OperationBlockAnalysisContext context)
        {
            foreach (var diagnostic in _found.Values.OrderBy(d => d.Location.SourceSpan.Start))
                context.ReportDiagnostic(diagnostic);
        }

        private void Pass(IInvocationOperation call, IArgumentOperation argument, Scene scene)
        {
            if (_uses.IsUse(call, argument))
            {
                Use(argument.Value, Aspect.Handle, argument.Value.Syntax, scene);
            }
            else if (EntryFacts.AcquiresLock(call.TargetMethod) || EntryFacts.ReleasesLock(call.TargetMethod))
            {
                Use(argument.Value, Aspect.Companion, argument.Value.Syntax, scene);
            }
            else if (!summaries.IsVisible(call.TargetMethod) && argument.Parameter is { } parameter && summaries.Promise(parameter) == NullPromise.None)
            {
                Lose(argument, scene);
            }
        }

        /// <summary>Stops following what is passed to where nobody can look: the check may be in there.</summary>
        private static void Lose(IArgumentOperation argument, Scene scene)
        {
            if (scene.HandleOf(argument.Value) is { } handle && scene[handle] is { Nullness: Nullness.Maybe } state)
                scene.Set(handle, state with { Nullness = Nullness.Lost });
        }

        private void Use(IOperation used, Aspect aspect, SyntaxNode syntax, Scene scene)
        {
            if (scene.HandleOf(used, aspect) is not { } mapping || scene[mapping] is not { Nullness: Nullness.Maybe or Nullness.Null } state)
                return;

            if (scene.IsFinal && mapping.Operation is IInvocationOperation call)
                Found(call, mapping, used, syntax, state.Nullness == Nullness.Null);

            // Null does not survive its use, and one report a path is enough.
            scene.Set(mapping, state with { Nullness = Nullness.NotNull });
        }

        private void Found(IInvocationOperation call, Site mapping, IOperation used, SyntaxNode syntax, bool isNull)
        {
            // Of a use that some path reaches unchecked and another one with null, the former is the one to fix.
            if (isNull && _found.ContainsKey((syntax, mapping)))
                return;

            var variable = BodyFacts.Variable(Unwrapped(used));
            var advice = variable is null ? "keep the pointer in a local and check that before using it"
                : isNull ? $"it is known to be null where '{variable.Name}' is used"
                : mapping.Acquisition!.Companion is not null && used.Type is not IPointerTypeSymbol ? "check the pointer before using its lock"
                : $"check '{variable.Name}' before using it";
            var properties = ImmutableDictionary<string, string?>.Empty;
            if (variable is not null)
                properties = properties.Add(Variable, variable.Name);

            if (isNull)
                properties = properties.Add(IsNull, "true");

            _found[(syntax, mapping)] = Diagnostic.Create(
                Descriptors.UncheckedMapping,
                syntax.GetLocation(),
                [call.Syntax.GetLocation()],
                properties,
                call.TargetMethod.Name,
                advice);
        }

        private static IOperation Unwrapped(IOperation operation)
        {
            while (true)
            {
                switch (operation)
                {
                    case IConversionOperation conversion:
                        operation = conversion.Operand;
                        break;
                    case IBinaryOperation { Type: IPointerTypeSymbol } arithmetic:
                        operation = arithmetic.LeftOperand.Type is IPointerTypeSymbol ? arithmetic.LeftOperand : arithmetic.RightOperand;
                        break;
                    case IIncrementOrDecrementOperation increment:
                        operation = increment.Target;
                        break;
                    case IAddressOfOperation addressOf when Pointers.Base(addressOf) is { } pointer:
                        operation = pointer;
                        break;
                    case ISimpleAssignmentOperation assignment:
                        operation = assignment.Target;
                        break;
                    default:
                        return operation;
                }
            }
        }
    }
}
