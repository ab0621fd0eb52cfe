#include "twin.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 256 };

void twin_mmap(struct mm *mm, u64 start, u64 bytes)
{
    pthread_rwlock_wrlock(mm->mmap_lock);
    mm->regions[mm->count++] = (struct region){ start, start + bytes, 3 };
    pthread_rwlock_unlock(mm->mmap_lock);
}

u64 protection(u64 flags)
{
    return (flags & 7) == 0 ? PROTNONE | ACCESSED : PRESENT | USER | ACCESSED | (flags & 4 ? 0 : NX);
}

/* MADV_DONTNEED. */
void twin_zap(struct mm *mm, u64 start, u64 end)
{
    pthread_rwlock_rdlock(mm->mmap_lock);
    for (u64 addr = start, next; addr < end; addr = next) {
        next = ((addr >> 21) + 1) << 21;
        if (next > end)
            next = end;
        bool whole = next - addr == 1 << 21;
        entry *pmd = find_pmd(mm, addr);
        if (pmd && whole && is_huge(load(pmd)) && zap_huge(mm, pmd))
            continue;
        while (pmd && addr < next && load(pmd) != 0) {
            u64 frames[BATCH];
            int gathered = 0;
            atomic_int *lock;
            entry *first = pte_map_lock(pmd, addr, &lock);
            if (!first)
                break;
            for (entry *pte = first; addr < next && gathered < BATCH; pte++, addr += 4096) {
                u64 value = load(pte);
                if (value == 0)
                    continue;
                value = atomic_exchange(pte, 0);
                if (!is_counted(value))
                    continue;
                if (value & (DIRTY | SAVED_DIRTY))
                    atomic_store_explicit(&twin_pages[(value & PFN) >> 12].dirty, 1, memory_order_release);
                frames[gathered++] = (value & PFN) >> 12;
            }
            flush_tlb(mm);
            pte_unmap_unlock(first, lock);
            for (int i = 0; i < gathered; i++)
                put_page(frames[i]);
        }
        if (pmd && whole && load(pmd) != 0)
            reclaim_table(mm, pmd);
    }
    pthread_rwlock_unlock(mm->mmap_lock);
}

static u64 modify(u64 pte, u64 protection)
{
    const u64 kept = PFN | 8 | 16 | 512 | ACCESSED | DIRTY | SAVED_DIRTY | SOFT_DIRTY | 1024 | DEVMAP | 128;
    u64 changed = (pte & kept) | (protection & ~kept);
    bool was = pte && !(pte & PRESENT), is = changed && !(changed & PRESENT);
    if (was != is)
        changed = (changed & ~PFN) | (~changed & PFN);
    if (!(changed & WRITABLE) && (changed & DIRTY))
        changed = (changed & ~(u64)DIRTY) | SAVED_DIRTY;
    else if ((changed & WRITABLE) && (changed & SAVED_DIRTY))
        changed = (changed & ~SAVED_DIRTY) | DIRTY;
    return changed;
}

void twin_mprotect(struct mm *mm, u64 start, u64 end, u64 flags)
{
    pthread_rwlock_wrlock(mm->mmap_lock);
    struct region *region = find_region(mm, start);
    region->flags = flags;
    for (u64 addr = start, next; addr < end; addr = next) {
        next = ((addr >> 21) + 1) << 21;
        entry *pmd = find_pmd(mm, addr);
        if (!pmd)
            continue;
        atomic_int *lock;
        entry *first = pte_map_lock(pmd, addr, &lock);
        if (!first)
            continue;
        for (entry *pte = first; addr < next; pte++, addr += 4096) {
            if (!(load(pte) & (PRESENT | PROTNONE)))
                continue;
            u64 old = atomic_exchange(pte, 0);
            store(pte, modify(old, protection(flags)));
        }
        pte_unmap_unlock(first, lock);
    }
    flush_tlb(mm);
    pthread_rwlock_unlock(mm->mmap_lock);
}
