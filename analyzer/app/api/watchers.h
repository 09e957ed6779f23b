// SPDX-License-Identifier: GPL-3.0-or-later
// The calls that wait for an analysis to be decided. Nothing is polled: publishing the verdict wakes them.
#ifndef API_WATCHERS_H
#define API_WATCHERS_H

#include "serve/call.h"

struct watchers;

struct watchers *watchers_create(void);
void watchers_destroy(struct watchers *watchers); // nobody may wait any more; fine with NULL

struct watcher { // one waiting call; lies in its arena
    struct watcher *next, **at; // of watchers.c
    struct call *call;
    const char *id;
};

// From now on watchers_wake() with this id wakes the call, until the watcher is removed. Any thread.
void watchers_add(struct watchers *watchers, struct watcher *watcher);
void watchers_remove(struct watchers *watchers, struct watcher *watcher);

void watchers_wake(struct watchers *watchers, const char *id); // any thread; quick

#endif
