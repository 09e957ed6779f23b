// SPDX-License-Identifier: GPL-3.0-or-later
// A heap of times, and an epoll of the sockets whose clients may hang up. Most waits are over so soon that adding their socket to the epoll
// would cost more than it is worth, so the thread adds it only when a wait takes longer. A socket leaves the epoll before its wait ends:
// its descriptor may be closed and used again after that.
#include "serve/waits.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/thread.h"
#include "base/timetext.h"

struct waits {
    pthread_mutex_t lock; // guards everything below but the descriptors and the thread
    struct wait **heap;   // from 0; the earliest first
    size_t count, cap;
    uint64_t serial;      // of the newest wait
    int64_t asleep_until; // of the thread; INT64_MIN: it is awake and will look again
    bool stopping, over;
    int epoll, event;
    pthread_t thread;
};

static void put(struct waits *waits, size_t i, struct wait *wait) {
    waits->heap[i] = wait;
    wait->place = i + 1;
}

static void sift_up(struct waits *waits, size_t i, struct wait *wait) {
    while (i > 0 && waits->heap[(i - 1) / 2]->at_mono_ms > wait->at_mono_ms) {
        put(waits, i, waits->heap[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    put(waits, i, wait);
}

static void sift_down(struct waits *waits, size_t i, struct wait *wait) {
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= waits->count) break;
        if (child + 1 < waits->count && waits->heap[child + 1]->at_mono_ms < waits->heap[child]->at_mono_ms) child++;
        if (waits->heap[child]->at_mono_ms >= wait->at_mono_ms) break;
        put(waits, i, waits->heap[child]);
        i = child;
    }
    put(waits, i, wait);
}

static void settle(struct waits *waits, size_t i, struct wait *wait) {
    if (i > 0 && waits->heap[(i - 1) / 2]->at_mono_ms > wait->at_mono_ms) {
        sift_up(waits, i, wait);
    } else {
        sift_down(waits, i, wait);
    }
}

static void take_out(struct waits *waits, struct wait *wait) {
    size_t i = wait->place - 1;
    struct wait *last = waits->heap[--waits->count];
    wait->place = 0;
    if (wait->watched) epoll_ctl(waits->epoll, EPOLL_CTL_DEL, wait->fd, NULL);
    wait->watched = false;
    if (last != wait) settle(waits, i, last);
}

static void end_wait(struct waits *waits, struct wait *wait, enum wait_end end) {
    take_out(waits, wait);
    wait->end(wait, end);
}

// Wakes the thread when there is now an earlier time than the one it sleeps until.
static void nudge(struct waits *waits) {
    uint64_t one = 1;
    if (waits->count == 0 || waits->heap[0]->at_mono_ms >= waits->asleep_until) return;
    waits->asleep_until = INT64_MIN;
    while (write(waits->event, &one, sizeof one) < 0 && errno == EINTR) continue;
}

static int time_to_sleep(struct waits *waits) {
    waits->asleep_until = waits->count > 0 ? waits->heap[0]->at_mono_ms : INT64_MAX;
    if (waits->count == 0) return -1;
    int64_t left = waits->asleep_until - mono_now_ms();
    return left < 0 ? 0 : left > 3600000 ? 3600000 : (int)left;
}

// Adds the socket to the epoll. When the system refuses, nobody notices a hang-up and the wait ends by its time.
static void watch(struct waits *waits, struct wait *wait) {
    struct epoll_event event = {.events = EPOLLRDHUP, .data.u64 = wait->serial};
    wait->watched = epoll_ctl(waits->epoll, EPOLL_CTL_ADD, wait->fd, &event) == 0;
    wait->at_mono_ms = wait->due_mono_ms;
    settle(waits, wait->place - 1, wait);
}

static void end_due(struct waits *waits) {
    int64_t now = mono_now_ms();
    while (waits->count > 0 && waits->heap[0]->at_mono_ms <= now) {
        struct wait *wait = waits->heap[0];
        if (wait->due_mono_ms <= now)
            end_wait(waits, wait, WAIT_DUE);
        else
            watch(waits, wait);
    }
}

static struct wait *find_serial(struct waits *waits, uint64_t serial) {
    for (size_t i = 0; i < waits->count; i++) {
        if (waits->heap[i]->serial == serial) return waits->heap[i];
    }
    return NULL;
}

// An event carries the serial number of the wait, not its address: between epoll_wait() and taking the lock the wait may have ended.
static void end_hung_up(struct waits *waits, const struct epoll_event *events, int count) {
    for (int i = 0; i < count; i++) {
        uint64_t nudges;
        if (events[i].data.u64 == 0) {
            while (read(waits->event, &nudges, sizeof nudges) < 0 && errno == EINTR) continue;
            continue;
        }
        struct wait *wait = find_serial(waits, events[i].data.u64);
        if (wait != NULL) end_wait(waits, wait, WAIT_HUNG_UP);
    }
}

static void *run(void *user) {
    struct waits *waits = user;
    struct epoll_event events[64];
    pthread_mutex_lock(&waits->lock);
    while (!waits->over) {
        int timeout = time_to_sleep(waits);
        pthread_mutex_unlock(&waits->lock);
        int count = epoll_wait(waits->epoll, events, 64, timeout);
        pthread_mutex_lock(&waits->lock);
        waits->asleep_until = INT64_MIN;
        end_hung_up(waits, events, count);
        end_due(waits);
    }
    pthread_mutex_unlock(&waits->lock);
    return NULL;
}

static bool start(struct waits *waits, struct error *err) {
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = 0};
    waits->epoll = epoll_create1(EPOLL_CLOEXEC);
    waits->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (waits->epoll < 0 || waits->event < 0 || epoll_ctl(waits->epoll, EPOLL_CTL_ADD, waits->event, &event) != 0)
        return error_set(err, ERROR_IO, "the system gives no more descriptors: %s", strerror(errno));
    return thread_start(&waits->thread, run, waits, err);
}

