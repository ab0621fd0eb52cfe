/* The runtime's core once more, in C, with the same guarantees: the measure for what C# costs. x86-64. */
#ifndef TWIN_H
#define TWIN_H
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef uint64_t u64;
typedef _Atomic(u64) entry;

enum { PRESENT = 1, WRITABLE = 2, USER = 4, ACCESSED = 32, DIRTY = 64, HUGE = 128, PROTNONE = 256, SPECIAL = 512, UFFD_WP = 1024, SOFT_DIRTY = 2048 };
#define DEVMAP (1ULL << 57)
#define SAVED_DIRTY (1ULL << 58)
#define NX (1ULL << 63)
#define PFN 0x000ffffffffff000ULL
#define TABLE (PRESENT | WRITABLE | USER | ACCESSED | DIRTY)

enum { NO_FRAME, FREE, TAIL, DATA, TABLE_FRAME };

struct page {
    atomic_int lock;
    atomic_int refs;
    uint8_t kind, order;
    atomic_int dirty, exclusive, pins;
    u64 next, previous, head, deposited;
} __attribute__((aligned(64)));

struct region { u64 start, end; u64 flags; };

struct mm {
    entry *pgd;
    int levels;
    struct region regions[64];
    int count;
    void *mmap_lock;
    atomic_bool has_mmu;
    atomic_bool exiting;
    atomic_int protect_sequence;
};

/* space.c */
struct mm *twin_new(u64 bytes, int levels);
void twin_free(struct mm *mm);

/* The rest is for these files alone: what a library offers to others is called and read through a table. */
#pragma GCC visibility push(hidden)

extern char *twin_base;
extern struct page *twin_pages;
extern u64 twin_size;

struct region *find_region(struct mm *mm, u64 addr);
void flush_tlb(struct mm *mm);

/* memory.c */
void twin_reserve(u64 bytes);
u64 alloc_block(int kind, int order);
void free_table(u64 frame);
struct page *head_of(u64 frame);
void put_page(u64 frame);
void get_page(u64 frame);
bool in_arena(u64 address);

/* rcu.c */
void rcu_enter(void);
void rcu_leave(void);
void rcu_wait(void);
void free_table_later(u64 frame);

/* huge.c */
bool is_huge(u64 pmd);
bool zap_huge(struct mm *mm, entry *pmd);

/* mm.c */
u64 protection(u64 flags);

/* table.c */
entry *find_pmd(struct mm *mm, u64 addr);
entry *alloc_pmd(struct mm *mm, u64 addr);
entry *pte_map(entry *pmd, u64 addr, u64 *seen);
void pte_unmap(entry *pte);
entry *pte_map_lock(entry *pmd, u64 addr, atomic_int **lock);
void pte_unmap_unlock(entry *pte, atomic_int *lock);
void lock_enter(atomic_int *lock);
void lock_exit(atomic_int *lock);
bool pte_alloc(struct mm *mm, entry *pmd);
bool is_none(u64 e);
bool is_bad(u64 pmd);
bool reclaim_table(struct mm *mm, entry *pmd);

#pragma GCC visibility pop

static inline void *to_pointer(u64 address) { return twin_base + address; }
static inline u64 to_address(void *pointer) { return (u64)((char *)pointer - twin_base); }
static inline struct page *directory_of(entry *pmd) { return &twin_pages[to_address((void *)((uintptr_t)pmd & ~(uintptr_t)4095)) >> 12]; }
static inline bool is_counted(u64 pte) { return !(pte & (SPECIAL | DEVMAP)) && in_arena(pte & PFN); }
static inline u64 wrprotect(u64 e) { return e & DIRTY ? (e & ~(u64)(WRITABLE | DIRTY)) | SAVED_DIRTY : e & ~(u64)WRITABLE; }
static inline u64 inverted(u64 e) { return (e & ~PFN) | (~e & PFN); }
static inline u64 load(entry *e) { return atomic_load_explicit(e, memory_order_acquire); }
static inline void store(entry *e, u64 value) { atomic_store_explicit(e, value, memory_order_release); }
#endif
