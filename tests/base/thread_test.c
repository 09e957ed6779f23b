// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <time.h>

#include "base/thread.h"

static void *read_mask(void *user) {
    pthread_sigmask(SIG_SETMASK, NULL, user);
    return NULL;
}

static void test_thread__gets_no_signals(void **state) {
    (void)state;
    pthread_t thread;
    struct error err;
    sigset_t inside, outside;
    assert_true(thread_start(&thread, read_mask, &inside, &err));
    pthread_join(thread, NULL);
    pthread_sigmask(SIG_SETMASK, NULL, &outside);
    assert_int_equal(sigismember(&inside, SIGTERM), 1);
    assert_int_equal(sigismember(&inside, SIGHUP), 1);
    assert_int_equal(sigismember(&outside, SIGTERM), 0); // those of the starting thread are as they were
}

static void test_thread__conditions_wait_by_the_monotonic_clock(void **state) {
    (void)state;
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t cond;
    struct timespec begin, until, end;
    thread_cond_init(&cond);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    until = begin;
    until.tv_nsec += 20000000; // on the wall clock this time is decades ago, and the wait would be over at once
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&lock);
    while (pthread_cond_timedwait(&cond, &lock, &until) == 0) continue;
    clock_gettime(CLOCK_MONOTONIC, &end);
    assert_true(end.tv_sec > until.tv_sec || (end.tv_sec == until.tv_sec && end.tv_nsec >= until.tv_nsec));
    pthread_mutex_unlock(&lock);
    pthread_cond_destroy(&cond);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_thread__gets_no_signals),
        cmocka_unit_test(test_thread__conditions_wait_by_the_monotonic_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
