namespace PteGuard.Analyzers.Tests;

/// <content>The code that the forms stand in.</content>
internal static partial class EntryAccessForms
{
    /// <summary>Each form as a method of its own, so that none sees what another does.</summary>
    public static string TypedSource(IEnumerable<string> forms) => Source("Pte", "Pte* p, Pte* q, Pte** pp", forms);

    public static string RawSource(IEnumerable<string> forms) => Source("ulong", "[EntryPointer(typeof(Paging), Read = nameof(Paging.Read))] ulong* p, [EntryPointer] ulong* q, [EntryPointer] ulong** pp", forms);

    private static string Source(string entry, string pointers, IEnumerable<string> forms) => $$"""
        using E = {{entry}};
        {{Prologue}}
        {{string.Join("\n", forms.Select((form, i) => $"    void Form{i}({pointers}, E v, bool c, int i, ulong x, nint bits, {Others}) {{ {form} }}"))}}
        }
        {{Epilogue}}
        """;

    private const string Others = "Table* t, RawTable* table, PlainTable* other, ulong* plain, ref Pte parameter, "
        + "[EntryPointer] Span<ulong> slots, [EntryPointer] ulong[] array, [EntryPointer] ref ulong reference, [EntryPointer] nint address, [EntryPointer] void* untyped, [EntryPointer] ulong*[] tables";

    private const string Prologue = """
        using System;
        using System.Runtime.CompilerServices;
        using System.Runtime.InteropServices;
        using System.Runtime.Intrinsics;
        using System.Threading;
        using PteGuard;

        unsafe class Forms
        {
            Pte[] shadow;
            ref Pte At(int i) => throw null;
            ref Pte this[int i] => throw null;
            [return: EntryPointer] static ulong* Next([EntryPointer] ulong* p) => p;
            static void ByValue(E e) { }
            static void ByIn(in E e) { }
            static void ByRef(ref E e) { }
            static void ByOut(out E e) { e = default; }
            static void ByRefWord(ref ulong e) { }
            static void ByPointer(E* e) { }
            static void Params(params E[] es) { }
        #if NEWEST_ROSLYN
            static void ParamsSpan(params Span<E> es) { }
        #endif
            ref struct Holder { public ref E Ref; }
        """;

    private const string Epilogue = """
        struct Word { public ulong Value; }
        [InlineArray(8)] struct Row { Pte e; }
        struct Table { public Pte E0; public Row Inline; }
        unsafe struct RawTable { [EntryPointer] public fixed ulong Entries[512]; }
        unsafe struct PlainTable { public fixed ulong Plain[512]; }
        static class PteExtensions
        {
            public static bool Old(this Pte e) => true;
            public static bool OldIn(this in Pte e) => true;
            public static void OldRef(this ref Pte e) { }
        #if NEWEST_ROSLYN
            extension(Pte e) { public bool IsLeaf => true; public bool IsLeafMethod() => true; }
            extension(ref Pte e) { public void ResetByRef() { } public bool LeafByRef { set { } } public void operator -=(int x) { } }
        #endif
        }
        """;
}
