using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Flow;

/// <summary>What bodies of the compilation show, inferred once a method, also where methods call each other.</summary>
/// <remarks>What is asked for while a body is looked into must be asked of the instance that its inference was given.</remarks>
internal sealed class Inferences<T>
    where T : class
{
    private const int Depth = 6;

    /// <summary>The bodies that one question may look into. Only mutual recursion asks for more.</summary>
    private const int Bodies = 64;

    private readonly ConcurrentDictionary<IMethodSymbol, T> _settled;
    private readonly ConcurrentDictionary<IMethodSymbol, T> _recursive;
    private readonly ImmutableArray<IMethodSymbol> _callers;
    private readonly StrongBox<int> _visited;
    private readonly T _unknown;
    private bool _isProvisional;

    /// <param name="unknown">The answer where it must not be looked any further.</param>
    public Inferences(T unknown)
        : this(unknown, new(SymbolEqualityComparer.Default), new(SymbolEqualityComparer.Default), ImmutableArray<IMethodSymbol>.Empty, new())
    {
    }

    private Inferences(T unknown, ConcurrentDictionary<IMethodSymbol, T> settled, ConcurrentDictionary<IMethodSymbol, T> recursive, ImmutableArray<IMethodSymbol> callers, StrongBox<int> visited)
    {
        _unknown = unknown;
        _settled = settled;
        _recursive = recursive;
        _callers = callers;
        _visited = visited;
    }

    public T Of(IMethodSymbol method, Func<IMethodSymbol, Inferences<T>, T> infer)
    {
        if (_settled.TryGetValue(method, out var known) || (_callers.IsEmpty && _recursive.TryGetValue(method, out known)))
            return known;

        if (_callers.Length == Depth || _visited.Value > Bodies || _callers.Contains(method, SymbolEqualityComparer.Default))
        {
            _isProvisional = true;
            return _unknown;
        }

        var inner = new Inferences<T>(_unknown, _settled, _recursive, _callers.Add(method), _callers.IsEmpty ? new() : _visited);
        inner._visited.Value++;
        var answer = infer(method, inner);

        // What was inferred inside a recursion depends on where the recursion was entered. Kept apart, so
        // that no answer depends on which question came first.
        if (!inner._isProvisional)
            return _settled.GetOrAdd(method, answer);

        _isProvisional = !_callers.IsEmpty;
        return _callers.IsEmpty ? _recursive.GetOrAdd(method, answer) : answer;
    }
}
