// SPDX-License-Identifier: GPL-3.0-or-later
// What waits for something or for a time, in a thread of its own: deferred calls and requests that have not come whole yet.
#ifndef SERVE_WAITS_H
#define SERVE_WAITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum wait_end { WAIT_WOKEN, WAIT_DUE, WAIT_HUNG_UP, WAIT_STOPPING };

struct wait {
    int64_t due_mono_ms;
    int64_t at_mono_ms; // when it is taken up: at the latest when it is due
    size_t place; // in the heap, from 1; 0: not waiting
    uint64_t serial; // set by waits_add()
    int fd;       // socket whose other end may hang up; -1: none
    bool watched; // somebody looks whether it has
    // Called once when the waiting ends, with the lock of the waits held: it must be short and call nothing of theirs. On their
    // thread, or on that of waits_wake() or waits_stop(); `end` is never that of another thread at the same time.
    void (*end)(struct wait *wait, enum wait_end end);
};

struct waits;

struct waits *waits_create(struct error *err); // NULL with err when the system has no more threads or descriptors
void waits_destroy(struct waits *waits);       // nothing may wait; fine with NULL

// The storage is the caller's and stays until the wait has ended or was removed. After waits_stop() it ends at once. That the other end
// of a socket hangs up is seen when the waiting takes longer than WAITS_UNWATCHED_MS.
#define WAITS_UNWATCHED_MS 200
void waits_add(struct waits *waits, struct wait *wait, int64_t due_mono_ms, int fd);

// False when it does not wait (any more); then its end has been called, or it was never added.
bool waits_move(struct waits *waits, struct wait *wait, int64_t due_mono_ms); // one without a socket
bool waits_remove(struct waits *waits, struct wait *wait); // its end is not called
bool waits_wake(struct waits *waits, struct wait *wait);

// Ends every wait that has a descriptor, now and from now on.
void waits_stop(struct waits *waits);

#endif