static void finish(struct waits *waits) {
    if (waits->epoll >= 0) close(waits->epoll);
    if (waits->event >= 0) close(waits->event);
    pthread_mutex_destroy(&waits->lock);
    free(waits->heap);
    free(waits);
}

struct waits *waits_create(struct error *err) {
    struct waits *waits = mem_zero(1, sizeof *waits);
    pthread_mutex_init(&waits->lock, NULL);
    waits->asleep_until = INT64_MIN;
    waits->epoll = waits->event = -1;
    if (start(waits, err)) return waits;
    finish(waits);
    return NULL;
}

void waits_destroy(struct waits *waits) {
    uint64_t one = 1;
    if (waits == NULL) return;
    pthread_mutex_lock(&waits->lock);
    assert(waits->count == 0);
    waits->over = true;
    pthread_mutex_unlock(&waits->lock);
    while (write(waits->event, &one, sizeof one) < 0 && errno == EINTR) continue;
    pthread_join(waits->thread, NULL);
    finish(waits);
}

void waits_add(struct waits *waits, struct wait *wait, int64_t due_mono_ms, int fd) {
    int64_t look_mono_ms = fd >= 0 ? mono_now_ms() + WAITS_UNWATCHED_MS : due_mono_ms;
    wait->due_mono_ms = due_mono_ms;
    wait->at_mono_ms = look_mono_ms < due_mono_ms ? look_mono_ms : due_mono_ms;
    wait->fd = fd;
    wait->watched = false;
    pthread_mutex_lock(&waits->lock);
    wait->serial = ++waits->serial;
    mem_grow((void **)&waits->heap, &waits->cap, waits->count, sizeof waits->heap[0]);
    waits->count++;
    sift_up(waits, waits->count - 1, wait);
    if (waits->stopping && fd >= 0) {
        end_wait(waits, wait, WAIT_STOPPING);
    } else {
        nudge(waits);
    }
    pthread_mutex_unlock(&waits->lock);
}

bool waits_move(struct waits *waits, struct wait *wait, int64_t due_mono_ms) {
    pthread_mutex_lock(&waits->lock);
    bool waiting = wait->place > 0;
    if (waiting) {
        assert(wait->fd < 0);
        wait->due_mono_ms = wait->at_mono_ms = due_mono_ms;
        settle(waits, wait->place - 1, wait);
        nudge(waits);
    }
    pthread_mutex_unlock(&waits->lock);
    return waiting;
}

bool waits_remove(struct waits *waits, struct wait *wait) {
    pthread_mutex_lock(&waits->lock);
    bool waiting = wait->place > 0;
    if (waiting) take_out(waits, wait);
    pthread_mutex_unlock(&waits->lock);
    return waiting;
}

bool waits_wake(struct waits *waits, struct wait *wait) {
    pthread_mutex_lock(&waits->lock);
    bool waiting = wait->place > 0;
    if (waiting) end_wait(waits, wait, WAIT_WOKEN);
    pthread_mutex_unlock(&waits->lock);
    return waiting;
}

static struct wait *find_stoppable(const struct waits *waits) {
    for (size_t i = 0; i < waits->count; i++) {
        if (waits->heap[i]->fd >= 0) return waits->heap[i];
    }
    return NULL;
}

void waits_stop(struct waits *waits) {
    pthread_mutex_lock(&waits->lock);
    waits->stopping = true;
    for (struct wait *wait = find_stoppable(waits); wait != NULL; wait = find_stoppable(waits)) end_wait(waits, wait, WAIT_STOPPING);
    pthread_mutex_unlock(&waits->lock);
}
