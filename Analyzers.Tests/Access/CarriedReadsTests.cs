using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.Analyzers.Access;

namespace PteGuard.Analyzers.Tests.Access;

public sealed class CarriedReadsTests
{
    [Theory]
    [InlineData("Pte e = *p; [|*p = e.MkOld()|];")]
    [InlineData("Pte e = *p; e = e.MkOld(); [|*p = e|];")]
    [InlineData("Pte e; e = *p; [|*p = e|];")]
    [InlineData("Pte e = PtepGet(p); [|*p = e.MkOld()|];")]
    [InlineData("Pte e = PtepGet(&p[i]); [|p[i] = e.MkOld()|];")]
    [InlineData("Pte e = p[i]; [|*(p + i) = e.MkOld()|];")]
    [InlineData("ulong v = p->Value; v |= 1; [|p->Value = v|];")]
    [InlineData("ulong v = p->Value; [|p->Value = v | 1|];")]
    [InlineData("ulong v = p->Value & ~1UL; [|p->Value = (v & 0xFFF) + other|];")]
    [InlineData("ulong v = Volatile.Read(ref p->Value); [|p->Value = v | 1|];")]
    [InlineData("ulong v = p->Value, w = v & 1, x = w << 2; [|p->Value = x|];")]
    [InlineData("ulong v = p->Value; [|p->Value = Work(v)|];")]
    [InlineData("ulong v = p->Value; if (v == 0) { p->Value = other; return; } [|p->Value = v | 1|];")]
    [InlineData("ulong v = p->Value; if (v == 0) throw new Exception(); [|p->Value = v | 1|];")]
    [InlineData("ulong v = p->Value; if (other > 0) v |= 2; [|p->Value = v|];")]
    [InlineData("ulong v = p->Value; if (other > 0) { v |= 2; } else { v = v & 4; } [|p->Value = v|];")]
    [InlineData("ulong v = p->Value; if (other > 0) { [|p->Value = v | 1|]; }")]
    [InlineData("ulong v; if (((v = p->Value) & 1) == 0) { [|p->Value = v | 1|]; }")]
    [InlineData("ulong v = 0; while (((v = p->Value) & 1) != 0) { } [|p->Value = v | 1|];")]
    [InlineData("while (i-- > 0) { ulong v = p[i].Value; if (v == 0) continue; [|p[i].Value = v | 1|]; }")]
    [InlineData("for (int n = 0; n < 8; n++) { ulong v = p[n].Value; if (v == 0) break; [|p[n].Value = v | 1|]; }")]
    [InlineData("foreach (var n in all) { ulong v = p[n].Value; [|p[n].Value = v | 1|]; }")]
    [InlineData("ulong v = p->Value; switch (v & 3) { case 1: [|p->Value = v | 2|]; break; }")]
    [InlineData("ulong v = p->Value; switch (i) { case 1: v |= 4; [|p->Value = v|]; break; }")]
    [InlineData("ulong v = p->Value; lock (this) { [|p->Value = v | 2|]; }")]
    [InlineData("ulong v = p->Value; try { [|p->Value = v | 2|]; } finally { }")]
    [InlineData("ulong v; again: v = p->Value; [|p->Value = v | 2|]; if (i-- > 0) goto again;")]
    [InlineData("ref ulong slot = ref p->Value; ulong v = slot; [|slot = v | 2|];")]
    [InlineData("ulong v = p->Value; q->Value = 1; [|p->Value = v | 2|];")]
    [InlineData("ulong v = p->Value; [|p->Value = other > 0 ? v | 1 : 0|];")]
    [InlineData("ulong v = p->Value; v++; [|p->Value = v|];")]
    [InlineData("Pte e = *p; e.Young = false; [|*p = e|];")]
    [InlineData("Pte e = *p; e.Value |= 1; [|*p = e|];")]
    [InlineData("Pte e = *p; e.Value = e.Value & 1; [|*p = e|];")]
    [InlineData("ulong v = p->Value; if (i > 0 && ([|p->Value = v|]) > 0) { }")]
    [InlineData("ulong v = p->Value; switch (i) { case 1: [|p->Value = v|]; break; default: v = other; break; }")]
    [InlineData("ulong v = p->Value; try { if (i > 0) { v = other; return; } [|p->Value = v|]; } catch { }")]
    [InlineData("ulong v = p->Value; [|p->Value = v | 1|]; Action later = () => { ulong w = r->Value; [|r->Value = w | 1|]; };")]
    public void A_store_of_what_was_read_before_is_a_modification(string body) => Check(body);

