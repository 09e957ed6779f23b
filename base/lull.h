// SPDX-License-Identifier: GPL-3.0-or-later
// Private to base: a short rest in which answers gather, so that several are read with one wake, as network cards moderate their
// interrupts. A thread that wakes for each answer pays for the switch and finds its caches full of the server's data.
#ifndef BASE_LULL_H
#define BASE_LULL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lull {
    pthread_mutex_t lock; // guards woken
    pthread_cond_t wakes;
    bool woken;        // and not taken yet
    int64_t waited_us; // in sleeps before the answers
    size_t answers;    // read since
    double gap_us;     // that we usually wait for an answer, about
};

void lull_init(struct lull *lull);
void lull_finish(struct lull *lull); // not while another thread may wake it

// How long we slept with so many requests in flight, and how many of so many ended when they were looked at.
void lull_waited(struct lull *lull, int64_t us, size_t in_flight);
void lull_answered(struct lull *lull, size_t count, size_t in_flight);

// How long to rest: until most of so many in flight have come, but not all, so that the server has work, and at most 1 ms. 0 where
// resting gains nothing: few in flight, a server that is quicker than we are, or one so slow that no two answers would come.
int64_t lull_us(const struct lull *lull, size_t in_flight);

// Rests so long, or until somebody wakes it.
void lull_rest(struct lull *lull, int64_t us);

void lull_wake(struct lull *lull);       // from any thread
bool lull_take_wake(struct lull *lull); // whether somebody did since the last time

#endif
