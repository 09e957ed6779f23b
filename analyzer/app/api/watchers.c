// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/watchers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

#define SHELVES 4096

struct watchers {
    pthread_mutex_t lock; // guards the lists; held while calls are woken, so that none of them is released meanwhile (call.h)
    struct watcher *shelves[SHELVES];
};

static size_t shelf_of(const char *id) {
    return hash_text(id) % SHELVES;
}

struct watchers *watchers_create(void) {
    struct watchers *watchers = mem_zero(1, sizeof *watchers);
    pthread_mutex_init(&watchers->lock, NULL);
    return watchers;
}

void watchers_destroy(struct watchers *watchers) {
    if (watchers == NULL) return;
    pthread_mutex_destroy(&watchers->lock);
    free(watchers);
}

void watchers_add(struct watchers *watchers, struct watcher *watcher) {
    struct watcher **shelf = &watchers->shelves[shelf_of(watcher->id)];
    pthread_mutex_lock(&watchers->lock);
    watcher->next = *shelf;
    watcher->at = shelf;
    if (*shelf != NULL) (*shelf)->at = &watcher->next;
    *shelf = watcher;
    pthread_mutex_unlock(&watchers->lock);
}

void watchers_remove(struct watchers *watchers, struct watcher *watcher) {
    pthread_mutex_lock(&watchers->lock);
    if (watcher->at != NULL) {
        *watcher->at = watcher->next;
        if (watcher->next != NULL) watcher->next->at = watcher->at;
        watcher->at = NULL;
    }
    pthread_mutex_unlock(&watchers->lock);
}

void watchers_wake(struct watchers *watchers, const char *id) {
    pthread_mutex_lock(&watchers->lock);
    for (struct watcher *w = watchers->shelves[shelf_of(id)]; w != NULL; w = w->next) {
        if (strcmp(w->id, id) == 0) call_wake(w->call);
    }
    pthread_mutex_unlock(&watchers->lock);
}
