/* What is measured, each as one loop, so that a call from C# costs nothing beside it. */
#include "twin.h"

struct mmu;
int twin_translate(struct mmu *mmu, u64 addr, int access, u64 *physical);
int twin_fault(struct mm *mm, u64 addr);
void twin_zap(struct mm *mm, u64 start, u64 end);

entry *twin_pmd(struct mm *mm, u64 addr)
{
    entry *pmd = alloc_pmd(mm, addr);
    pte_alloc(mm, pmd);
    return pmd;
}

u64 bench_get(entry *pte, int count)
{
    u64 sum = 0;
    for (int i = 0; i < count; i++)
        sum += load(pte);
    return sum;
}

u64 bench_map(entry *pmd, u64 addr, int count)
{
    u64 sum = 0;
    for (int i = 0; i < count; i++) {
        u64 seen;
        entry *pte = pte_map(pmd, addr, &seen);
        if (!pte)
            continue;
        sum++;
        pte_unmap(pte);
    }
    return sum;
}

u64 bench_map_lock(entry *pmd, u64 addr, int count)
{
    u64 sum = 0;
    for (int i = 0; i < count; i++) {
        atomic_int *lock;
        entry *pte = pte_map_lock(pmd, addr, &lock);
        if (!pte)
            continue;
        sum++;
        pte_unmap_unlock(pte, lock);
    }
    return sum;
}

u64 bench_walk(struct mm *mm, u64 addr, int count)
{
    u64 sum = 0;
    for (int i = 0; i < count; i++)
        sum += (u64)find_pmd(mm, addr + ((u64)(i & 7) << 21)) != 0;
    return sum;
}

u64 bench_translate(struct mmu *mmu, u64 addr, u64 pages, int count)
{
    u64 sum = 0, physical;
    for (int i = 0; i < count; i++) {
        twin_translate(mmu, addr + (((u64)i * 7919 % pages) << 12), 4, &physical);
        sum += physical;
    }
    return sum;
}

void bench_fault_zap(struct mm *mm, u64 addr, int pages)
{
    for (int i = 0; i < pages; i++)
        twin_fault(mm, addr + ((u64)i << 12));
    twin_zap(mm, addr, addr + ((u64)pages << 12));
}