    [Theory]
    [InlineData("ulong v = p->Value; q->Value = v;")]
    [InlineData("ulong v = p[0].Value; p[1].Value = v;")]
    [InlineData("ulong v = p[i].Value; i++; p[i].Value = v;")]
    [InlineData("ulong v = p->Value; p++; p->Value = v;")]
    [InlineData("ulong v = p->Value; p = Other(ref q); p->Value = v;")]
    [InlineData("ulong v = p->Value; Other(ref p); p->Value = v;")]
    [InlineData("ulong v = p->Value; p->Value = 0; p->Value = v | 1;")]
    [InlineData("ulong v = p->Value; SetPte(p, default); p->Value = v | 1;")]
    [InlineData("ulong v = p->Value; if (i > 0) { SetPte(p, default); } p->Value = v | 1;")]
    [InlineData("ulong v = p->Value; v = other; p->Value = v;")]
    [InlineData("ulong v = p->Value; if (i > 0) v = other; p->Value = v;")]
    [InlineData("ulong v = p->Value; if (i > 0) { v = other; goto set; } set: p->Value = v;")]
    [InlineData("ulong v = p->Value; while (i-- > 0) { v = other; break; } p->Value = v;")]
    [InlineData("ulong v = p->Value; try { v = other; } catch { return; } p->Value = v;")]
    [InlineData("ulong v = p->Value; Fill(out v); p->Value = v;")]
    [InlineData("ulong v = p->Value; (v, i) = (other, 1); p->Value = v;")]
    [InlineData("ulong v = p->Value; if (v == 0) { p->Value = other; }")]
    [InlineData("ulong v = p->Value; p->Value = v == 0 ? other : 1;")]
    [InlineData("ulong v = p->Value; p->Value = v switch { 0 => other, _ => 1 };")]
    [InlineData("bool young = (p->Value & 32) != 0; p->Value = young ? other : 1;")]
    [InlineData("ulong v = p->Value; p->Value = table[v];")]
    [InlineData("ulong v = p->Value; Action later = () => { r->Value = v; };")]
    [InlineData("ulong v = other; if (i > 0) v = p->Value; p->Value = v;")]
    [InlineData("ulong v = other; try { v = p->Value; } catch { } p->Value = v;")]
    [InlineData("ulong v = other; goto set; set: p->Value = v;")]
    [InlineData("ulong v = p->Value; ulong* w = &v; *w = other; p->Value = v;")]
    [InlineData("p->Value = other; ulong v = p->Value;")]
    [InlineData("Pte e = Take(p); *p = e.MkOld();")]
    [InlineData("ulong v = p->Value; for (int n = 0; n < 4; n++) p->Value = v;")]
    [InlineData("ulong v = *word; while (word < end) { *word = v; word++; }")]
    [InlineData("ulong v = p->Value; do { p->Value = v; v = other; } while (i-- > 0);")]
    [InlineData("ulong v = p->Value; for (; i > 0; p->Value = v) { v = 5; }")]
    [InlineData("ulong v = p->Value; switch (i) { case 1: v = 5; goto case 2; case 2: p->Value = v; break; }")]
    [InlineData("ulong v = p->Value; switch (i) { case 1 when (v = 5) > 0: p->Value = v; break; }")]
    [InlineData("ulong v = p->Value; var x = i switch { 1 when (v = 5) > 0 => p->Value = v, _ => 0UL };")]
    [InlineData("ulong v = p->Value; try { if (i > 0) { v = 5; throw new Exception(); } } catch { } p->Value = v;")]
    [InlineData("ulong v = p->Value; try { v = 5; Fill(out other); return; } catch { } p->Value = v;")]
    [InlineData("ulong v = p->Value; while (i-- > 0) { if (i > 4) { v = 5; if (i > 5) break; return; } } p->Value = v;")]
    [InlineData("ulong v = 0; { if (i > 0) goto skip; v = p->Value; skip: ; } p->Value = v;")]
    [InlineData("ulong v = p->Value; void Set() { v = other; } Set(); p->Value = v;")]
    [InlineData("ulong v = p->Value; Action set = () => v = other; set(); p->Value = v;")]
    [InlineData("ulong v = 0; ulong* w = &v; v = p->Value; *w = other; p->Value = v;")]
    [InlineData("ulong v = p->Value; ref ulong w = ref v; w = other; p->Value = v;")]
    [InlineData("Pte e = *p; e.Clear(); *p = e;")]
    [InlineData("Pte e = *p; e.Value = other; *p = e;")]
    [InlineData("Pte e = *p; (e.Value, i) = (other, 1); *p = e;")]
    [InlineData("Pte e = *p; Fill(out e.Value); *p = e;")]
    [InlineData("Pte e = *p; *p = e = default;")]
    [InlineData("ulong v = p->Value; p->Value = v = other;")]
    [InlineData("ulong v = p->Value; Two(v = other, p->Value = v);")]
    [InlineData("ulong v = p->Value; p->Value = words[(int)v];")]
    [InlineData("ulong v = p->Value; Pte* child = (Pte*)(v & ~0xFFFUL); p->Value = child[0].Value;")]
    [InlineData("ulong v = Next()->Value; Next()->Value = v;")]
    [InlineData("ulong v = p[Step].Value; p[Step].Value = v;")]
    public void Another_value_or_another_entry_is_a_plain_store(string body) => Check(body);

