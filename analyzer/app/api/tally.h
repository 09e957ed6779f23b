// SPDX-License-Identifier: GPL-3.0-or-later
// What is exported by canary and no other part of the service counts: its verdicts, and the last answer of its gate. Any thread.
#ifndef API_TALLY_H
#define API_TALLY_H

#include <jansson.h>

#include "base/arena.h"
#include "exporters/live.h"

struct tally;

struct tally *tally_create(void);
void tally_destroy(struct tally *tally); // fine with NULL

void tally_verdict(struct tally *tally, const char *canary, const char *verdict, const char *id, int64_t now_ms);
void tally_gate(struct tally *tally, const json_t *document, int64_t now_ms); // of schema serin.gate/1

// Exports the counts of a canary from 0 on, before its first verdict: Prometheus sees an increase only from a value that was there.
void tally_know(struct tally *tally, const char *canary);

// To be called when the canary's config was deleted: exports nothing of it until there is something new.
void tally_forget(struct tally *tally, const char *canary);

// Fills in `analyses`, and of the last LIVE_RETENTION_MS `gates` and `checks`; what they point to is in the arena.
void tally_fill(struct tally *tally, int64_t now_ms, struct arena *arena, struct live_engine *ret);

#endif
