// SPDX-License-Identifier: GPL-3.0-or-later
// Waiting for an event or a time, watched by a thread of its own: deferred calls, and requests that have not come whole yet.
#ifndef SERVE_WAITS_H
#define SERVE_WAITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum wait_end { WAIT_WOKEN, WAIT_DUE, WAIT_HUNG_UP, WAIT_STOPPING };

struct wait {
    int64_t due_mono_ms;
    int64_t at_mono_ms; // when the thread looks at it: to watch its socket, at the latest when it is due
    size_t place; // in the heap, from 1; 0: not waiting
    uint64_t serial; // set by waits_add()
    int fd;       // socket whose other end may hang up; -1: none
    bool watched; // the epoll watches the socket
    // Called once, when the waiting ends, on the thread of the waits or on that of waits_wake() or waits_stop(). The lock of the waits is
    // held: it must be quick and must not call their functions.
    void (*end)(struct wait *wait, enum wait_end end);
};

struct waits;

struct waits *waits_create(struct error *err); // NULL with err when the system has no more threads or descriptors
void waits_destroy(struct waits *waits);       // nothing may be waiting; fine with NULL

// Begins a wait. Its storage is the caller's and must stay until the wait has ended or was removed. After waits_stop() it ends at once. A
// client that hangs up is noticed only when the wait takes longer than WAITS_UNWATCHED_MS.
#define WAITS_UNWATCHED_MS 200
void waits_add(struct waits *waits, struct wait *wait, int64_t due_mono_ms, int fd);

// These return false when the wait has ended already, or was never added.
bool waits_move(struct waits *waits, struct wait *wait, int64_t due_mono_ms); // sets another time; for waits without a socket
bool waits_remove(struct waits *waits, struct wait *wait); // ends it without calling `end`
bool waits_wake(struct waits *waits, struct wait *wait);

// Ends every wait that has a descriptor, now and from now on.
void waits_stop(struct waits *waits);

#endif
