namespace PteGuard.Analyzers.Tests;

/// <summary>The class that the snippets stand in whose mappings a struct carries.</summary>
internal static class CarriedSource
{
    /// <summary>A method with the usual arguments and this body.</summary>
    public static string Method(string body) => Class($$"""
            int M(Pmd* pmd, Pmd* pmd2, Mm mm, ulong addr, int n, bool flag, Pte pte, X[] others, Walk[] walks)
            {
        {{body}}
                return 0;
            }
        """);

    /// <summary>A class with these members, the walk and its helpers.</summary>
    public static string Class(string members) => $$"""
        using System;
        using System.Threading;
        using PteGuard;
        using static Paging;

        unsafe struct Walk
        {
            public Pte* Pte; public PtLock Ptl; public Mm Mm; public ulong Address;
            public bool Begin(Pmd* pmd) { Pte = PteOffsetMapLock(Mm, pmd, Address, out Ptl); return Pte != null; }
            public void End() { PteUnmapUnlock(Pte, Ptl); Pte = null; }
            public void Release() { if (this.Pte != null) PteUnmapUnlock(this.Pte, Ptl); }
            public bool IsThere() => Pte != null;
            public bool Has => Pte != null;
            public void Advance() { Pte++; Address += 4096; }
            public Pte* Current { get => Pte; set => Pte = value; }
        }

        unsafe ref struct Scope
        {
            public Pte* Pte; public PtLock Ptl;
            public void Dispose() { if (Pte != null) PteUnmapUnlock(Pte, Ptl); }
        }

        unsafe struct Pair
        {
            public Pte* Source; public PtLock SourceLock; public Pte* Target; public PtLock TargetLock;
            public void End() { PteUnmapUnlock(Target, TargetLock); PteUnmapUnlock(Source, SourceLock); }
        }

        [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit)]
        unsafe struct Union
        {
            [System.Runtime.InteropServices.FieldOffset(0)] public Pte* Pte;
            [System.Runtime.InteropServices.FieldOffset(0)] public ulong Raw;
        }

        unsafe struct Each
        {
            public Pte* Pte; public Pmd* Pmd;
            public Each GetEnumerator() { var each = this; each.Pte = PteOffsetMap(Pmd, 0); if (each.Pte == null) throw new Exception(); return each; }
            public bool MoveNext() { PteUnmap(Pte); Pte = PteOffsetMap(Pmd, 0); return Pte != null; }
            public Pte Current => PtepGet(Pte);
        }

        unsafe struct Any<T> { public Pte* Pte; public T Tag; }

        unsafe struct Outer { public Walk Inner; public Pte* Other; }

        unsafe struct Disposed : IDisposable
        {
            public Pte* Pte; public PtLock Ptl;
            public void Dispose() { if (Pte != null) PteUnmapUnlock(Pte, Ptl); }
        }

        unsafe class X
        {
        {{members}}

            Walk field;
            object boxed;
            static void Work() { }
            static bool Test() => true;
            static bool Begin(ref Walk w, Pmd* pmd) { w.Pte = PteOffsetMapLock(w.Mm, pmd, w.Address, out w.Ptl); return w.Pte != null; }
            static bool Begin(Pmd* pmd, out Walk w) { w = new Walk { Address = 4096 }; w.Pte = PteOffsetMapLock(w.Mm, pmd, w.Address, out w.Ptl); if (w.Pte == null) return false; return true; }
            static bool BeginUnlocked(ref Walk w, Pmd* pmd) { if (pmd == null) return false; w.Pte = PteOffsetMapNolock(w.Mm, pmd, w.Address, out w.Ptl); return w.Pte != null; }
            static Walk Made(Mm mm, Pmd* pmd) { var p = PteOffsetMapLock(mm, pmd, 0, out var l); if (p == null) return default; return new Walk { Mm = mm, Pte = p, Ptl = l }; }
            static void End(ref Walk w) { PteUnmapUnlock(w.Pte, w.Ptl); }
            static void EndIfThere(ref Walk w) { if (w.Pte != null) { PteUnmapUnlock(w.Pte, w.Ptl); } }
            static void EndUnlocked(Walk w) => PteUnmap(w.Pte);
            static void EndSometimes(ref Walk w, bool really) { if (really) End(ref w); }
            static void Unlock(ref Walk w) => w.Ptl.Exit();
            static void Lock(in Walk w) => w.Ptl.Enter();
            static void Store(ref Walk w, Pte pte) => SetPte(w.Pte, pte);
            static Pte Read(Walk w) => PtepGet(w.Pte);
            static void Put(ref Walk w, Pte* p, PtLock l) { w.Pte = p; w.Ptl = l; }
            static void EndTwo(ref Walk a, ref Walk b) { End(ref b); End(ref a); }
            static void LockThere(ref Walk w) { if (w.Pte != null) w.Ptl.Enter(); }
            static void Hand(ref Walk w, out PtLock l) { l = w.Ptl; }
            static void Tell(Walk w) => Foreign.UnknownLock(w.Ptl);
            static Pte* Lead(ref Walk w, Pmd* pmd) => PteOffsetMapLock(w.Mm, pmd, 0, out w.Ptl);
            static Pte* LeadOrNull(ref Walk w, Pmd* pmd) { if (pmd == null) return null; return PteOffsetMapLock(w.Mm, pmd, 0, out w.Ptl); }
            static bool BeginFails(ref Walk w, Pmd* pmd) { w.Pte = PteOffsetMapLock(w.Mm, pmd, w.Address, out w.Ptl); return w.Pte == null; }
            static void BeginMaybe(ref Walk w, Pmd* pmd, bool really) { if (really) w.Pte = PteOffsetMap(pmd, 0); }
            static bool Want(ref Walk w) { if (w.Pte == null) throw new Exception(); return Test(); }
            static void Look(in Walk w) { _ = w.Address; }
        }

        unsafe class Foreign
        {
            public extern static void Unknown(Walk w);
            public extern static void UnknownLock(PtLock l);
            public extern static void UnknownByReference(ref Walk w);
        }
        """;
}
