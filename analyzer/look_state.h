// SPDX-License-Identifier: GPL-3.0-or-later
// What a watch has done so far, in a file that is written whole after each look: a watch that was stopped goes on where it was, with
// the chance of a false fail that it has spent.
#ifndef ANALYZER_LOOK_STATE_H
#define ANALYZER_LOOK_STATE_H

#include <jansson.h>

#include "analyzer/config.h"
#include "base/error.h"

enum look_outcome {
    LOOK_JUDGED,  // counts, and has spent its share
    LOOK_GUARDED, // a guard was broken
    LOOK_FAILED,  // a source failed
};

const char *look_outcome_name(enum look_outcome outcome); // "judged", "guard", "failed"

struct look_entry {
    size_t number;  // of the look, from 1
    size_t attempt; // from 1; more than one only at the end of the window
    enum look_outcome outcome;
    double alpha, spent; // judge serin; else NaN. For people: they follow from the numbers
    double beta;         // the level of a pass, where looks may pass early; else NaN
    const char *verdict; // a word of verdict.h
    char *classes;       // of the state's metrics, see look_classes.h; belongs to the state; NULL: not known
};

struct look_state {
    const char *canary, *sha256; // of the config; borrowed
    json_t *options;             // as run_record_options() has them, and the digest of the priors
    int64_t start_ms;            // of the window, warm-up included
    int64_t settle_ms;           // how long a look waits for late samples
    json_t *metrics;             // names
    struct look_entry *entries;
    size_t count, cap;
    json_t *result;              // the final document; NULL until there is one
};

void look_state_init(struct look_state *state, const struct canary_config *config, const struct config_overrides *overrides);
void look_state_finish(struct look_state *state); // fine with zeroes

// Takes the entry's classes.
void look_state_add(struct look_state *state, const struct look_entry *entry);

// The state as JSON, with jansson's flags; the caller frees it. NULL when a text is not UTF-8.
char *look_state_text(const struct look_state *state, size_t flags);

bool look_state_write(const struct look_state *state, const char *path, struct error *err);

// Fills in what the file says of the watch that `state` was made for. *ret_found is false, and nothing changed, when there is no such
// file. False with err when it is no state, or that of another config or of other options (ERROR_CONFIG).
bool look_state_read(struct look_state *state, const char *path, bool *ret_found, struct error *err);

// The same of the file's text, once, on a state that has no looks.
bool look_state_parse(struct look_state *state, struct view text, const char *path, struct error *err);

// Names the watch: its config and options and, unless INT64_MIN, when it starts. 16 hexadecimal digits.
void look_state_id(const struct look_state *state, int64_t start_ms, char ret[17]);

#endif
