using System.Text.RegularExpressions;
using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

/// <summary>
/// The ways in which kernels read an entry twice, rebuilt: what people hoisted when Linux came to have a
/// reader must come out hoisted in one step, from direct reads and from calls of the reader; what they left
/// alone must stay.
/// </summary>
/// <remarks>
/// A shape is written with <c>R(p)</c> for a first read and <c>R2(p)</c> for one that repeats it.
/// </remarks>
public partial class KernelShapesTests
{
    [Theory]
    [MemberData(nameof(HoistedShapes.Names), MemberType = typeof(HoistedShapes))]
    public Task Direct_reads_are_hoisted(string shape) => VerifyDirect(HoistedShapes.All[shape]);

    [Theory]
    [MemberData(nameof(HoistedShapes.Names), MemberType = typeof(HoistedShapes))]
    public Task Calls_of_the_reader_are_hoisted(string shape) => VerifyCalls(HoistedShapes.All[shape]);

    [Theory]
    [MemberData(nameof(KeptShapes.Names), MemberType = typeof(KeptShapes))]
    public Task Direct_reads_are_kept_apart(string shape) => VerifyDirect(KeptShapes.All[shape]);

    [Theory]
    [MemberData(nameof(KeptShapes.Names), MemberType = typeof(KeptShapes))]
    public Task Calls_of_the_reader_are_kept_apart(string shape) => VerifyCalls(KeptShapes.All[shape]);

    [Fact]
    public void There_are_as_many_shapes_as_functions_that_read_twice()
    {
        Assert.Equal(37, HoistedShapes.All.Count);
        Assert.Equal(10, KeptShapes.All.Count);
    }

    private static Task VerifyDirect(Shape shape) => Verify.FixAsync<DirectEntryReadAnalyzer, DirectEntryReadFix>(
        InClass(ReadPattern().Replace(shape.Before, read => read.Groups["member"].Length > 0
            ? $"([|*{Operand(read)}|])."
            : $"[|*{Operand(read)}|]")),
        InClass(ReadPattern().Replace(shape.After, read => $"PtepGet({read.Groups["pointer"].Value}){read.Groups["member"].Value}")));

    private static Task VerifyCalls(Shape shape) => Verify.FixAsync<RepeatedEntryReadAnalyzer, RepeatedEntryReadFix>(
        InClass(ReadPattern().Replace(shape.Before, read => (read.Groups["again"].Length > 0
            ? $"{{|PTE0005:PtepGet({read.Groups["pointer"].Value})|}}"
            : $"PtepGet({read.Groups["pointer"].Value})") + read.Groups["member"].Value)),
        InClass(ReadPattern().Replace(shape.After, read => $"PtepGet({read.Groups["pointer"].Value}){read.Groups["member"].Value}")));

    private static string Operand(Match read) =>
        read.Groups["pointer"].Value is var pointer && pointer.Contains(' ') ? $"({pointer})" : pointer;

    [GeneratedRegex(@"\bR(?<again>2?)\((?<pointer>[^()]+)\)(?<member>\.?)")]
    private static partial Regex ReadPattern();

    private static string InClass(string members) => $$"""
        using System;
        using System.Diagnostics;
        using static Paging;

        unsafe class C
        {
        {{members}}

            static readonly object s_gate = new();
            static ulong s_zeroPfn;
            static long s_counter;
            static int[] s_stats = new int[8];
            static bool IsZeroPage(ulong pfn) => pfn == s_zeroPfn;
            static bool IsSwap(Pte pte) => !pte.IsPresent && !pte.IsNone;
            static ulong SwapOffset(Pte pte) => pte.Value >> 8;
            static bool IsDevice(ulong entry) => (entry & 0xF) == 3;
            static void Use(ulong x) { }
            static void Account(Page page) { s_counter++; page.Refs++; }
            static void Copy(Pte* dst, Pte* src, ref int left) => throw null;
            static bool TestAndClearYoung(ulong addr, Pte* p) => throw null;
            static Pte ClearFlush(ulong addr, Pte* p) => throw null;
            static bool Step(Walk walk) => throw null;
            static void Reschedule() => throw null;
            static int Allocate() => throw null;
        }

        class Page { public int Refs; public bool IsDirty; }
        unsafe class Walk { public Pte* Pte; public ulong Address; public PtLock Lock; public ulong Pfn; }
        unsafe class Fault { public Pte* Pte; public Pte OrigPte; public Pmd* Pmd; public ulong Address; public PtLock Lock; public Mm Mm; }
        """;

    /// <param name="Before">The members with their reads.</param>
    /// <param name="After">The members as the fixes leave them.</param>
    internal sealed record Shape(string Before, string After);
}
