/* Small pages become a huge one, and a huge one a table of small ones. */
#include "twin.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES = 512, ORDER = 9 };

bool is_huge(u64 pmd) { return (pmd & HUGE) && !(pmd & DEVMAP); }

static void deposit(entry *pmd, u64 frame)
{
    if (!in_arena(frame << 12) || twin_pages[frame].kind != TABLE_FRAME)
        abort();
    struct page *directory = directory_of(pmd);
    twin_pages[frame].next = directory->deposited;
    directory->deposited = frame;
}

static u64 withdraw(entry *pmd)
{
    struct page *directory = directory_of(pmd);
    u64 frame = directory->deposited;
    if (!frame)
        abort();
    directory->deposited = twin_pages[frame].next;
    return frame;
}

bool zap_huge(struct mm *mm, entry *pmd)
{
    atomic_int *lock = &directory_of(pmd)->lock;
    lock_enter(lock);
    if (!is_huge(load(pmd))) {
        lock_exit(lock);
        return false;
    }
    u64 table = withdraw(pmd);
    u64 old = atomic_exchange(pmd, 0);
    flush_tlb(mm);
    u64 frame = (old & PFN) >> 12;
    if (is_counted(old)) {
        if (old & (DIRTY | SAVED_DIRTY))
            atomic_store_explicit(&head_of(frame)->dirty, 1, memory_order_release);
        put_page(frame);
    }
    lock_exit(lock);
    free_table(table);
    return true;
}

bool twin_split(struct mm *mm, u64 addr)
{
    bool done = false;
    pthread_rwlock_rdlock(mm->mmap_lock);
    entry *pmd = find_region(mm, addr) ? find_pmd(mm, addr) : NULL;
    if (pmd) {
        atomic_int *lock = &directory_of(pmd)->lock;
        lock_enter(lock);
        u64 old = load(pmd);
        done = is_huge(old);
        if (done) {
            u64 table = withdraw(pmd);

            /* Out of hardware's reach, while walkers go on seeing a huge page. */
            while (!atomic_compare_exchange_strong(pmd, &old, inverted(old & ~(u64)(PRESENT | PROTNONE))))
                ;
            flush_tlb(mm);
            u64 frame = (old & PFN) >> 12;
            for (u64 i = 1; i < ENTRIES && is_counted(old); i++) {
                get_page(frame);
                if (atomic_load_explicit(&twin_pages[frame].exclusive, memory_order_acquire))
                    atomic_store_explicit(&twin_pages[frame + i].exclusive, 1, memory_order_release);
            }
            entry *first = to_pointer(table << 12);
            for (u64 i = 0; i < ENTRIES; i++)
                store(first + i, (old & ~(u64)HUGE) + (i << 12));
            store(pmd, table << 12 | TABLE);
        }
        lock_exit(lock);
    }
    pthread_rwlock_unlock(mm->mmap_lock);
    return done;
}

static int references(entry *first, u64 block)
{
    int count = 0;
    for (int i = 0; i < ENTRIES; i++) {
        u64 value = load(first + i);
        if ((value & (PRESENT | PROTNONE)) && ((value & PFN) >> 12) - block < 1ULL << twin_pages[block].order)
            count++;
    }
    return count;
}

/* Whether the pages of a locked table can become one: all present, counted, nobody else's, and one of them writable. */
static bool judge(entry *first)
{
    int none = 0;
    bool writable = false;
    u64 known = 0;
    for (int i = 0; i < ENTRIES; i++) {
        u64 value = load(first + i);
        if (value == 0) {
            if (++none > ENTRIES - 1)
                return false;
            continue;
        }
        if (!(value & (PRESENT | PROTNONE)) || (value & UFFD_WP) || !is_counted(value))
            return false;
        writable |= (value & WRITABLE) != 0;
        struct page *page = head_of((value & PFN) >> 12);
        u64 block = (u64)(page - twin_pages);
        if (block == known)
            continue;
        if (atomic_load_explicit(&page->refs, memory_order_acquire) > (page->order == 0 ? 1 : references(first, block)))
            return false;
        known = page->order == 0 ? known : block;
    }
    return writable;
}

static bool is_table(u64 pmd) { return !is_none(pmd) && !is_huge(pmd) && !is_bad(pmd) && in_arena(pmd & PFN); }

static bool scan(struct mm *mm, u64 addr)
{
    entry *pmd = find_region(mm, addr) ? find_pmd(mm, addr) : NULL;
    if (!pmd || !is_table(load(pmd)))
        return false;
    atomic_int *lock;
    entry *first = pte_map_lock(pmd, addr, &lock);
    if (!first)
        return false;
    bool good = judge(first);
    pte_unmap_unlock(first, lock);
    return good;
}

/* The mmap lock is held for writing. */
static bool replace(struct mm *mm, u64 addr, u64 huge)
{
    struct region *region = find_region(mm, addr);
    entry *pmd = region ? find_pmd(mm, addr) : NULL;
    if (!pmd || !is_table(load(pmd)))
        return false;
    atomic_int *outer = &directory_of(pmd)->lock, *lock;
    lock_enter(outer);
    u64 table = load(pmd);
    if (!is_table(table)) {
        lock_exit(outer);
        return false;
    }
    atomic_exchange(pmd, 0);
    flush_tlb(mm);
    lock_exit(outer);

    entry copy = table;
    entry *first = pte_map_lock(&copy, addr, &lock);
    bool good = judge(first);
    pte_unmap_unlock(first, lock);
    if (good) {
        for (u64 i = 0; i < ENTRIES; i++) {
            u64 value = load(first + i);
            if (value)
                memcpy(to_pointer((huge + i) << 12), to_pointer(value & PFN), 4096);
        }
        first = pte_map_lock(&copy, addr, &lock);
        for (int i = 0; i < ENTRIES; i++) {
            if (load(first + i))
                put_page((atomic_exchange(first + i, 0) & PFN) >> 12);
        }
        pte_unmap_unlock(first, lock);
    }

    lock_enter(outer);
    if (good) {
        atomic_store_explicit(&twin_pages[huge].exclusive, 1, memory_order_release);
        deposit(pmd, (table & PFN) >> 12);
        store(pmd, huge << 12 | protection(region->flags) | HUGE | WRITABLE | DIRTY | SOFT_DIRTY);
    } else {
        store(pmd, table);
    }
    lock_exit(outer);
    return good;
}

bool twin_collapse(struct mm *mm, u64 addr)
{
    pthread_rwlock_rdlock(mm->mmap_lock);
    bool good = scan(mm, addr);
    pthread_rwlock_unlock(mm->mmap_lock);
    u64 huge = good ? alloc_block(DATA, ORDER) : 0;
    if (!huge)
        return false;
    pthread_rwlock_wrlock(mm->mmap_lock);
    good = replace(mm, addr, huge);
    pthread_rwlock_unlock(mm->mmap_lock);
    if (!good)
        put_page(huge);
    return good;
}
