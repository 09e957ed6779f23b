// SPDX-License-Identifier: GPL-3.0-or-later
// The words in the list `on` of a webhook ("fail", "approval_needed", ...), and which of them an event of the engine matches. Pure.
#ifndef EXPORTERS_COURIER_WORDS_H
#define EXPORTERS_COURIER_WORDS_H

#include "analyzer/engine.h"
#include "analyzer/publish_config.h"

#define COURIER_GATE_OPENED "gate_opened"
#define COURIER_GATE_CLOSED "gate_closed"

enum { COURIER_WORDS = 8 };

struct courier_words { // that an event matches, the most specific first
    const char *items[COURIER_WORDS];
    size_t count;
    bool verdict; // the event is a verdict, which targets without `on` are told too
};

// `failed_before`: nothing of the canary has passed since an analysis failed.
void courier_words_of(const struct engine_event *event, bool failed_before, struct courier_words *ret);

// The first of the words that the target asks for; it is told once, under that one. NULL: it does not ask for any.
const char *courier_words_match(const struct courier_words *words, const struct publish_target *target);

const char *courier_word_type(const char *word);               // CloudEvents type, such as "serin.verdict.finished"
const char *courier_event_text(enum engine_event_kind kind);    // for people, such as "analysis started"

#endif
