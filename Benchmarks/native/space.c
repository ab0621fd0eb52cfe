/* An address space: made, looked up in, and taken down. */
#include "twin.h"
#include <pthread.h>
#include <stdlib.h>

struct mm *twin_new(u64 bytes, int levels)
{
    twin_reserve(bytes);
    struct mm *mm = calloc(1, sizeof *mm);
    mm->levels = levels;
    mm->pgd = to_pointer(alloc_block(TABLE_FRAME, 0) << 12);
    mm->mmap_lock = malloc(sizeof(pthread_rwlock_t));
    pthread_rwlock_init(mm->mmap_lock, NULL);
    return mm;
}

struct region *find_region(struct mm *mm, u64 addr)
{
    int low = 0, high = mm->count;
    while (low < high) {
        int middle = (low + high) / 2;
        if (mm->regions[middle].end > addr)
            high = middle;
        else
            low = middle + 1;
    }
    return low < mm->count && addr >= mm->regions[low].start ? &mm->regions[low] : NULL;
}

/* What is measured with a memory management unit changes no entry, and what changes entries is measured without one. */
void flush_tlb(struct mm *mm)
{
    if (atomic_load_explicit(&mm->has_mmu, memory_order_acquire))
        abort();
}

static void drop(u64 value)
{
    if (!is_counted(value))
        return;
    u64 frame = (value & PFN) >> 12;
    if (value & (DIRTY | SAVED_DIRTY))
        atomic_store_explicit(&head_of(frame)->dirty, 1, memory_order_release);
    put_page(frame);
}

static void free_tree(u64 table, int shift)
{
    entry *cell = to_pointer(table);
    for (int i = 0; i < 512; i++) {
        u64 value = load(cell + i);
        if (value == 0 || (shift > 12 && !(value & PRESENT)))
            continue;
        if (shift == 12 || (value & HUGE))
            drop(value);
        else if (in_arena(value & PFN))
            free_tree(value & PFN, shift - 9);
    }
    struct page *page = &twin_pages[table >> 12];
    while (page->deposited) {
        u64 frame = page->deposited;
        page->deposited = twin_pages[frame].next;
        free_table(frame);
    }
    free_table(table >> 12);
}

/* Nobody else may be using it; who walks without a lock is waited for. */
void twin_free(struct mm *mm)
{
    pthread_rwlock_wrlock(mm->mmap_lock);
    atomic_store_explicit(&mm->exiting, true, memory_order_release);
    pthread_rwlock_unlock(mm->mmap_lock);
    rcu_wait();
    free_tree(to_address(mm->pgd), mm->levels == 5 ? 48 : 39);
    pthread_rwlock_destroy(mm->mmap_lock);
    free(mm->mmap_lock);
    free(mm);
}
