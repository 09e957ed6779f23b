// SPDX-License-Identifier: GPL-3.0-or-later
// Which analysis the hooks of a Flagger canary are about. Flagger sends a checksum of the revision, which repeats when the same spec is
// rolled out again, and does not say where a rollout begins and ends. So each rollout is a run, kept as a memo from its first hook on.
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
    int64_t began_ms, seen_ms; // its first hook, and about its last one
    bool advanced;         // a hook came that Flagger sends only once the canary has traffic
    bool over;             // a hook came that Flagger sends only once the rollout has ended
};

// Reads the run into the arena; all but the key is zero when there is none. False with err when the store fails.
bool flagger_run_load(struct store *store, const char *key, struct arena *arena, struct flagger_run *ret, struct error *err);

// The analyses of the present runs of "namespace/name": one for each config that its hooks name.
struct flagger_analyses {
    const char **ids;
    size_t count;
};

// In the arena; false with err when the store fails.
bool flagger_run_analyses(struct store *store, const char *object, struct arena *arena, struct flagger_analyses *ret, struct error *err);

// Waits until it is committed. False with err when the store fails.
bool flagger_run_save(struct store *store, const struct flagger_run *run, int64_t now_ms, struct error *err);

// Whether a hook with this checksum belongs to the run. When its analysis has ended (`decided`), a run that had no hook for 15 minutes is
// taken as over.
bool flagger_run_is_current(const struct flagger_run *run, const char *checksum, bool decided, int64_t now_ms);

// A new run; the texts are borrowed.
struct flagger_run flagger_run_new(const char *key, const char *checksum, int64_t now_ms);

// Locks that keep two hooks of one canary from beginning two runs. Some canaries share a lock.
struct flagger_locks;

struct flagger_locks *flagger_locks_create(void);
void flagger_locks_destroy(struct flagger_locks *locks); // fine with NULL
pthread_mutex_t *flagger_locks_of(struct flagger_locks *locks, const char *object);

#endif
