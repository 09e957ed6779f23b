// SPDX-License-Identifier: GPL-3.0-or-later
// Counts by canary that no part of the service has by itself: verdicts, and what the last gate said. Any thread.
#ifndef API_TALLY_H
#define API_TALLY_H

#include <jansson.h>

#include "base/arena.h"
#include "exporters/live.h"

struct tally;

struct tally *tally_create(void);
void tally_destroy(struct tally *tally); // fine with NULL

void tally_verdict(struct tally *tally, const char *canary, const char *verdict, const char *id, int64_t now_ms);
void tally_gate(struct tally *tally, const json_t *document, int64_t now_ms);

// Counts of a canary that has a config begin at 0, not with its first verdict: a server that did not see the 0 would not count that one.
void tally_know(struct tally *tally, const char *canary);

// Of a canary whose config is gone: nothing is told of it until there is something new.
void tally_forget(struct tally *tally, const char *canary);

// Fills in analyses, and gates and checks that were asked for not longer ago than results are shown; what they point to is in the arena.
void tally_fill(struct tally *tally, int64_t now_ms, struct arena *arena, struct live_engine *ret);

#endif
