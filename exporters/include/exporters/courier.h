// SPDX-License-Identifier: GPL-3.0-or-later
// Tells the receivers that canary configs name (`publish`) what becomes of the analyses of a service. It takes the engine's events; a
// thread of its own with one HTTP client does the sending, so that a receiver that is down delays its own messages and nothing else.
//
//   webhooks       Each message is committed to the store together with the event that it tells, and is sent from there: in order, with
//                  the same id at every attempt, at least once, for about a day.
//   Alertmanagers  Alerts fire while the last decided analysis of a canary failed, and are sent again and again.
//   remote write   The values of each look and verdict are written. What was not written is lost when the service is killed.
//
// Secrets are read when something is sent, and are never stored.
#ifndef EXPORTERS_COURIER_H
#define EXPORTERS_COURIER_H

#include "analyzer/engine.h"

struct courier_options {
    struct store *store;     // borrowed; closed only after the courier is gone
    const char *public_url;  // of the service, for links; NULL or "": none
    int64_t deadline_ms;     // of one request; 0: 10,000
    int64_t alert_for_ms;    // after which alerts end even if no analysis has passed; 0: a day
    int64_t (*now_ms)(void *user); // NULL: wall time
    void *now_user;
    void (*say)(void *user, const char *canary, const char *text); // any thread; what an operator should know, without secrets. May be NULL
    void *user;
};

struct courier;

// Continues with what the store holds. NULL with err when the store cannot be read or no thread can be started.
struct courier *courier_create(const struct courier_options *options, struct error *err);

// Waits at most that long for requests in flight, then drops them; undelivered messages stay in the store. The engine must be destroyed
// before. Fine with NULL.
void courier_destroy(struct courier *courier, int64_t most_ms);

// The functions of the engine's sink; `courier` is a struct courier.
void courier_compose(void *courier, const struct engine_event *event, struct store_batch *batch);
void courier_published(void *courier, const struct engine_event *event);

// Takes the present answer of a canary's gate, a document of schema serin.gate/1; `id` is the analysis whose verdict it is based on. When
// the gate has opened or closed since the last call, the webhooks in that analysis's config are told. An answer "error" changes nothing.
// False with err when the change cannot be stored: nobody is told, and the next call tries again. Blocks, so not on the store's thread;
// one call at a time for a canary.
bool courier_gate(struct courier *courier, const char *canary, const char *id, const json_t *document, struct error *err);

// The alerts of an analysis that Alertmanagers silence or inhibit, as far as they have said: a list of objects with "target", "alert",
// "metric" and "tags" (of a metric's alert), "silenced_by" ("id", "by", "until", "comment") and "inhibited_by" ("fingerprint", "alert").
// All texts are clean and bounded. Empty when there are none, when a later analysis has taken over, and until a peer has answered. The
// caller releases it. Any thread.
json_t *courier_silenced(struct courier *courier, const char *canary, const char *id);

// To be called when the canary's config was deleted: ends its series at remote write receivers; analyses that are still open write no
// more. Any thread.
void courier_forget(struct courier *courier, const char *canary);

// Looks at once for what is due; needed when the clock of the options jumps. Any thread.
void courier_wake(struct courier *courier);

#define COURIER_TARGET_LEN 64

struct courier_count { // since the courier was made
    char target[COURIER_TARGET_LEN]; // its key in the config, such as "publish.webhooks[0]"; with outcome "suppressed" the reason
    char outcome[24];                // "delivered", "partial", "refused", "failed", "dropped", or "suppressed"
    uint64_t count;
};

// Calls `each` for all counts, with a lock held: must be quick and must not call the courier. Any thread.
void courier_counts(struct courier *courier, void (*each)(void *user, const struct courier_count *count), void *user);

// Calls `each` with the number of messages and values that a target has not taken yet: several times for one target, and the counts are
// to be added up; with 0 for targets that have taken all. Reads the store; otherwise as courier_counts().
void courier_waiting(struct courier *courier, void (*each)(void *user, const char *target, uint64_t count), void *user);

#endif
