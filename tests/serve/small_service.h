// SPDX-License-Identifier: GPL-3.0-or-later
// A service with a route of each sort, for tests of the listener.
#ifndef TESTS_SERVE_SMALL_SERVICE_H
#define TESTS_SERVE_SMALL_SERVICE_H

#include <stdatomic.h>

#include "serve/listener.h"

struct small_service {
    struct listener *listener;
    int port;
    atomic_int pages_released;  // of GET /page
    atomic_int released;        // deferred calls
    atomic_int resumed[4];      // by enum call_end
    atomic_int waiting;         // entered where wake_all() looks
};

// GET /open (no token), /things/{id}?depth= (read), /page (read), POST /things (run, JSON up to 1,000 bytes), DELETE /things/{id} (admin),
// POST /note (run, optional text/plain), GET /wait?ms= (read), GET /odd?what=twice|nothing|late|huge (read), POST /any (run, any type).
// Options may be changed before it starts; NULL leaves them. Fails the test when it does not start.
void small_service_start(struct small_service *service, void (*change)(struct listener_options *options));
void small_service_stop(struct small_service *service);

// Wakes every call of GET /wait, from the calling thread.
void small_service_wake(struct small_service *service);

extern const struct route_table small_service_table;

#endif