    [Fact]
    public void A_body_with_thousands_of_stores_is_soon_done() => Check(
        "ulong v = other;" + string.Concat(Enumerable.Range(0, 2_000).Select(_ => " v = v + 1; p->Value = v;")));

    private static void Check(string body)
    {
        var snippet = Snippet.Compile(
            $$"""
            using System;
            using System.Threading;
            using PteGuard;
            using static Paging;
            unsafe class C
            {
                Pte* r;
                static Pte* Next() => null;
                static Pte* Other(ref Pte* p) => p;
                static void Fill(out ulong v) => v = 0;
                static ulong Work(ulong v) => v;
                static Pte Take(Pte* p) => default;
                static void Two(ulong x, ulong y) { }
                int Step => counter++;
                int counter;
                void M(Pte* p, Pte* q, int i, ulong other, int[] all, ulong[] table, System.Collections.Generic.List<ulong> words, [EntryPointer(typeof(Paging))] ulong* word, ulong* end) { {{body}} }
            }
            """);
        Assert.DoesNotContain(snippet.Compilation.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error);
        var method = snippet.Tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().Last();
        var accesses = EntryAccesses.Of(snippet.Compilation.GetSemanticModel(snippet.Tree).GetOperation(method)!, snippet.Facts, CancellationToken.None);
        Assert.Contains(accesses, access => access.Kind is EntryAccessKind.Write or EntryAccessKind.ReadModifyWrite);
        Assert.Equal(
            snippet.Marks.GetValueOrDefault("", []).Select(span => snippet.Tree.GetText().ToString(span)),
            accesses.Where(access => access.CarriedRead is not null).Select(access => access.Site.ToString()));
        Assert.All(accesses, access => Assert.Equal(access.CarriedRead is not null, access.Kind == EntryAccessKind.ReadModifyWrite));
    }
}
