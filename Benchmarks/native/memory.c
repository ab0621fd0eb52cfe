#define _GNU_SOURCE
#include "twin.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { MAX_ORDER = 17, CHUNK = 2 << 20 };

char *twin_base;
struct page *twin_pages;
u64 twin_size;

static pthread_mutex_t s_gate = PTHREAD_MUTEX_INITIALIZER;
static u64 s_free[MAX_ORDER + 1];
static void **s_owners;

static void push(u64 frame, int order)
{
    struct page *page = &twin_pages[frame];
    page->kind = FREE;
    page->order = (uint8_t)order;
    page->previous = 0;
    page->next = s_free[order];
    if (page->next)
        twin_pages[page->next].previous = frame;
    s_free[order] = frame;
}

static void take(u64 frame, int order)
{
    struct page *page = &twin_pages[frame];
    if (page->previous)
        twin_pages[page->previous].next = page->next;
    else
        s_free[order] = page->next;
    if (page->next)
        twin_pages[page->next].previous = page->previous;
}

void twin_reserve(u64 bytes)
{
    if (twin_base)
        return;
    const int access = PROT_READ | PROT_WRITE, flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    twin_size = bytes;
    char *start = mmap(NULL, bytes + CHUNK, access, flags, -1, 0);
    twin_base = (char *)(((uintptr_t)start + CHUNK - 1) & ~(uintptr_t)(CHUNK - 1));
    twin_pages = mmap(NULL, (bytes >> 12) * sizeof(struct page), access, flags, -1, 0);
    s_owners = calloc(bytes >> 21, sizeof(void *));
    for (u64 chunk = 1; chunk < bytes >> 21; chunk++)
        s_owners[chunk] = twin_base;

    /* Frame 0 is no frame, and with it its chunk. */
    u64 end = bytes >> 12;
    for (u64 frame = 512; frame < end;) {
        int order = 0;
        while (order < MAX_ORDER && !(frame & (1ULL << order)) && frame + (2ULL << order) <= end)
            order++;
        push(frame, order);
        frame += 1ULL << order;
    }
}

bool in_arena(u64 address)
{
    return address < twin_size && __atomic_load_n(&s_owners[address >> 21], __ATOMIC_ACQUIRE) != NULL;
}

u64 alloc_block(int kind, int order)
{
    pthread_mutex_lock(&s_gate);
    int found = order;
    while (found <= MAX_ORDER && !s_free[found])
        found++;
    u64 frame = found <= MAX_ORDER ? s_free[found] : 0;
    if (frame) {
        take(frame, found);
        while (found > order) {
            found--;
            push(frame + (1ULL << found), found);
        }
        struct page *page = &twin_pages[frame];
        page->kind = (uint8_t)kind;
        page->order = (uint8_t)order;
        atomic_store_explicit(&page->lock, 0, memory_order_relaxed);
        atomic_store_explicit(&page->dirty, 0, memory_order_relaxed);
        atomic_store_explicit(&page->exclusive, 0, memory_order_relaxed);
        atomic_store_explicit(&page->pins, 0, memory_order_relaxed);
        page->deposited = page->next = page->previous = 0;
        for (u64 tail = 1; tail < 1ULL << order; tail++) {
            page[tail].kind = TAIL;
            page[tail].head = frame;
            atomic_store_explicit(&page[tail].exclusive, 0, memory_order_relaxed);
        }
        atomic_store_explicit(&page->refs, kind == DATA, memory_order_release);
    }
    pthread_mutex_unlock(&s_gate);
    if (frame)
        memset(to_pointer(frame << 12), 0, 4096UL << order);
    return frame;
}

static void free_block(u64 frame)
{
    pthread_mutex_lock(&s_gate);
    if (twin_pages[frame].kind <= TAIL)
        abort();
    int order = twin_pages[frame].order;
    atomic_store_explicit(&twin_pages[frame].refs, 0, memory_order_relaxed);
    for (; order < MAX_ORDER; order++) {
        u64 buddy = frame ^ (1ULL << order);
        if (buddy < 512 || buddy + (1ULL << order) > twin_size >> 12 || twin_pages[buddy].kind != FREE || twin_pages[buddy].order != order)
            break;
        take(buddy, order);
        u64 lower = frame < buddy ? frame : buddy, upper = frame ^ buddy ^ lower;
        twin_pages[upper].kind = TAIL;
        twin_pages[upper].head = lower;
        frame = lower;
    }
    push(frame, order);
    pthread_mutex_unlock(&s_gate);
}

void free_table(u64 frame)
{
    if (!in_arena(frame << 12) || twin_pages[frame].kind != TABLE_FRAME)
        abort();
    free_block(frame);
}

struct page *head_of(u64 frame)
{
    if (!in_arena(frame << 12))
        abort();
    struct page *page = &twin_pages[frame];
    if (page->kind != TAIL)
        return page;
    struct page *head = &twin_pages[page->head];
    return page->head + (1ULL << head->order) > frame ? head : page;
}

void get_page(u64 frame)
{
    for (;;) {
        struct page *page = head_of(frame);
        int count = atomic_load_explicit(&page->refs, memory_order_acquire);
        while (count > 0 && !atomic_compare_exchange_strong(&page->refs, &count, count + 1))
            ;
        if (count <= 0)
            abort();
        if (head_of(frame) == page)
            return;
        put_page((u64)(page - twin_pages));
    }
}

void put_page(u64 frame)
{
    struct page *page = head_of(frame);
    if (page->kind == TABLE_FRAME)
        abort();
    int count = atomic_load_explicit(&page->refs, memory_order_acquire);
    do {
        if (count <= 0)
            abort();
    } while (!atomic_compare_exchange_strong(&page->refs, &count, count - 1));
    if (count == 1)
        free_block((u64)(page - twin_pages));
}
