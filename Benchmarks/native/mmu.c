#include "twin.h"
#include <stdlib.h>

struct translation { u64 page, physical; uint8_t allowed, denied; };

struct mmu {
    struct mm *mm;
    struct translation *tlb;
    u64 mask;
    _Atomic(u64) accesses;
    int64_t seen;
    _Atomic(int64_t) generation;
};

struct mmu *twin_mmu(struct mm *mm, int entries)
{
    struct mmu *mmu = calloc(1, sizeof *mmu);
    mmu->mm = mm;
    atomic_store(&mm->has_mmu, true);
    mmu->mask = entries ? (u64)entries - 1 : 0;
    mmu->tlb = entries ? malloc((size_t)entries * sizeof *mmu->tlb) : NULL;
    for (int i = 0; i < entries; i++)
        mmu->tlb[i] = (struct translation){ ~0ULL, 0, 0, 0 };
    return mmu;
}

void twin_free_mmu(struct mmu *mmu)
{
    free(mmu->tlb);
    free(mmu);
}

static int walk(struct mmu *mmu, u64 addr, int access, u64 *physical)
{
    *physical = 0;
    if ((u64)((int64_t)(addr << 16) >> 16) != addr)
        return 4;
restart:;
    entry *table = mmu->mm->pgd;
    u64 allowed = WRITABLE | USER, forbidden = 0;
    for (int shift = 39;; shift -= 9) {
        entry *cell = table + ((addr >> shift) & 511);
        u64 value = load(cell);
        if (!(value & PRESENT))
            return 1;
        bool leaf = shift == 12 || (value & HUGE);
        u64 frame = leaf ? value & PFN & ~((1ULL << shift) - 1) : value & PFN;
        if ((leaf && shift > 12 && (shift > 30 || (value & ((1ULL << shift) - 1) & PFN & ~4096ULL))) ||
            !in_arena(leaf ? frame | (addr & ((1ULL << shift) - 1)) : frame))
            return 3;
        allowed &= value;
        forbidden |= value & NX;
        if (leaf && (((access & 4) && !(allowed & USER)) || ((access & 1) && !(allowed & WRITABLE)) || ((access & 2) && (forbidden & NX))))
            return 2;
        u64 marks = leaf && (access & 1) ? ACCESSED | DIRTY : ACCESSED;
        if ((value & marks) != marks && !atomic_compare_exchange_strong(cell, &value, value | marks))
            goto restart;
        if (leaf) {
            *physical = frame | (addr & ((1ULL << shift) - 1));
            return 0;
        }
        table = to_pointer(frame);
    }
}

static int miss(struct mmu *mmu, struct translation *t, u64 addr, int access, u64 *physical)
{
    u64 page = addr & ~4095ULL;
    int fault = walk(mmu, addr, access, physical);
    if (fault == 0) {
        if (t->page != page || t->physical != *physical - (addr - page))
            *t = (struct translation){ page, *physical - (addr - page), 0, 0 };
        t->allowed |= 1 << access | 1 << (access & 4);
    } else if (t->page == page) {
        t->page = ~0ULL;
    }
    return fault;
}

int twin_translate(struct mmu *mmu, u64 addr, int access, u64 *physical)
{
    rcu_enter();
    u64 accesses = atomic_load_explicit(&mmu->accesses, memory_order_relaxed);
    atomic_store_explicit(&mmu->accesses, accesses + 1, memory_order_release);
    int fault;
    if (!mmu->tlb) {
        fault = walk(mmu, addr, access, physical);
    } else {
        int64_t generation = atomic_load_explicit(&mmu->generation, memory_order_acquire);
        if (generation != mmu->seen) {
            for (u64 i = 0; i <= mmu->mask; i++)
                mmu->tlb[i].page = ~0ULL;
            mmu->seen = generation;
        }
        struct translation *t = &mmu->tlb[(addr >> 12) & mmu->mask];
        if (t->page == (addr & ~4095ULL) && (t->allowed >> access & 1)) {
            *physical = t->physical | (addr & 4095);
            fault = 0;
        } else {
            fault = miss(mmu, t, addr, access, physical);
        }
    }
    atomic_store_explicit(&mmu->accesses, accesses + 2, memory_order_release);
    rcu_leave();
    return fault;
}
