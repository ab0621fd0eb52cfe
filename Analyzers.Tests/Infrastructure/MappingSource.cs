namespace PteGuard.Analyzers.Tests;

/// <summary>The class that the snippets of the mapping rules stand in.</summary>
internal static class MappingSource
{
    /// <summary>A method with the usual arguments and this body.</summary>
    public static string Method(string body) => Class($$"""
            int M(Pmd* pmd, Pmd* pmd2, Mm mm, ulong addr, int n, bool flag, Pte pte, object gate)
            {
        {{body}}
                return 0;
            }
        """);

    /// <summary>A class with these members and a few helpers.</summary>
    public static string Class(string members) => $$"""
        using System;
        using System.Threading;
        using PteGuard;
        using static Paging;

        unsafe class X
        {
        {{members}}

            Pte* field;
            PtLock lockField;
            static void Work() { }
            static bool Test() => true;
            static Pmd* NextPmd() => null;
            static void Ends(Pte* p) => PteUnmap(p);
            static void EndsUnlocked(Pte* p, PtLock l) { l.Exit(); PteUnmap(p); }
            static void EndsIfThere(Pte* p) { if (p != null) PteUnmap(p); }
            static void EndsSometimes(Pte* p, bool really) { if (really) PteUnmap(p); }
            static Pte Reads(Pte* p) => PtepGet(p);
            static Pte ReadsIfThere(Pte* p) => p == null ? default : PtepGet(p);
            static void NotesIfThere(Pte* p) { if (p != null) _ = PtepGet(p); }
            static void Writes(Pte* p, Pte pte) => SetPte(p, pte);
            static void Keeps(Pte* p, X x) => x.field = p;
            static void Release(PtLock l) => l.Exit();
            static void Take(PtLock l) => l.Enter();
            static Pte Sample(Pte* p, PtLock l) { l.Enter(); var pte = PtepGet(p); l.Exit(); return pte; }
            static Pte* Maps(Pmd* pmd) => PteOffsetMap(pmd, 0);
            static Pte* MapsLocked(Mm mm, Pmd* pmd, out PtLock l) { var p = PteOffsetMapNolock(mm, pmd, 0, out l); if (p != null) l.Enter(); return p; }
            static Pte* Same(Pte* p) => p;
            static void Hand(Pte* p, out Pte* q) { q = p; }
            static void Retarget(ref Pte* p) { PteUnmap(p); p = null; }
            static void Breathe(PtLock l) { l.Exit(); Work(); l.Enter(); }
            static Pte* Either(Mm mm, Pmd* pmd, bool locked, out PtLock l) => locked ? PteOffsetMapLock(mm, pmd, 0, out l) : PteOffsetMapNolock(mm, pmd, 0, out l);
            static PtLock SameLock(PtLock l) => l;
            static void Tell(PtLock l) => Foreign.UnknownLock(l);
            static Pte* Leads(X x, Mm mm, Pmd* pmd) => PteOffsetMapLock(mm, pmd, 0, out x.lockField);
            [AcquiresLock] static void AnnotatedTake(PtLock l) { l.Enter(); }
            [AcquiresLock] static bool TryTake(PtLock l) => l.TryEnter();
        }

        unsafe class Foreign
        {
            public extern static void Unknown(Pte* p);
            public extern static void UnknownLock(PtLock l);
        }
        """;
}
