// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/readiness.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/timetext.h"

#define KEEP_MS 2000

struct readiness {
    pthread_mutex_t lock; // guards what follows; held while the store is tried, so that others wait for that answer
    int64_t until_ms;     // monotonic
    bool ready;
    struct error err;
};

struct readiness *readiness_create(void) {
    struct readiness *readiness = mem_zero(1, sizeof *readiness);
    pthread_mutex_init(&readiness->lock, NULL);
    readiness->until_ms = INT64_MIN;
    return readiness;
}

void readiness_destroy(struct readiness *readiness) {
    if (readiness == NULL) return;
    pthread_mutex_destroy(&readiness->lock);
    free(readiness);
}

bool readiness_check(struct readiness *r, struct store *store, struct error *err) {
    pthread_mutex_lock(&r->lock);
    if (mono_now_ms() >= r->until_ms) {
        r->ready = store_probe(store, wall_now_ms(), &r->err);
        r->until_ms = mono_now_ms() + KEEP_MS;
    }
    bool ready = r->ready;
    if (!ready) *err = r->err;
    pthread_mutex_unlock(&r->lock);
    return ready;
}
