#define _GNU_SOURCE
#include "twin.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

char *twin_base;
struct page *twin_pages;
u64 twin_size;

static pthread_mutex_t s_gate = PTHREAD_MUTEX_INITIALIZER;
static u64 s_free;
static void **s_owners;

static void reserve(u64 bytes)
{
    if (twin_base)
        return;
    twin_size = bytes;
    twin_base = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    twin_pages = mmap(NULL, (bytes >> 12) * sizeof(struct page), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    s_owners = calloc(bytes >> 21, sizeof(void *));
    for (u64 frame = (bytes >> 12) - 1; frame >= 512; frame--) {
        s_owners[frame >> 9] = twin_base;
        twin_pages[frame].next = s_free;
        s_free = frame;
    }
}

struct mm *twin_new(u64 bytes, int levels)
{
    reserve(bytes);
    struct mm *mm = calloc(1, sizeof *mm);
    mm->levels = levels;
    mm->pgd = to_pointer(alloc_frame() << 12);
    mm->mmap_lock = malloc(sizeof(pthread_rwlock_t));
    pthread_rwlock_init(mm->mmap_lock, NULL);
    return mm;
}

bool in_arena(u64 address)
{
    return address < twin_size && __atomic_load_n(&s_owners[address >> 21], __ATOMIC_ACQUIRE) != NULL;
}

u64 alloc_frame(void)
{
    pthread_mutex_lock(&s_gate);
    u64 frame = s_free;
    if (frame) {
        s_free = twin_pages[frame].next;
        struct page *page = &twin_pages[frame];
        page->kind = 1;
        atomic_store_explicit(&page->lock, 0, memory_order_relaxed);
        atomic_store_explicit(&page->dirty, 0, memory_order_relaxed);
        page->deposited = page->next = page->previous = 0;
        atomic_store_explicit(&page->refs, 1, memory_order_release);
    }
    pthread_mutex_unlock(&s_gate);
    if (frame)
        memset(to_pointer(frame << 12), 0, 4096);
    return frame;
}

void get_page(u64 frame)
{
    struct page *page = &twin_pages[frame];
    int count = atomic_load_explicit(&page->refs, memory_order_acquire);
    while (count > 0 && !atomic_compare_exchange_strong(&page->refs, &count, count + 1))
        ;
    if (count <= 0)
        abort();
}

void put_page(u64 frame)
{
    if (!in_arena(frame << 12))
        abort();
    struct page *page = &twin_pages[frame];
    int count = atomic_load_explicit(&page->refs, memory_order_acquire);
    do {
        if (count <= 0)
            abort();
    } while (!atomic_compare_exchange_strong(&page->refs, &count, count - 1));
    if (count != 1)
        return;
    pthread_mutex_lock(&s_gate);
    page->kind = 0;
    page->next = s_free;
    s_free = frame;
    pthread_mutex_unlock(&s_gate);
}
