// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/thread.h"

#include <signal.h>
#include <string.h>
#include <time.h>

bool thread_start(pthread_t *ret, void *(*run)(void *user), void *user, struct error *err) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); // a new thread inherits the mask
    int failed = pthread_create(ret, NULL, run, user);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed == 0 || error_set(err, ERROR_IO, "the system gives no more threads: %s", strerror(failed));
}

void thread_cond_init(pthread_cond_t *cond) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attributes);
    pthread_condattr_destroy(&attributes);
}
