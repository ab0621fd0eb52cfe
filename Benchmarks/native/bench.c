/* What is measured, each as one loop, so that a call from C# costs nothing beside it. */
#include "twin.h"

enum { SPARSE_FRAMES = 4 };

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

struct mm *twin_fork(struct mm *parent);
bool twin_collapse(struct mm *mm, u64 addr);
bool twin_split(struct mm *mm, u64 addr);

int bench_fork(struct mm *mm)
{
    struct mm *child = twin_fork(mm);
    if (child)
        twin_free(child);
    return child != 0;
}

void bench_fault_all(struct mm *mm, u64 addr, u64 bytes)
{
    for (u64 offset = 0; offset < bytes; offset += 4096)
        twin_fault(mm, addr + offset);
}

int bench_collapse_split(struct mm *mm, u64 addr) { return twin_collapse(mm, addr) && twin_split(mm, addr); }

int bench_collapse_drop(struct mm *mm, u64 addr)
{
    if (!twin_collapse(mm, addr))
        return 0;
    twin_zap(mm, addr, addr + (1 << 21));
    bench_fault_all(mm, addr, 1 << 21);
    return 1;
}

/* Maps the same few frames over and over, page by page, with entries that own no reference. */
int bench_sparse_map(struct mm *mm, u64 start, u64 end)
{
    for (u64 addr = start; addr < end; addr += 4096) {
        entry *pmd = alloc_pmd(mm, addr);
        if (!pmd || !pte_alloc(mm, pmd))
            return 0;
        atomic_int *lock;
        entry *pte = pte_map_lock(pmd, addr, &lock);
        if (!pte)
            return 0;
        store(pte, (512 + (addr >> 12) % SPARSE_FRAMES) << 12 | PRESENT | USER | ACCESSED | NX | SPECIAL);
        pte_unmap_unlock(pte, lock);
    }
    return 1;
}
