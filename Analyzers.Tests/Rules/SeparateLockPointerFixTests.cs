using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public class SeparateLockPointerFixTests
{
    [Fact]
    public Task A_lock_taken_at_once_is_taken_by_the_mapper() => VerifyMembers(
        """
            void After(Mm mm, Pmd* pmd, ulong addr)
            {
                // Map it.
                Pte* pte = PteOffsetMap(pmd, addr);
                if (pte == null)
                    return;

                // Lock it.
                PtLock ptl = [|PteLockptr(mm, pmd)|];
                ptl.Enter();
                SetPte(pte, default);
                PteUnmapUnlock(pte, ptl);
            }

            void Before(Mm mm, Pmd* pmd, ulong addr)
            {
                var ptl = [|PteLockptr(mm, pmd)|];
                var pte = PteOffsetMap(pmd, addr);
                if (pte is null)
                    return;
                ptl.Enter();
                SetPte(pte, default);
                ptl.Exit();
                PteUnmap(pte);
            }
        """,
        """
            void After(Mm mm, Pmd* pmd, ulong addr)
            {
                // Map it.
                Pte* pte = PteOffsetMapLock(mm, pmd, addr, out PtLock ptl);
                if (pte == null)
                    return;

                // Lock it.
                SetPte(pte, default);
                PteUnmapUnlock(pte, ptl);
            }

            void Before(Mm mm, Pmd* pmd, ulong addr)
            {
                var pte = PteOffsetMapLock(mm, pmd, addr, out var ptl);
                if (pte is null)
                    return;
                SetPte(pte, default);
                ptl.Exit();
                PteUnmap(pte);
            }
        """);

    [Fact]
    public Task A_lock_taken_later_comes_with_the_mapping() => VerifyMembers(
        """
            void Later(Mm mm, Pmd* pmd, ulong addr)
            {
                PtLock ptl;
                Pte* pte;
                pte = PteOffsetMap(pmd, addr);
                if (pte == null)
                {
                    Log();
                    return;
                }

                ptl = [|PteLockptr(mm, pmd)|]; // its lock
                var old = PtepGet(pte);
                ptl.Enter();
                if (PteSame(old, PtepGet(pte)))
                    SetPte(pte, default);
                PteUnmapUnlock(pte, ptl);
            }
        """,
        """
            void Later(Mm mm, Pmd* pmd, ulong addr)
            {
                PtLock ptl;
                Pte* pte;
                pte = PteOffsetMapNolock(mm, pmd, addr, out ptl);
                if (pte == null)
                {
                    Log();
                    return;
                }

                // its lock
                var old = PtepGet(pte);
                ptl.Enter();
                if (PteSame(old, PtepGet(pte)))
                    SetPte(pte, default);
                PteUnmapUnlock(pte, ptl);
            }
        """);

    [Fact]
    public Task A_mapping_that_is_not_checked_is_joined_where_null_would_not_be_survived() => VerifyMembers(
        """
            void AtOnce(Mm mm, Pmd* pmd, ulong addr)
            {
                PtLock ptl = [|PteLockptr(mm, pmd)|];
                Pte* pte = PteOffsetMap(pmd, addr);
                ptl.Enter();
                SetPte(pte, default);
                PteUnmapUnlock(pte, ptl);
            }

            void InALoop(Mm mm, Pmd* pmd, ulong addr)
            {
                Pte* pte = PteOffsetMap(pmd, addr);
                PtLock ptl = [|PteLockptr(mm, pmd)|];
                ptl.Enter();
                for (int i = 0; i < 512; i++)
                {
                    if (PtepGet(&pte[i]).IsNone)
                        continue;
                    Finish(pte + i, ptl);
                }

                PteUnmapUnlock(pte, ptl);
            }

            bool ReadsBetween(Pmd* pmd, ulong addr)
            {
                Pte* pte = PteOffsetMap(pmd, addr);
                if (pte == null)
                    return false;
                Pte seen = PtepGet(pte);
                PtLock ptl = [|PteLockptr(_mm, pmd)|];
                ptl.Enter();
                return Finish(pte, ptl);
            }

            bool Later(Mm mm, Pmd* pmd, ulong addr)
            {
                Pte* pte = PteOffsetMap(pmd, addr);
                if (!PtepGet(pte).IsPresent)
                {
                    PteUnmap(pte);
                    return false;
                }

                PtLock ptl = [|PteLockptr(mm, pmd)|];
                ptl.Enter();
                return Finish(pte, ptl);
            }
        """,
        """
            void AtOnce(Mm mm, Pmd* pmd, ulong addr)
            {
                Pte* pte = PteOffsetMapLock(mm, pmd, addr, out PtLock ptl);
                SetPte(pte, default);
                PteUnmapUnlock(pte, ptl);
            }

            void InALoop(Mm mm, Pmd* pmd, ulong addr)
            {
                Pte* pte = PteOffsetMapLock(mm, pmd, addr, out PtLock ptl);
                for (int i = 0; i < 512; i++)
                {
                    if (PtepGet(&pte[i]).IsNone)
                        continue;
                    Finish(pte + i, ptl);
                }

                PteUnmapUnlock(pte, ptl);
            }

            bool ReadsBetween(Pmd* pmd, ulong addr)
            {
                Pte* pte = PteOffsetMapNolock(_mm, pmd, addr, out PtLock ptl);
                if (pte == null)
                    return false;
                Pte seen = PtepGet(pte);
                ptl.Enter();
                return Finish(pte, ptl);
            }

            bool Later(Mm mm, Pmd* pmd, ulong addr)
            {
                Pte* pte = PteOffsetMapNolock(mm, pmd, addr, out PtLock ptl);
                if (!PtepGet(pte).IsPresent)
                {
                    PteUnmap(pte);
                    return false;
                }

                ptl.Enter();
                return Finish(pte, ptl);
            }
        """);

    [Fact]
    public Task A_mapping_that_is_not_checked_is_left_where_null_may_be_survived() => VerifyUnchanged(
        """
            bool HandsOn(Mm mm, Pmd* pmd, ulong addr)
            {
                Pte* pte = PteOffsetMap(pmd, addr);
                PtLock ptl = [|PteLockptr(mm, pmd)|];
                ptl.Enter();
                return Finish(pte, ptl);
            }

            void OnlyIf(Mm mm, Pmd* pmd, ulong addr, bool b)
            {
                Pte* pte = PteOffsetMap(pmd, addr);
                PtLock ptl = [|PteLockptr(mm, pmd)|];
                ptl.Enter();
                if (b)
                    SetPte(pte, default);
                ptl.Exit();
            }

            void LeavesBefore(Mm mm, Pmd* pmd, ulong addr, bool b)
            {
                Pte* pte = PteOffsetMap(pmd, addr);
                PtLock ptl = [|PteLockptr(mm, pmd)|];
                ptl.Enter();
                if (b)
                    return;
                SetPte(pte, default);
                ptl.Exit();
            }

            void Perhaps(Mm mm, Pmd* pmd, ulong addr, bool b)
            {
                Pte* pte = PteOffsetMap(pmd, addr);
                PtLock ptl = [|PteLockptr(mm, pmd)|];
                ptl.Enter();
                if (b && PtepGet(pte).IsPresent)
                    SetPte(pte, default);
                ptl.Exit();
                if (pte != null)
                    PteUnmap(pte);
            }
        """);

    [Fact]
    public Task Where_the_meaning_could_change_there_is_no_fix() => VerifyUnchanged(
        """
            void NullIsNotHandled(Mm mm, Pmd* pmd, ulong addr)
            {
                var pte = PteOffsetMap(pmd, addr);
                var ptl = [|PteLockptr(mm, pmd)|];
                ptl.Enter();
                if (pte != null)
                    PteUnmap(pte);
                ptl.Exit();
            }

            void UsedInBetween(Mm mm, Pmd* pmd, ulong addr)
            {
                var ptl = [|PteLockptr(mm, pmd)|];
                ptl.Enter();
                var pte = PteOffsetMap(pmd, addr);
                if (pte == null)
                    return;
                ptl.Exit();
                PteUnmap(pte);
            }

            void OtherLists(Mm mm, Pmd* pmd, ulong addr, bool b)
            {
                var pte = PteOffsetMap(pmd, addr);
                if (pte == null)
                    return;
                if (b)
                {
                    var ptl = [|PteLockptr(mm, pmd)|];
                    ptl.Enter();
                    ptl.Exit();
                }
                PteUnmap(pte);
            }

            void DeclaredTooLate(Pmd* pmd, ulong addr)
            {
                var pte = PteOffsetMap(pmd, addr);
                if (pte == null)
                    return;
                var mm = Find();
                var ptl = [|PteLockptr(mm, pmd)|];
                ptl.Enter();
                PteUnmapUnlock(pte, ptl);
            }
        """);

    [Fact]
    public Task The_lock_may_also_be_left_to_be_taken_by_the_code()
    {
        const string Body = """
                var pte = {0};
                if (pte == null)
                    return;{1}
                ptl.Enter();
                PteUnmapUnlock(pte, ptl);
            }}
        """;
        const string Head = "    void F(Mm mm, Pmd* pmd, ulong addr)\n    {\n";
        return Verify.FixAsync<SeparateLockPointerAnalyzer, SeparateLockPointerFix>(
            InClass(Head + string.Format(null, Body, "PteOffsetMap(pmd, addr)", "\n        var ptl = [|PteLockptr(mm, pmd)|];")),
            InClass(Head + string.Format(null, Body, "PteOffsetMapNolock(mm, pmd, addr, out var ptl)", "")),
            configure: test => test.CodeActionEquivalenceKey = "TakeLockFromMappingUnlocked");
    }

    [Fact]
    public Task Generic_mappers_are_joined_too_and_never_by_one_that_allocates()
    {
        const string Mappers = """

            public struct Entry<T> { }
            public struct Directory<T> { }
            public static unsafe class Generic
            {
                [MapsEntry(Lock = "ptl", Locked = true)] public static Entry<T>* AllocMapLock<T>(Mm mm, [WritesEntry] Directory<T>* dir, ulong addr, out PtLock ptl) where T : unmanaged => throw null;
                [MapsEntry(Lock = "ptl", Locked = true)] public static Entry<T>* MapLock<T>(Mm mm, Directory<T>* dir, ulong addr, out PtLock ptl) where T : unmanaged => throw null;
                [MapsEntry(Lock = "ptl")] public static Entry<T>* MapNolock<T>(Mm mm, Directory<T>* dir, ulong addr, out PtLock ptl) where T : unmanaged => throw null;
                [MapsEntry] public static Entry<T>* Map<T>(Directory<T>* dir, ulong addr) where T : unmanaged => throw null;
                [LockPointer(Replacement = nameof(MapNolock))] public static PtLock Lockptr<T>(Mm mm, Directory<T>* dir) where T : unmanaged => default;
            }
            """;
        return Verify.FixAsync<SeparateLockPointerAnalyzer, SeparateLockPointerFix>(
            "using PteGuard;\nusing static Generic;\n" + InClass("""
                    void AtOnce(Mm mm, Directory<int>* dir)
                    {
                        var pte = Map(dir, 0);
                        if (pte == null)
                            return;
                        var ptl = [|Lockptr(mm, dir)|];
                        ptl.Enter();
                        Log();
                    }

                    void Later(Mm mm, Directory<int>* dir)
                    {
                        var pte = Map(dir, 0);
                        if (pte == null)
                            return;
                        var ptl = [|Lockptr(mm, dir)|];
                        Log();
                        ptl.Enter();
                    }
                """) + Mappers,
            "using PteGuard;\nusing static Generic;\n" + InClass("""
                    void AtOnce(Mm mm, Directory<int>* dir)
                    {
                        var pte = MapLock(mm, dir, 0, out var ptl);
                        if (pte == null)
                            return;
                        Log();
                    }

                    void Later(Mm mm, Directory<int>* dir)
                    {
                        var pte = MapNolock(mm, dir, 0, out var ptl);
                        if (pte == null)
                            return;
                        Log();
                        ptl.Enter();
                    }
                """) + Mappers);
    }

    private static Task VerifyUnchanged(string members) => VerifyMembers(members, members);

    private static Task VerifyMembers(string before, string after) =>
        Verify.FixAsync<SeparateLockPointerAnalyzer, SeparateLockPointerFix>(InClass(before), InClass(after));

    private static string InClass(string members) => $$"""
        using static Paging;

        unsafe class C
        {
        {{members}}

            Mm _mm;
            void Log() { }
            bool Finish(Pte* pte, PtLock ptl) => true;
            Mm Find() => default;
        }
        """;
}
