// SPDX-License-Identifier: GPL-3.0-or-later
#include "lull.h"

#include <math.h>
#include <time.h>

#include "base/thread.h"

#define FEWEST 4        // in flight; of fewer, hardly two would end in one rest
#define SHORTEST_US 300 // less is not worth going to sleep for; a server that is quicker than we are never makes us rest
#define LONGEST_US 1000 // more gains nothing
#define SHARE 0.75      // of what is in flight is let come, while the server works on the rest
#define STEP_US 8       // that what is known of the gap moves by

void lull_init(struct lull *lull) {
    *lull = (struct lull){.woken = false};
    pthread_mutex_init(&lull->lock, NULL);
    thread_cond_init(&lull->wakes);
}

void lull_finish(struct lull *lull) {
    pthread_cond_destroy(&lull->wakes);
    pthread_mutex_destroy(&lull->lock);
}

// By steps, so that one long wait among many short ones counts no more than they do: the gap tends to the median.
static void learn(struct lull *lull) {
    double gap_us = fmin((double)lull->waited_us / (double)lull->answers, LONGEST_US);
    lull->gap_us += gap_us > lull->gap_us ? STEP_US : -fmin(STEP_US, lull->gap_us);
}

void lull_waited(struct lull *lull, int64_t us, size_t in_flight) {
    if (lull->answers > 0) {
        learn(lull);
        lull->waited_us = 0;
        lull->answers = 0;
    }
    if (in_flight >= FEWEST) lull->waited_us += us;
}

void lull_answered(struct lull *lull, size_t count, size_t in_flight) {
    if (in_flight >= FEWEST) lull->answers += count;
}

int64_t lull_us(const struct lull *lull, size_t in_flight) {
    double us = fmin(lull->gap_us * (double)in_flight * SHARE, LONGEST_US);
    return in_flight < FEWEST || us < SHORTEST_US || us < lull->gap_us * 2 ? 0 : (int64_t)us;
}

void lull_rest(struct lull *lull, int64_t us) {
    if (us == 0) return;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + us * 1000;
    until.tv_sec += (time_t)(ns / 1000000000);
    until.tv_nsec = (long)(ns % 1000000000);
    pthread_mutex_lock(&lull->lock);
    while (!lull->woken && pthread_cond_timedwait(&lull->wakes, &lull->lock, &until) == 0) continue;
    pthread_mutex_unlock(&lull->lock);
}

void lull_wake(struct lull *lull) {
    pthread_mutex_lock(&lull->lock);
    lull->woken = true;
    pthread_cond_signal(&lull->wakes);
    pthread_mutex_unlock(&lull->lock);
}

bool lull_take_wake(struct lull *lull) {
    pthread_mutex_lock(&lull->lock);
    bool woken = lull->woken;
    lull->woken = false;
    pthread_mutex_unlock(&lull->lock);
    return woken;
}
