// SPDX-License-Identifier: GPL-3.0-or-later
// Tells the receivers of canary configs what becomes of the analyses of a service. It fills the engine's sink, and a thread of its own
// with one HTTP client does the sending: a receiver that is down holds up its own messages and nothing else.
//
//   webhooks       are messages of the store's outbox, kept together with the event they tell, sent at least once with the same id and in
//                  order, for a day
//   Alertmanagers  alerts of a canary stand while the last analysis that was decided failed; they are sent again and again
//   remote write   the values of each look and verdict; only a killed service loses what it had not written
//
// Secrets are read when something is sent, and never stored.
#ifndef EXPORTERS_COURIER_H
#define EXPORTERS_COURIER_H

#include "analyzer/engine.h"

struct courier_options {
    struct store *store;     // borrowed; closed only after the courier is gone
    const char *public_url;  // of the service, for links; NULL or "": none
    int64_t deadline_ms;     // of one request; 0: 10,000
    int64_t alert_for_ms;    // after which alerts end though nothing has passed; 0: a day
    int64_t (*now_ms)(void *user); // NULL: wall time
    void *now_user;
    void (*say)(void *user, const char *canary, const char *text); // any thread; what an operator should know, without secrets. May be NULL
    void *user;
};

struct courier;

// Goes on with what the store holds. NULL with err when the store cannot be read or no thread can be made.
struct courier *courier_create(const struct courier_options *options, struct error *err);

// Lets requests in flight end for so long, then drops them; what was not delivered is in the store. The engine must be gone. Fine with
// NULL.
void courier_destroy(struct courier *courier, int64_t most_ms);

// The functions of the engine's sink; `courier` is a struct courier.
void courier_compose(void *courier, const struct engine_event *event, struct store_batch *batch);
void courier_published(void *courier, const struct engine_event *event);

// What the gate of a canary says now, a document of schema serin.gate/1; `id` is the analysis it hangs on. When it has opened or closed
// since what was kept last, the webhooks of that analysis's config are told so; a gate whose sources do not answer has done neither.
// False with err when that cannot be kept; it is then as if the gate had not been looked at. Blocks: not on the store's thread, and one
// call at a time for a canary.
bool courier_gate(struct courier *courier, const char *canary, const char *id, const json_t *document, struct error *err);

// The alerts of an analysis that Alertmanagers keep to themselves, as far as is known: a list of objects "target", "alert", "metric" and
// "tags" (of a metric), "silenced_by" ("id", "by", "until", "comment") and "inhibited_by" ("fingerprint", "alert"), with texts that are
// clean and bounded. Empty when there are none, when the alerts do not stand any more, and before anybody was asked. The caller releases
// it. Any thread.
json_t *courier_silenced(struct courier *courier, const char *canary, const char *id);

// The config of the canary is gone: the values that were written of it end, and those of analyses that are still under way are not
// written. Any thread.
void courier_forget(struct courier *courier, const char *canary);

// Looks for what is due at once, after the clock that it was given has jumped. Any thread.
void courier_wake(struct courier *courier);

#define COURIER_TARGET_LEN 64

struct courier_count { // since the courier was made
    char target[COURIER_TARGET_LEN]; // its key in configs, "publish.webhooks[0]"; of what is suppressed the reason
    char outcome[24];                // "delivered", "partial", "refused", "failed", "dropped", or "suppressed"
    uint64_t count;
};

// Calls `each` for all counts, with a lock held: must be quick and must not call the courier. Any thread.
void courier_counts(struct courier *courier, void (*each)(void *user, const struct courier_count *count), void *user);

// Calls `each` with messages and values that a target has not taken yet, several times for one target, whose counts add up; 0 for those
// that have taken all. Reads the store; as courier_counts() otherwise.
void courier_waiting(struct courier *courier, void (*each)(void *user, const char *target, uint64_t count), void *user);

#endif
