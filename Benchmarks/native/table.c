#include "twin.h"
#include <sched.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Atomic(u64) s_epoch = 1;
static __thread struct { _Atomic(u64) epoch; int nesting; } t_reader;
static __thread int t_id;

static int self(void) { return t_id ? t_id : (t_id = (int)syscall(SYS_gettid)); }

void rcu_enter(void)
{
    if (t_reader.nesting++ == 0)
        atomic_store_explicit(&t_reader.epoch, atomic_load_explicit(&s_epoch, memory_order_acquire), memory_order_release);
}

void rcu_leave(void)
{
    if (t_reader.nesting == 0)
        abort();
    if (--t_reader.nesting == 0)
        atomic_store_explicit(&t_reader.epoch, 0, memory_order_release);
}

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

static bool is_bad(u64 pmd) { return (pmd & ~PFN & ~(u64)(USER | ACCESSED)) != (PRESENT | WRITABLE | DIRTY); }
static bool is_none(u64 e) { return (e & ~(u64)(ACCESSED | DIRTY)) == 0; }
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
            u64 frame = alloc_frame();
            if (!frame)
                return NULL;
            atomic_int *lock = &twin_pages[to_address(mm->pgd) >> 12].lock;
            lock_enter(lock);
            bool empty = is_none(load(e));
            if (empty)
                store(e, frame << 12 | TABLE);
            lock_exit(lock);
            if (!empty)
                put_page(frame);
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
    u64 frame = alloc_frame();
    if (!frame)
        return false;
    atomic_int *lock = &twin_pages[to_address((void *)((uintptr_t)pmd & ~4095UL)) >> 12].lock;
    lock_enter(lock);
    bool empty = is_none(load(pmd));
    if (empty)
        store(pmd, frame << 12 | TABLE);
    lock_exit(lock);
    if (!empty)
        put_page(frame);
    return true;
}
