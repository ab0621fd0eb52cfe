namespace PteGuard.Analyzers.Tests.Rules;

/// <content>Where there is no snapshot, or one by another name.</content>
public partial class DirectEntryReadSnapshotTests
{
    [Fact]
    public Task Reads_that_may_see_another_entry_or_cannot_meet_stay_apart() => VerifyMembers(
        """
            void F(Pte* p, Pte* q, bool b, int i)
            {
                Both([|*p|], [|*q|]);
                Both([|*p++|], [|*p++|]);
                Both([|p[i]|], [|p[i + 1]|]);
                var e = b ? [|*p|] : [|*p|];
                var f = i switch { 0 => [|p->Value|], 1 => [|p->Value|] + 1, _ => 0UL };
                Use([|p->Value|] + (ulong)Reset(p) + [|p->Value|]);
                var g = [|p->Value|] + [|(p = q)->Value|] + [|p->Value|];
                if ([|p->IsPresent|])
                    Use([|p->Value|]);
                while ([|p->IsPresent|])
                    Use([|p->Value|]);
            }
        """,
        """
            void F(Pte* p, Pte* q, bool b, int i)
            {
                Both(PtepGet(p), PtepGet(q));
                Both(PtepGet(p++), PtepGet(p++));
                Both(PtepGet(&p[i]), PtepGet(&p[i + 1]));
                var e = b ? PtepGet(p) : PtepGet(p);
                var f = i switch { 0 => PtepGet(p).Value, 1 => PtepGet(p).Value + 1, _ => 0UL };
                Use(PtepGet(p).Value + (ulong)Reset(p) + PtepGet(p).Value);
                var g = PtepGet(p).Value + PtepGet(p = q).Value + PtepGet(p).Value;
                var pte = PtepGet(p);
                if (pte.IsPresent)
                    Use(pte.Value);
                while (PtepGet(p) is var pte2 && pte2.IsPresent)
                    Use(pte2.Value);
            }
        """);

    [Fact]
    public Task Where_no_snapshot_can_be_right_there_is_no_fix() => VerifyUnchanged(
        """
            ulong Sum(Pte* p) => [|p->Value|] + [|p->Value|];

            Pte* Next() => null;

            void F(Pte* p, Pte* q, Pte** pp, int x, Table table)
            {
                // The call comes first, and may write the entry.
                Use((ulong)Reset(p) + [|p->Value|] + [|p->Value|]);

                // Nobody knows whether it is the same entry.
                Both([|*Next()|], [|*Next()|]);
                Both([|*table.Computed|], [|*table.Computed|]);

                // Neither read happens every time, and no condition holds both.
                var a = (p != null && [|p->IsPresent|]) | (q != null && [|p->IsDirty|]);
                var b = p == null || [|p->IsPresent|] ? 1UL : [|p->Value|];
            }

            struct Table
            {
                public Pte* Computed => null;
            }
        """);

    [Fact]
    public Task A_name_that_is_taken_is_not_taken_again() => VerifyMembers(
        """
            void F(Pte* ptep, int entry)
            {
                {
                    Both([|*ptep|], [|*ptep|]);
                }

                {
                    Both([|*ptep|], [|*ptep|]);
                }

                {
                    var pte = 1;
                    Both([|*ptep|], [|*ptep|]);
                }

                void Local(int pte)
                {
                    Both([|*ptep|], [|*ptep|]);
                }
            }

            void Field(Pte* _ptep, Pte* tablePtr)
            {
                Both([|*_ptep|], [|*_ptep|]);
                Both([|*tablePtr|], [|*tablePtr|]);
            }
        """,
        """
            void F(Pte* ptep, int entry)
            {
                {
                    var pte = PtepGet(ptep);
                    Both(pte, pte);
                }

                {
                    var pte = PtepGet(ptep);
                    Both(pte, pte);
                }

                {
                    var pte = 1;
                    var pte2 = PtepGet(ptep);
                    Both(pte2, pte2);
                }

                void Local(int pte)
                {
                    var pte2 = PtepGet(ptep);
                    Both(pte2, pte2);
                }
            }

            void Field(Pte* _ptep, Pte* tablePtr)
            {
                var pte = PtepGet(_ptep);
                Both(pte, pte);
                var table = PtepGet(tablePtr);
                Both(table, table);
            }
        """);
}
