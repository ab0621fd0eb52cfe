namespace PteGuard.Analyzers.Tests;

/// <summary>Code in which a place, an annotation or an option decides what is an access; marked like the forms.</summary>
/// <param name="Name">What the case shows, as a sentence.</param>
/// <param name="Source">The code, with <c>{|R:…|}</c>, <c>{|W:…|}</c> and <c>{|M:…|}</c>.</param>
/// <param name="EditorConfig">Lines for the section <c>[*.cs]</c>.</param>
public sealed record EntryAccessCase(string Name, string Source, string? EditorConfig = null)
{
    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>A case that is one method of an unsafe class.</summary>
    public static EntryAccessCase Method(string name, string method, string? editorConfig = null) => new(name, $$"""
        using System;
        using System.Collections.Generic;
        using System.Runtime.CompilerServices;
        using System.Runtime.InteropServices;
        using System.Threading;
        using System.Threading.Tasks;
        using PteGuard;

        unsafe class Kernel
        {
            ulong* pml4; [EntryPointer] ulong* annotated; ulong* other; [EntryPointer] static uint* s_table; Pte* pte; Pte[] shadow;
            static void Publish(Pte* p) { }
            static ulong Physical(void* p) => (ulong)p;
            {{method}}
        }
        """, editorConfig);
}
