// SPDX-License-Identifier: GPL-3.0-or-later
// Starting threads, the way every thread of the program is started.
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include <pthread.h>

#include "base/error.h"

// Runs run(user) in a new thread, which gets no signals: those are for the program's main thread. The caller joins it. False with err
// (ERROR_IO) when the system gives no more threads.
bool thread_start(pthread_t *ret, void *(*run)(void *user), void *user, struct error *err);

// Makes a condition whose pthread_cond_timedwait() takes times of the monotonic clock.
void thread_cond_init(pthread_cond_t *cond);

#endif
