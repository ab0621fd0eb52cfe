#include "twin.h"
#include <sched.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static __thread int t_id;

static int self(void) { return t_id ? t_id : (t_id = (int)syscall(SYS_gettid)); }

void lock_enter(atomic_int *lock)
{
    int expected = 0;
    while (!atomic_compare_exchange_strong(lock, &expected, self())) {
        if (expected == self())
            abort();
        expected = 0;
        sched_yield();
    }
}

void lock_exit(atomic_int *lock)
{
    if (atomic_load_explicit(lock, memory_order_acquire) != self())
        abort();
    atomic_store_explicit(lock, 0, memory_order_release);
}

bool is_bad(u64 pmd) { return (pmd & ~PFN & ~(u64)(USER | ACCESSED)) != (PRESENT | WRITABLE | DIRTY); }
bool is_none(u64 e) { return (e & ~(u64)(ACCESSED | DIRTY)) == 0; }
static bool is_present_pmd(u64 pmd) { return (pmd & (PRESENT | PROTNONE | HUGE)) != 0; }
static bool is_migration(u64 pmd) { return !is_present_pmd(pmd) && (pmd >> 59) >= 24 && (pmd >> 59) <= 26; }

entry *pte_map(entry *pmd, u64 addr, u64 *seen)
{
    if (!pmd)
        abort();
    rcu_enter();
    u64 value = load(pmd);
    *seen = value;
    if (!is_none(value) && !is_migration(value) && (value & (HUGE | DEVMAP)) != HUGE && !(value & DEVMAP)) {
        u64 table = value & PFN;
        if (!is_bad(value) && table < twin_size)
            return (entry *)to_pointer(table) + ((addr >> 12) & 511);
        atomic_compare_exchange_strong(pmd, &value, 0);
    }
    rcu_leave();
    return NULL;
}

void pte_unmap(entry *pte)
{
    if (!pte)
        abort();
    rcu_leave();
}

entry *pte_map_lock(entry *pmd, u64 addr, atomic_int **lock)
{
    for (;;) {
        u64 seen;
        entry *pte = pte_map(pmd, addr, &seen);
        if (!pte) {
            *lock = NULL;
            return NULL;
        }
        *lock = &twin_pages[(seen & PFN) >> 12].lock;
        lock_enter(*lock);
        if (load(pmd) == seen)
            return pte;
        pte_unmap_unlock(pte, *lock);
    }
}

void pte_unmap_unlock(entry *pte, atomic_int *lock)
{
    lock_exit(lock);
    pte_unmap(pte);
}

static bool is_bad_directory(u64 e) { return (e & ~PFN & ~(u64)TABLE) != 0; }

entry *find_pmd(struct mm *mm, u64 addr)
{
    if ((u64)((int64_t)(addr << (mm->levels == 5 ? 7 : 16)) >> (mm->levels == 5 ? 7 : 16)) != addr)
        abort();
    entry *e = mm->pgd;
    for (int shift = mm->levels == 5 ? 48 : 39;; shift -= 9) {
        e += (addr >> shift) & 511;
        if (shift == 21)
            return e;
        u64 value = load(e);
        if (!(value & PRESENT) || (shift == 30 && (value & HUGE)) || is_bad_directory(value))
            return NULL;
        e = to_pointer(value & PFN);
    }
}

entry *alloc_pmd(struct mm *mm, u64 addr)
{
    entry *e = mm->pgd;
    for (int shift = mm->levels == 5 ? 48 : 39;; shift -= 9) {
        e += (addr >> shift) & 511;
        if (shift == 21)
            return e;
        u64 value = load(e);
        if (is_none(value)) {
            u64 frame = alloc_block(TABLE_FRAME, 0);
            if (!frame)
                return NULL;
            atomic_int *lock = &twin_pages[to_address(mm->pgd) >> 12].lock;
            lock_enter(lock);
            bool empty = is_none(load(e));
            if (empty)
                store(e, frame << 12 | TABLE);
            lock_exit(lock);
            if (!empty)
                free_table(frame);
            value = load(e);
        }
        e = to_pointer(value & PFN);
    }
}

bool pte_alloc(struct mm *mm, entry *pmd)
{
    (void)mm;
    if (!is_none(load(pmd)))
        return true;
    u64 frame = alloc_block(TABLE_FRAME, 0);
    if (!frame)
        return false;
    atomic_int *lock = &directory_of(pmd)->lock;
    lock_enter(lock);
    bool empty = is_none(load(pmd));
    if (empty)
        store(pmd, frame << 12 | TABLE);
    lock_exit(lock);
    if (!empty)
        free_table(frame);
    return true;
}

/* A table with no entry left is taken out, under both locks. */
bool reclaim_table(struct mm *mm, entry *pmd)
{
    atomic_int *outer = &directory_of(pmd)->lock;
    lock_enter(outer);
    u64 value = load(pmd);
    if (is_none(value) || is_migration(value) || (value & (HUGE | DEVMAP)) || is_bad(value) || !in_arena(value & PFN)) {
        lock_exit(outer);
        return false;
    }
    atomic_int *inner = &twin_pages[(value & PFN) >> 12].lock;
    lock_enter(inner);
    entry *table = to_pointer(value & PFN);
    bool empty = true;
    for (int i = 0; i < 512 && empty; i++)
        empty = load(table + i) == 0;
    if (empty) {
        store(pmd, 0);
        flush_tlb(mm);
    }
    lock_exit(inner);
    lock_exit(outer);
    if (empty)
        free_table_later((value & PFN) >> 12);
    return empty;
}
