#include "twin.h"
#include <pthread.h>
#include <stdlib.h>

/* A zeroed page, installed if the entry is still empty. */
static int anonymous(struct mm *mm, struct region *region, entry *pmd, u64 addr)
{
    u64 frame = pte_alloc(mm, pmd) ? alloc_block(DATA, 0) : 0;
    if (!frame)
        return 1;
    atomic_store_explicit(&twin_pages[frame].exclusive, 1, memory_order_release);
    atomic_int *lock;
    bool installed = false;
    entry *pte = pte_map_lock(pmd, addr, &lock);
    if (pte) {
        installed = load(pte) == 0;
        if (installed)
            store(pte, frame << 12 | protection(region->flags) | WRITABLE | DIRTY | SOFT_DIRTY);
        pte_unmap_unlock(pte, lock);
    }
    if (!installed)
        put_page(frame);
    return 0;
}

/* A page that is there and nobody else's becomes writable where it is. What would have to be copied is not measured. */
static void reuse(entry *pte, u64 seen)
{
    u64 frame = (seen & PFN) >> 12;
    if (!is_counted(seen))
        abort();
    if (!atomic_load_explicit(&twin_pages[frame].exclusive, memory_order_acquire) && atomic_load_explicit(&head_of(frame)->refs, memory_order_acquire) != 1)
        abort();
    atomic_store_explicit(&twin_pages[frame].exclusive, 1, memory_order_release);
    u64 value = seen, wanted;
    do
        wanted = (value & ~SAVED_DIRTY) | ACCESSED | DIRTY | WRITABLE | SOFT_DIRTY;
    while (!atomic_compare_exchange_strong(pte, &value, wanted));
}

static int in_table(struct mm *mm, struct region *region, entry *pmd, u64 addr)
{
    u64 table;
    entry *pte = pte_map(pmd, addr, &table);
    if (!pte)
        return 0;
    u64 seen = load(pte);
    if (seen == 0) {
        pte_unmap(pte);
        return anonymous(mm, region, pmd, addr);
    }
    atomic_int *lock = &twin_pages[(table & PFN) >> 12].lock;
    lock_enter(lock);
    if (load(pte) == seen && (seen & PRESENT))
        reuse(pte, seen);
    pte_unmap_unlock(pte, lock);
    return 0;
}

/* A write to an address where nothing is mapped, or a page that fork has write-protected. */
int twin_fault(struct mm *mm, u64 addr)
{
    int outcome = 1;
    pthread_rwlock_rdlock(mm->mmap_lock);
    struct region *region = find_region(mm, addr);
    if (region && (region->flags & 2)) {
        entry *pmd = alloc_pmd(mm, addr);
        if (pmd)
            outcome = is_none(load(pmd)) ? anonymous(mm, region, pmd, addr) : in_table(mm, region, pmd, addr);
    }
    pthread_rwlock_unlock(mm->mmap_lock);
    return outcome;
}
