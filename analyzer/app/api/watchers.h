// SPDX-License-Identifier: GPL-3.0-or-later
// The calls that wait for an analysis to be decided. Nothing is polled: who publishes a verdict wakes them.
#ifndef API_WATCHERS_H
#define API_WATCHERS_H

#include "serve/call.h"

struct watchers;

struct watchers *watchers_create(void);
void watchers_destroy(struct watchers *watchers); // nobody may wait any more; fine with NULL

struct watcher { // in the call's arena
    struct watcher *next, **at;
    struct call *call;
    const char *id;
};

// From then on the call is woken when watchers_wake() is called with that id, until the watcher is removed. Any thread.
void watchers_add(struct watchers *watchers, struct watcher *watcher);
void watchers_remove(struct watchers *watchers, struct watcher *watcher);

void watchers_wake(struct watchers *watchers, const char *id); // any thread; quick

#endif
