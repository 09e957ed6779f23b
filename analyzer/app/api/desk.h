// SPDX-License-Identifier: GPL-3.0-or-later
// A few threads that carry out errands that would hold up the listener: they read sources, take locks of files, render reports.
#ifndef API_DESK_H
#define API_DESK_H

#include "api/errand.h"

struct desk;

// Carries the errand out and ends it. `input` is what desk_give() was given.
typedef void desk_fn(void *user, struct errand *errand, void *input);

struct desk_options {
    size_t threads;
    size_t most;        // errands that wait
    size_t most_of_key; // of one key, waiting or under way, so that one slow source leaves threads for others
    void *user;         // for the functions
};

struct desk *desk_open(const struct desk_options *options, struct error *err); // NULL with err: no more threads

// Waits for the errands under way; those that still wait, and those that are given from now on, end as "stopping". Fine with NULL.
void desk_stop(struct desk *desk);

void desk_close(struct desk *desk); // stops it and frees it; nobody may give any more. Fine with NULL

// Hands an errand over. `key` is copied; `input` lies in the errand's arena. When there is no room the errand ends with 503 and
// Retry-After.
void desk_give(struct desk *desk, const char *key, struct errand *errand, desk_fn *run, void *input);

#endif
