namespace PteGuard.Analyzers.Tests;

/// <summary>A small kernel of a user's own, annotated: the types that most tests' snippets are written against.</summary>
internal static class TestKernel
{
    public const string Source = """
        #pragma warning disable
        using System;
        using System.Runtime.CompilerServices;
        using System.Threading;
        using PteGuard;

        [PageTableEntry(typeof(Paging), Read = nameof(Paging.PtepGet), Write = nameof(Paging.SetPte), Modify = nameof(Paging.PtepModify), ReadLockless = nameof(Paging.PtepGetLockless))]
        public struct Pte : IEquatable<Pte>
        {
            public ulong Value;
            public Pte(ulong value) { Value = value; }
            public readonly bool IsNone => Value == 0;
            public readonly bool IsPresent => (Value & 1) != 0;
            public bool IsDirty => (Value & 0x40) != 0;
            public bool Young { readonly get => (Value & 0x20) != 0; set => Value = value ? Value | 0x20 : Value & ~0x20UL; }
            public readonly ulong Pfn => Value >> 12;
            public readonly Pte MkOld() => new Pte(Value & ~0x20UL);
            public readonly Pte MkDirty() => new Pte(Value | 0x40);
            public readonly Pte Wrprotect() => new Pte(Value & ~2UL);
            public void Clear() { Value = 0; }
            public void ClearIndirectly() => Clear();
            public bool Observe() => Value != 0;
            public bool ObserveTwice(int left) => left == 0 ? Observe() : ObserveTwice(left - 1);
            public readonly bool Equals(Pte other) => Value == other.Value;
            public readonly void Deconstruct(out ulong low, out ulong high) { low = Value; high = 0; }
            public static explicit operator ulong(Pte pte) => pte.Value;
            public override readonly string ToString() => Value.ToString();
            public static Pte operator |(Pte left, ulong right) => new Pte(left.Value | right);
            public static bool operator ==(Pte left, Pte right) => left.Value == right.Value;
            public static bool operator !=(Pte left, Pte right) => left.Value != right.Value;
            public override readonly bool Equals(object other) => other is Pte pte && pte.Value == Value;
            public override readonly int GetHashCode() => (int)Value;
        #if NEWEST_ROSLYN
            public void operator +=(int x) { Value += (ulong)x; }
            public void operator ++() { Value++; }
        #endif
        }

        // A struct with fields, but without a modifier: a read-modify-write has no fix.
        [PageTableEntry(typeof(Paging), Read = nameof(Paging.PmdpGet), Write = nameof(Paging.SetPmd))]
        public struct Pmd
        {
            public ulong Value;
            public readonly bool IsPresent => (Value & 1) != 0;
        }

        // Reported, never fixed.
        [PageTableEntry]
        public struct BareEntry
        {
            public uint Low;
            public uint High;
            public readonly bool IsPresent => (Low & 1) != 0;
        }

        public struct Mm { }

        public readonly struct PtLock
        {
            [AcquiresLock] public void Enter() { }
            public bool TryEnter() => true;
            [ReleasesLock] public void Exit() { }
            public static bool operator ==(PtLock left, PtLock right) => true;
            public static bool operator !=(PtLock left, PtLock right) => false;
        }

        public static unsafe class Paging
        {
            public static Pte PtepGet([ReadsEntry] Pte* ptep) => new Pte(Volatile.Read(ref *(ulong*)ptep));
            public static Pte PtepGetLockless([ReadsEntry] Pte* ptep) => new Pte(Volatile.Read(ref *(ulong*)ptep));
            public static void SetPte([WritesEntry] Pte* ptep, Pte pte) => Volatile.Write(ref *(ulong*)ptep, pte.Value);
            public static Pte PtepModify([WritesEntry] Pte* ptep, Func<Pte, Pte> change) => throw null;
            public static Pmd PmdpGet([ReadsEntry] Pmd* pmdp) => new Pmd { Value = Volatile.Read(ref *(ulong*)pmdp) };
            public static void SetPmd([WritesEntry] Pmd* pmdp, Pmd pmd) => Volatile.Write(ref *(ulong*)pmdp, pmd.Value);
            public static ulong Read(ulong* slot) => Volatile.Read(ref *slot);
            public static void Write(ulong* slot, ulong value) => Volatile.Write(ref *slot, value);
            public static ulong Update(ulong* slot, ulong clear, ulong set) => throw null;
            public static uint Read32(uint* slot) => Volatile.Read(ref *slot);

            [MapsEntry(Unmap = nameof(PteUnmap))] public static Pte* PteOffsetMap(Pmd* pmd, ulong addr) => throw null;
            [MapsEntry(Unmap = nameof(PteUnmapUnlock), Lock = "ptl", Locked = true)] public static Pte* PteOffsetMapLock(Mm mm, Pmd* pmd, ulong addr, out PtLock ptl) => throw null;
            [MapsEntry(Unmap = nameof(PteUnmap), Lock = "ptl")] public static Pte* PteOffsetMapNolock(Mm mm, Pmd* pmd, ulong addr, out PtLock ptl) => throw null;
            [MapsEntry(Unmap = nameof(PteUnmap))] public static bool TryMap(Pmd* pmd, ulong addr, out Pte* pte) => throw null;
            [MapsEntry] public static ulong* GetTable(ulong* table, int index) => throw null;
            public static Pte* PteOffsetKernel(Pmd* pmd, ulong addr) => throw null;
            [UnmapsEntry] public static void PteUnmap(Pte* pte) { }
            [UnmapsEntry(Unlock = "ptl")] public static void PteUnmapUnlock(Pte* pte, PtLock ptl) { }
            [LockPointer(Replacement = nameof(PteOffsetMapNolock))] public static PtLock PteLockptr(Mm mm, Pmd* pmd) => default;
            public static PtLock PmdLockptr(Mm mm, Pmd* pmd) => default;
            [AcquiresLock] public static PtLock PmdLock(Mm mm, Pmd* pmd) => default;
            [ComparesEntries] public static bool PteSame(Pte left, Pte right) => left.Value == right.Value;
        }
        """;
}
