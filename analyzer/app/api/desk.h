// SPDX-License-Identifier: GPL-3.0-or-later
// A few threads that carry out errands, for whatever would block the listener's thread: querying sources, locking files, rendering reports.
#ifndef API_DESK_H
#define API_DESK_H

#include "api/errand.h"

struct desk;

// Carries the errand out and ends it. `user` is of the desk's options, `input` what desk_give() was given.
typedef void desk_fn(void *user, struct errand *errand, void *input);

struct desk_options {
    size_t threads;
    size_t most;        // errands that may wait for a thread
    size_t most_of_key; // errands of one key that may wait or run, so that one slow source does not take all threads
    void *user;         // given to every desk_fn
};

struct desk *desk_open(const struct desk_options *options, struct error *err); // NULL with err: no more threads

// Waits for the errands that run. Those that wait, and those that are given from now on, end with 503 "stopping". Fine with NULL.
void desk_stop(struct desk *desk);

void desk_close(struct desk *desk); // stops and frees it; nobody may give errands any more. Fine with NULL

// Hands an errand over to be carried out by `run`. `key` is copied; `input` lies in the errand's arena. When too many wait, or too many of
// the key, the errand ends with 503 and Retry-After.
void desk_give(struct desk *desk, const char *key, struct errand *errand, desk_fn *run, void *input);

#endif
