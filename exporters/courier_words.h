// SPDX-License-Identifier: GPL-3.0-or-later
// The words by which a target's `on` names what it wants to be told, and those that an event of the engine answers to. Pure.
#ifndef EXPORTERS_COURIER_WORDS_H
#define EXPORTERS_COURIER_WORDS_H

#include "analyzer/engine.h"
#include "analyzer/publish_config.h"

#define COURIER_GATE_OPENED "gate_opened"
#define COURIER_GATE_CLOSED "gate_closed"

enum { COURIER_WORDS = 8 };

struct courier_words { // what says more goes first
    const char *items[COURIER_WORDS];
    size_t count;
    bool verdict; // it is the end of an analysis: told to targets without `on`
};

// `failed_before`: nothing of the canary has passed since an analysis failed.
void courier_words_of(const struct engine_event *event, bool failed_before, struct courier_words *ret);

// The word under which a target is told, once however many it asked for; NULL: it is not.
const char *courier_words_match(const struct courier_words *words, const struct publish_target *target);

const char *courier_word_type(const char *word);               // "serin.verdict.finished"
const char *courier_event_text(enum engine_event_kind kind);    // "analysis started"

#endif
