#define _GNU_SOURCE
#include "twin.h"
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { DEFERRED = 32 };

/* One cache line a thread, kept for good: a scan may look at it at any time. */
struct reader {
    _Atomic(u64) epoch;
    int nesting;
    struct reader *next;
} __attribute__((aligned(64)));

static _Atomic(u64) s_epoch = 1;
static _Atomic(struct reader *) s_readers;
static __thread struct reader *t_reader;

static pthread_mutex_t s_gate = PTHREAD_MUTEX_INITIALIZER;
static u64 s_arriving, s_waiting, s_waiting_for;
static int s_count;

static struct reader *enlist(void)
{
    static atomic_flag registered = ATOMIC_FLAG_INIT;
    if (!atomic_flag_test_and_set(&registered))
        syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);
    struct reader *reader = aligned_alloc(64, sizeof *reader);
    *reader = (struct reader){ .next = atomic_load(&s_readers) };
    while (!atomic_compare_exchange_strong(&s_readers, &reader->next, reader))
        ;
    return t_reader = reader;
}

void rcu_enter(void)
{
    struct reader *reader = t_reader ? t_reader : enlist();
    if (reader->nesting++ == 0)
        atomic_store_explicit(&reader->epoch, atomic_load_explicit(&s_epoch, memory_order_acquire), memory_order_release);
}

void rcu_leave(void)
{
    struct reader *reader = t_reader;
    if (!reader || reader->nesting == 0)
        abort();
    if (--reader->nesting == 0)
        atomic_store_explicit(&reader->epoch, 0, memory_order_release);
}

static u64 start_grace_period(void)
{
    syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    return atomic_fetch_add(&s_epoch, 1) + 1;
}

static bool is_over(u64 period)
{
    for (struct reader *reader = atomic_load(&s_readers); reader; reader = reader->next) {
        u64 epoch = atomic_load_explicit(&reader->epoch, memory_order_acquire);
        if (epoch != 0 && epoch < period)
            return false;
    }
    atomic_thread_fence(memory_order_seq_cst);
    return true;
}

void rcu_wait(void)
{
    for (u64 period = start_grace_period(); !is_over(period);)
        sched_yield();
}

/* A table that was detached is freed once all who may be in it have left. */
void free_table_later(u64 frame)
{
    pthread_mutex_lock(&s_gate);
    twin_pages[frame].next = s_arriving;
    s_arriving = frame;
    if (++s_count >= DEFERRED && (!s_waiting || is_over(s_waiting_for))) {
        while (s_waiting) {
            u64 next = twin_pages[s_waiting].next;
            free_table(s_waiting);
            s_waiting = next;
        }
        s_waiting = s_arriving;
        s_arriving = 0;
        s_count = 0;
        s_waiting_for = start_grace_period();
    }
    pthread_mutex_unlock(&s_gate);
}
