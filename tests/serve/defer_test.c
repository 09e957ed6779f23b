// SPDX-License-Identifier: GPL-3.0-or-later
// Deferred calls: woken, timed out, left by their clients, ended by the stop.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/timetext.h"
#include "raw_client.h"
#include "serve/call.h"
#include "small_service.h"

#define CLIENTS 200

static const char request[] = "GET /wait?ms=60000 HTTP/1.1\r\nHost: localhost\r\n\r\n";

// Until the counter has the value; the test's own time limit ends what never comes.
static void until(const atomic_int *counter, int value) {
    while (atomic_load(counter) < value) nanosleep(&(struct timespec){0, 200000}, NULL);
}

static struct raw_client *open_waiting(struct small_service *service, size_t count) {
    struct raw_client *clients = mem_zero(count, sizeof *clients);
    int before = atomic_load(&service->waiting);
    for (size_t i = 0; i < count; i++) {
        raw_open(&clients[i], service->port);
        raw_send(&clients[i], request, strlen(request));
    }
    until(&service->waiting, before + (int)count);
    return clients;
}

static void test_defer__wakes_all(void **state) {
    struct small_service service;
    (void)state;
    small_service_start(&service, NULL);
    struct raw_client *clients = open_waiting(&service, CLIENTS);
    struct listener_counts counts;
    listener_counts(service.listener, &counts);
    assert_int_equal(counts.waiting, CLIENTS);
    small_service_wake(&service);
    for (size_t i = 0; i < CLIENTS; i++) {
        assert_non_null(strstr(raw_receive(&clients[i], false).body, "woken"));
        raw_close(&clients[i]);
    }
    assert_int_equal(atomic_load(&service.released), CLIENTS);
    assert_int_equal(atomic_load(&service.resumed[CALL_WOKEN]), CLIENTS);
    small_service_stop(&service);
    free(clients);
}

static void test_defer__notices_that_clients_go(void **state) {
    struct small_service service;
    (void)state;
    small_service_start(&service, NULL);
    struct raw_client *clients = open_waiting(&service, CLIENTS);
    for (size_t i = 0; i < CLIENTS; i++) raw_close(&clients[i]);
    until(&service.released, CLIENTS);
    small_service_stop(&service);
    for (size_t i = 0; i < 4; i++) assert_int_equal(atomic_load(&service.resumed[i]), 0);
    free(clients);
}

static void test_defer__answers_when_it_stops(void **state) {
    struct small_service service;
    (void)state;
    small_service_start(&service, NULL);
    struct raw_client *clients = open_waiting(&service, CLIENTS);
    struct raw_client *slow = mem_zero(1, sizeof *slow); // has said half of what it wants: nobody waits for it
    raw_open(slow, service.port);
    raw_send(slow, request, 20);
    int64_t begin = mono_now_ms();
    small_service_stop(&service);
    assert_true(mono_now_ms() - begin < 1900);
    for (size_t i = 0; i < CLIENTS; i++) {
        struct raw_answer answer = raw_receive(&clients[i], false);
        assert_int_equal(answer.status, 503);
        assert_non_null(strstr(answer.head, "Connection: close"));
        assert_true(raw_is_closed(&clients[i]));
        raw_close(&clients[i]);
    }
    assert_int_equal(atomic_load(&service.released), CLIENTS);
    assert_true(raw_is_closed(slow));
    raw_close(slow);
    free(slow);
    free(clients);
}

struct waker {
    struct small_service *service;
    atomic_bool over;
};

static void *wake_again_and_again(void *user) {
    struct waker *waker = user;
    while (!atomic_load(&waker->over)) small_service_wake(waker->service);
    return NULL;
}

// Wakers, clients that go and clients that stay, all at once; every call is released once and none is touched afterwards.
static void test_defer__survives_races(void **state) {
    struct small_service service;
    struct waker waker = {.service = &service};
    pthread_t threads[2];
    (void)state;
    small_service_start(&service, NULL);
    atomic_init(&waker.over, false);
    for (size_t i = 0; i < 2; i++) pthread_create(&threads[i], NULL, wake_again_and_again, &waker);
    struct raw_client *client = mem_zero(1, sizeof *client);
    int sent = 300;
    for (int i = 0; i < sent; i++) {
        raw_open(client, service.port);
        raw_send(client, request, strlen(request));
        if (i % 3 > 0) assert_int_equal(raw_receive(client, false).status, 200);
        if (i % 3 == 0) until(&service.waiting, i + 1);
        raw_close(client);
    }
    small_service_stop(&service);
    atomic_store(&waker.over, true);
    for (size_t i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&service.waiting), sent);
    assert_int_equal(atomic_load(&service.released), sent);
    free(client);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defer__wakes_all),
        cmocka_unit_test(test_defer__notices_that_clients_go),
        cmocka_unit_test(test_defer__answers_when_it_stops),
        cmocka_unit_test(test_defer__survives_races),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
