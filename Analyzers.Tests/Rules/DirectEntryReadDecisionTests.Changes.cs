namespace PteGuard.Analyzers.Tests.Rules;

/// <content>What stands between two reads.</content>
public partial class DirectEntryReadDecisionTests
{
    [Fact]
    public Task What_may_change_the_entry_or_the_pointer_makes_the_next_read_a_new_one() => VerifyMembers(
        """
            void Locked(Pte* p, PtLock ptl, Pte orig)
            {
                if ([|p->IsPresent|])
                {
                    ptl.Enter();
                    if (PteSame([|*p|], orig))
                        Use([|p->Pfn|]);
                    ptl.Exit();
                    Use([|p->Pfn|]);
                }

                if ([|p->IsPresent|])
                {
                    lock (s_lock)
                        Use([|p->Pfn|]);
                }
            }

            void Written(Pte* p, ref Pte alias)
            {
                if ([|p->IsPresent|])
                {
                    SetPte(p, default);
                    Use([|p->Pfn|]);
                }

                if ([|p->IsPresent|])
                {
                    alias = default;
                    Use([|p->Pfn|]);
                }

                if ([|p->IsPresent|])
                {
                    if (!IsGood([|*p|]))
                    {
                        SetPte(p, default);
                        return;
                    }

                    Use([|p->Pfn|]);
                }

                if ([|p->IsPresent|])
                    SetPte(p, default);
                else
                    Use([|p->Pfn|]);
            }

            void Called(Pte* p, int[] counts)
            {
                if ([|p->IsPresent|])
                {
                    counts[0]++;
                    Console.WriteLine([|p->Pfn|]);
                    if (IsGood([|*p|]))
                        Use([|p->Pfn|]);
                    Use([|p->Pfn|] + [|p->Value|]);
                }
            }

            void Later(Pte* p)
            {
                if ([|p->IsPresent|])
                {
                    Action later = () => Use([|p->Pfn|]);
                    for (var i = 0; i < 2; i++)
                        Use([|p->Pfn|]);
                }

                if ([|p->IsPresent|])
                {
                again:
                    Use([|p->Pfn|]);
                    goto again;
                }
            }

            void Moved(Pte* p, int i)
            {
                if ([|p[i]|].IsPresent)
                {
                    i++;
                    Use([|p[i]|].Pfn);
                }

                if ([|p->IsPresent|])
                {
                    Step();
                    Use([|p->Pfn|]);
                }

                if ([|p->IsPresent|])
                    Use((ulong)this + [|p->Pfn|]);

                void Step() => p++;

                switch ([|p->Value|])
                {
                    case 0:
                        SetPte(p, default);
                        goto case 1;
                    case 1:
                        Use([|p->Pfn|]);
                        break;
                }
            }
        """,
        """
            void Locked(Pte* p, PtLock ptl, Pte orig)
            {
                if (PtepGet(p).IsPresent)
                {
                    ptl.Enter();
                    var pte = PtepGet(p);
                    if (PteSame(pte, orig))
                        Use(pte.Pfn);
                    ptl.Exit();
                    Use(PtepGet(p).Pfn);
                }

                if (PtepGet(p).IsPresent)
                {
                    lock (s_lock)
                        Use(PtepGet(p).Pfn);
                }
            }

            void Written(Pte* p, ref Pte alias)
            {
                if (PtepGet(p).IsPresent)
                {
                    SetPte(p, default);
                    Use(PtepGet(p).Pfn);
                }

                if (PtepGet(p).IsPresent)
                {
                    alias = default;
                    Use(PtepGet(p).Pfn);
                }

                var pte = PtepGet(p);
                if (pte.IsPresent)
                {
                    if (!IsGood(pte))
                    {
                        SetPte(p, default);
                        return;
                    }

                    Use(pte.Pfn);
                }

                var pte2 = PtepGet(p);
                if (pte2.IsPresent)
                    SetPte(p, default);
                else
                    Use(pte2.Pfn);
            }

            void Called(Pte* p, int[] counts)
            {
                var pte = PtepGet(p);
                if (pte.IsPresent)
                {
                    counts[0]++;
                    Console.WriteLine(pte.Pfn);
                    if (IsGood(pte))
                        Use(pte.Pfn);
                    var pte2 = PtepGet(p);
                    Use(pte2.Pfn + pte2.Value);
                }
            }

            void Later(Pte* p)
            {
                if (PtepGet(p).IsPresent)
                {
                    Action later = () => Use(PtepGet(p).Pfn);
                    for (var i = 0; i < 2; i++)
                        Use(PtepGet(p).Pfn);
                }

                if (PtepGet(p).IsPresent)
                {
                again:
                    Use(PtepGet(p).Pfn);
                    goto again;
                }
            }

            void Moved(Pte* p, int i)
            {
                if (PtepGet(&p[i]).IsPresent)
                {
                    i++;
                    Use(PtepGet(&p[i]).Pfn);
                }

                if (PtepGet(p).IsPresent)
                {
                    Step();
                    Use(PtepGet(p).Pfn);
                }

                if (PtepGet(p).IsPresent)
                    Use((ulong)this + PtepGet(p).Pfn);

                void Step() => p++;

                switch (PtepGet(p).Value)
                {
                    case 0:
                        SetPte(p, default);
                        goto case 1;
                    case 1:
                        Use(PtepGet(p).Pfn);
                        break;
                }
            }
        """);
}
