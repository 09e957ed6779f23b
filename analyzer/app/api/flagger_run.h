// SPDX-License-Identifier: GPL-3.0-or-later
// Which analysis the hooks of a Flagger canary are about. Flagger names a revision by a checksum, which is the same when the same spec is
// rolled out again later, and says nothing of where a rollout begins and ends; so a run is kept in the store from its first hook on.
#ifndef API_FLAGGER_RUN_H
#define API_FLAGGER_RUN_H

#include <pthread.h>

#include "api/service.h"

#define FLAGGER_MOST_OBJECT 180  // bytes of "namespace/name"
#define FLAGGER_MOST_CHECKSUM 32

struct flagger_run {
    const char *key;       // of the memo: "namespace/name:config"
    const char *checksum;  // NULL: there is no run yet
    const char *analysis;  // id; NULL: none was started
    int64_t began_ms, seen_ms;
    bool advanced;         // a hook came that is asked only when the canary has traffic
    bool over;             // a hook came that is asked only when the rollout has ended
};

// What is kept, in the arena; zeroes but the key when there is nothing.
bool flagger_run_load(struct store *store, const char *key, struct arena *arena, struct flagger_run *ret, struct error *err);

// The ids of the analyses that the present runs of "namespace/name" have begun, in the arena; there are as many as it has configs.
struct flagger_analyses {
    const char **ids;
    size_t count;
};

bool flagger_run_analyses(struct store *store, const char *object, struct arena *arena, struct flagger_analyses *ret, struct error *err);

// Waits until it is kept.
bool flagger_run_save(struct store *store, const struct flagger_run *run, int64_t now_ms, struct error *err);

// Whether hooks with this checksum belong to the run. `decided`: its analysis is not open any more; a run without hooks for a quarter of
// an hour has ended then.
bool flagger_run_is_current(const struct flagger_run *run, const char *checksum, bool decided, int64_t now_ms);

// A new run; the texts are borrowed.
struct flagger_run flagger_run_new(const char *key, const char *checksum, int64_t now_ms);

// One lock for the hooks of one canary, so that two of them do not begin two runs; some canaries share one.
struct flagger_locks;

struct flagger_locks *flagger_locks_create(void);
void flagger_locks_destroy(struct flagger_locks *locks); // fine with NULL
pthread_mutex_t *flagger_locks_of(struct flagger_locks *locks, const char *object);

#endif
