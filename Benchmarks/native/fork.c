/* A copy of an address space: private pages are shared, and write-protected on both sides. */
#include "twin.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { PIN = 1024 };

struct copy {
    struct mm *to, *from;
    u64 flags;
    u64 spare; /* a frame for a copy of a pinned page: allocated without locks, used with them */
};

/* Both tables are locked. False: a page is needed, and nothing was done. */
static bool copy_entry(struct copy *copy, entry *to, entry *from, bool *flush)
{
    u64 value = load(from);
    if (value == 0)
        return true;
    if (!(value & (PRESENT | PROTNONE)))
        abort(); /* swap is not measured */
    u64 frame = (value & PFN) >> 12;
    if (is_counted(value) && atomic_load_explicit(&twin_pages[frame].exclusive, memory_order_acquire)) {
        struct page *head = head_of(frame);
        if (head->order == 0 ? atomic_load_explicit(&head->refs, memory_order_acquire) >= PIN : atomic_load_explicit(&head->pins, memory_order_acquire) > 0) {
            if (!copy->spare)
                return false;
            memcpy(to_pointer(copy->spare << 12), to_pointer(frame << 12), 4096);
            atomic_store_explicit(&twin_pages[copy->spare].exclusive, 1, memory_order_release);
            store(to, copy->spare << 12 | protection(copy->flags) | WRITABLE | DIRTY);
            copy->spare = 0;
            return true;
        }
        atomic_store_explicit(&twin_pages[frame].exclusive, 0, memory_order_release);
    }
    if (is_counted(value))
        get_page(frame);
    if (value & WRITABLE) {
        /* Hardware may set dirty at this very moment: then it stays set, in the parent's entry. */
        u64 seen = load(from);
        while (!atomic_compare_exchange_strong(from, &seen, wrprotect(seen)))
            ;
        value = wrprotect(value);
        *flush = true;
    }
    store(to, value & ~(u64)(ACCESSED | UFFD_WP));
    return true;
}

static bool copy_table(struct copy *copy, entry *target, entry *source, u64 *addr, u64 end)
{
    if (!pte_alloc(copy->to, target))
        return false;
    atomic_int *to_lock, *from_lock;
    entry *to = pte_map_lock(target, *addr, &to_lock);
    if (!to)
        abort();
    entry *from = pte_map_lock(source, *addr, &from_lock);
    if (!from) {
        pte_unmap_unlock(to, to_lock);
        return true;
    }
    bool flush = false;
    for (entry *t = to, *f = from; *addr < end && copy_entry(copy, t, f, &flush); t++, f++)
        *addr += 4096;
    if (flush)
        flush_tlb(copy->from);
    pte_unmap_unlock(from, from_lock);
    pte_unmap_unlock(to, to_lock);
    return *addr >= end || copy->spare || (copy->spare = alloc_block(DATA, 0));
}

static bool copy_region(struct copy *copy, u64 start, u64 end)
{
    for (u64 addr = start, next; addr < end; addr = next) {
        next = ((addr >> 21) + 1) << 21;
        if (next > end)
            next = end;
        entry *source = find_pmd(copy->from, addr);
        if (!source || is_none(load(source)))
            continue;
        entry *target = alloc_pmd(copy->to, addr);
        if (!target)
            return false;
        while (addr < next) {
            u64 value = load(source);
            if (is_none(value))
                break;
            if (is_huge(value))
                abort(); /* huge pages in a fork are not measured */
            if (!copy_table(copy, target, source, &addr, next))
                return false;
        }
    }
    return true;
}

struct mm *twin_fork(struct mm *parent)
{
    struct mm *child = twin_new(twin_size, parent->levels);
    bool copied = true;
    pthread_rwlock_wrlock(parent->mmap_lock);
    pthread_rwlock_wrlock(child->mmap_lock);
    for (int i = 0; i < parent->count && copied; i++) {
        struct copy copy = { child, parent, parent->regions[i].flags, 0 };
        child->regions[child->count++] = parent->regions[i];
        atomic_fetch_add(&parent->protect_sequence, 1);
        copied = copy_region(&copy, parent->regions[i].start, parent->regions[i].end);
        atomic_fetch_add(&parent->protect_sequence, 1);
        if (copy.spare)
            put_page(copy.spare);
    }
    pthread_rwlock_unlock(child->mmap_lock);
    pthread_rwlock_unlock(parent->mmap_lock);
    if (copied)
        return child;
    twin_free(child);
    return NULL;
}
