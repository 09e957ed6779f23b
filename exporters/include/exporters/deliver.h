// SPDX-License-Identifier: GPL-3.0-or-later
// Tells the receivers of a config's publish block the verdict of a run: Alertmanagers, webhooks, remote write. One attempt at each that
// is repeated within the block's deadline; nothing is kept for later.
#ifndef EXPORTERS_DELIVER_H
#define EXPORTERS_DELIVER_H

#include <jansson.h>

#include "analyzer/publish_config.h"

struct protocol_memory;

struct deliver_options {
    int64_t now_ms;                             // wall time of the messages
    const volatile int *interrupted;            // nonzero gives up; may be NULL
    void (*say)(void *user, const char *text);  // what was not delivered and why, a line each, without secrets
    // May be NULL. Called at the end for every request: "delivered", "partial", "refused" (4xx), "failed"; a request that was sent again
    // in another form counts in that form only.
    void (*count)(void *user, const char *target, const char *outcome);
    void *user;
    struct protocol_memory *protocols; // of servers that take remote write, over several deliveries; NULL: none
    const json_t *earlier; // the result that was delivered before this one: its series that end are marked so; NULL: not known
};

// The result is not changed, nor is what it says: a failed delivery is only told. Returns how many requests were not taken.
size_t deliver(const struct publish_config *publish, const json_t *result, const struct deliver_options *options);

#endif
