using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public class RepeatedEntryReadFixTests
{
    [Theory]
    [InlineData(
        "if (PtepGet(p).IsNone) return; Use({|PTE0005:PtepGet(p)|}.Pfn);",
        "var pte = PtepGet(p);\n        if (pte.IsNone) return; Use(pte.Pfn);")]
    [InlineData(
        "var pte = PtepGet(p); Use({|PTE0005:PtepGet(p)|}.Pfn);",
        "var pte = PtepGet(p); Use(pte.Pfn);")]
    [InlineData(
        "var pte = *p; Use({|PTE0005:p->Pfn|});",
        "var pte = PtepGet(p); Use(pte.Pfn);")]
    [InlineData(
        "var pte = PtepGet(p); pte = pte.MkOld(); Use({|PTE0005:PtepGet(p)|}.Pfn); Use(pte.Pfn);",
        "var pte2 = PtepGet(p);\n        var pte = pte2; pte = pte.MkOld(); Use(pte2.Pfn); Use(pte.Pfn);")]
    [InlineData(
        "var pte = PtepGet(p); pte.Value |= 1; Use({|PTE0005:PtepGet(p)|}.Pfn); Use(pte.Pfn);",
        "var pte2 = PtepGet(p);\n        var pte = pte2; pte.Value |= 1; Use(pte2.Pfn); Use(pte.Pfn);")]
    [InlineData(
        "var pte = PtepGet(p); pte.Clear(); Use({|PTE0005:PtepGet(p)|}.Pfn); Use(pte.Pfn);",
        "var pte2 = PtepGet(p);\n        var pte = pte2; pte.Clear(); Use(pte2.Pfn); Use(pte.Pfn);")]
    [InlineData(
        "var pte = PtepGet(p); Change(ref pte); Use({|PTE0005:PtepGet(p)|}.Pfn); Use(pte.Pfn);",
        "var pte2 = PtepGet(p);\n        var pte = pte2; Change(ref pte); Use(pte2.Pfn); Use(pte.Pfn);")]
    [InlineData(
        "{ var inner = PtepGet(p); Use(inner.Pfn); } Use({|PTE0005:PtepGet(p)|}.Pfn);",
        "{ var inner = PtepGet(p); Use(inner.Pfn); } Use({|PTE0005:PtepGet(p)|}.Pfn);")]
    [InlineData(
        "if (b) Use(PtepGet(p).Pfn); else Use(PtepGet(p).Value); Use({|PTE0005:PtepGet(p)|}.Pfn);",
        "if (b) Use(PtepGet(p).Pfn); else Use(PtepGet(p).Value); Use({|PTE0005:PtepGet(p)|}.Pfn);")]
    [InlineData(
        "if (p != null && PtepGet(p).IsPresent) Use({|PTE0005:PtepGet(p)|}.Pfn);",
        "if (p != null && PtepGet(p) is var pte && pte.IsPresent) Use(pte.Pfn);")]
    [InlineData(
        "if (p == null || !PtepGet(p).IsPresent) return; Use({|PTE0005:PtepGet(p)|}.Pfn);",
        "if (p == null || !(PtepGet(p) is var pte && pte.IsPresent)) return; Use(pte.Pfn);")]
    [InlineData(
        "if (p == null || PtepGet(p).IsNone) return; Use({|PTE0005:PtepGet(p)|}.Pfn);",
        "if (p == null || PtepGet(p).IsNone) return; Use({|PTE0005:PtepGet(p)|}.Pfn);")]
    [InlineData(
        "while (PtepGet(p).IsPresent) { Use({|PTE0005:PtepGet(p)|}.Pfn); p++; }",
        "while (PtepGet(p) is var pte && pte.IsPresent) { Use(pte.Pfn); p++; }")]
    [InlineData(
        "Use((ulong)Reset(p) + PtepGet(p).Value + {|PTE0005:PtepGet(p)|}.Value);",
        "Use((ulong)Reset(p) + PtepGet(p).Value + {|PTE0005:PtepGet(p)|}.Value);")]
    [InlineData(
        "Use(PtepGetLockless(p).Pfn); Use({|PTE0005:PtepGetLockless(p)|}.Value);",
        "var pte = PtepGetLockless(p);\n        Use(pte.Pfn); Use(pte.Value);")]
    [InlineData(
        "Use(PtepGet(p).Pfn); Use(PtepGetLockless(p).Pfn); Use({|PTE0005:PtepGet(p)|}.Value);",
        "var pte = PtepGet(p);\n        Use(pte.Pfn); Use(PtepGetLockless(p).Pfn); Use(pte.Value);")]
    [InlineData(
        "if (!PteSame(PtepGet(p), old)) return; Use({|PTE0005:PtepGet(p)|}.Pfn);",
        "var pte = PtepGet(p);\n        if (!PteSame(pte, old)) return; Use(pte.Pfn);")]
    [InlineData(
        "Use(PtepGet(p).Pfn); if (!PteSame(PtepGet(p), old)) return; Use({|PTE0005:PtepGet(p)|}.Pfn);",
        "Use(PtepGet(p).Pfn); var pte = PtepGet(p); if (!PteSame(pte, old)) return; Use(pte.Pfn);")]
    [InlineData(
        "Use(PtepGet(p).Pfn); Use(PtepGet(q).Pfn); Use({|PTE0005:PtepGet(p)|}.Value); Use({|PTE0005:PtepGet(q)|}.Value);",
        "var pte = PtepGet(p);\n        Use(pte.Pfn); var pte2 = PtepGet(q); Use(pte2.Pfn); Use(pte.Value); Use(pte2.Value);")]
    [InlineData(
        "Use(PtepGet(p).Pfn); Use({|PTE0005:PtepGet(p)|}.Value); SetPte(p, old); Use(PtepGet(p).Pfn); Use({|PTE0005:PtepGet(p)|}.Value);",
        "var pte = PtepGet(p);\n        Use(pte.Pfn); Use(pte.Value); SetPte(p, old); var pte2 = PtepGet(p); Use(pte2.Pfn); Use(pte2.Value);")]
    [InlineData(
        "System.Func<bool> f = () => PtepGet(p).IsPresent && {|PTE0005:PtepGet(p)|}.IsDirty;",
        "System.Func<bool> f = () => PtepGet(p) is var pte && pte.IsPresent && pte.IsDirty;")]
    [InlineData(
        "if (b) { Use(PtepGet(p).Pfn); goto done; } Use(PtepGet(p).Value); done: Use({|PTE0005:PtepGet(p)|}.Pfn);",
        "if (b) { Use(PtepGet(p).Pfn); goto done; } Use(PtepGet(p).Value); done: Use({|PTE0005:PtepGet(p)|}.Pfn);")]
    [InlineData(
        "Use(PtepGet(p).Pfn); var r = p; for (var n = 0; n < 2; n++) { Use(PtepGet(r).Pfn); }",
        "Use(PtepGet(p).Pfn); var r = p; for (var n = 0; n < 2; n++) { Use(PtepGet(r).Pfn); }")]
    public Task An_entry_is_read_once(string before, string after) => Verify.FixAsync<RepeatedEntryReadAnalyzer, RepeatedEntryReadFix>(InMethod(before), InMethod(after));

    [Fact]
    public Task What_only_some_builds_see_is_left_alone()
    {
        var source = InMethod("""
            #if OTHER
                    if (b)
            #else
                    if (PtepGet(p).IsPresent)
            #endif
                        return;
                    Use({|PTE0005:PtepGet(p)|}.Pfn);
            """);
        return Verify.FixAsync<RepeatedEntryReadAnalyzer, RepeatedEntryReadFix>(source, source);
    }

    [Fact]
    public Task A_configured_reader_of_raw_entries_is_known() => Verify.FixAsync<RepeatedEntryReadAnalyzer, RepeatedEntryReadFix>(
        """
        unsafe class C
        {
            ulong F(ulong* pt, int i)
            {
                if ((Paging.Read(&pt[i]) & 1) == 0)
                    return 0;
                return {|PTE0005:pt[i]|} & ~0xFFFUL;
            }
        }
        """,
        """
        unsafe class C
        {
            ulong F(ulong* pt, int i)
            {
                var entry = Paging.Read(&pt[i]);
                if ((entry & 1) == 0)
                    return 0;
                return entry & ~0xFFFUL;
            }
        }
        """,
        """
        pteguard.raw_entry_pointers = ulong*
        pteguard.entry_pointer_names = ^pt$
        pteguard.read_accessor = Paging.Read
        """);

    private static string InMethod(string body) => $$"""
        using static Paging;

        unsafe class C
        {
            void M(Pte* p, Pte* q, bool b, Pte old)
            {
                {{body}}
            }

            static void Use(ulong x) { }
            static int Reset(Pte* p) => 0;
            static void Change(ref Pte pte) { }
        }
        """;
}
