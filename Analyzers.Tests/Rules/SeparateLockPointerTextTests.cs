using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

/// <summary>PTE0003's fix and the text around it: names, conditional compilation.</summary>
public class SeparateLockPointerTextTests
{
    [Fact]
    public Task A_lock_that_is_named_like_a_keyword_keeps_its_name() => VerifyMembers(
        """
            void Declared(Mm mm, Pmd* pmd)
            {
                var @lock = [|PteLockptr(mm, pmd)|];
                var pte = PteOffsetMap(pmd, 0);
                if (pte == null)
                    return;
                @lock.Enter();
                PteUnmapUnlock(pte, @lock);
            }

            void Assigned(Mm mm, Pmd* pmd, PtLock given)
            {
                PtLock @lock;
                var pte = PteOffsetMap(pmd, 0);
                if (pte == null)
                    return;
                @lock = [|PteLockptr(mm, pmd)|];
                @lock.Enter();
                PteUnmapUnlock(pte, @lock);
            }
        """,
        """
            void Declared(Mm mm, Pmd* pmd)
            {
                var pte = PteOffsetMapLock(mm, pmd, 0, out var @lock);
                if (pte == null)
                    return;
                PteUnmapUnlock(pte, @lock);
            }

            void Assigned(Mm mm, Pmd* pmd, PtLock given)
            {
                PtLock @lock;
                var pte = PteOffsetMapLock(mm, pmd, 0, out @lock);
                if (pte == null)
                    return;
                PteUnmapUnlock(pte, @lock);
            }
        """);

    [Fact]
    public Task What_differs_from_build_to_build_is_left_alone()
    {
        const string Members = """
                void Replaced(Mm mm, Pmd* pmd)
                {
                    var pte = PteOffsetMap(pmd, 0);
                    if (pte == null)
                        return;
            #if OTHER
                    var ptl = default(PtLock);
            #else
                    var ptl = [|PteLockptr(mm, pmd)|];
            #endif
                    ptl.Enter();
                    PteUnmapUnlock(pte, ptl);
                }

                void Between(Mm mm, Pmd* pmd)
                {
                    var pte = PteOffsetMap(pmd, 0);
                    if (pte == null)
                        return;
            #if OTHER
                    System.Console.WriteLine();
            #endif
                    var ptl = [|PteLockptr(mm, pmd)|];
                    ptl.Enter();
                    PteUnmapUnlock(pte, ptl);
                }
            """;
        return VerifyMembers(Members, Members);
    }

    private static Task VerifyMembers(string before, string after) =>
        Verify.FixAsync<SeparateLockPointerAnalyzer, SeparateLockPointerFix>(InClass(before), InClass(after));

    private static string InClass(string members) => $$"""
        using static Paging;

        unsafe class C
        {
        {{members}}
        }
        """;
}
