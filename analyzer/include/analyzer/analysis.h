// SPDX-License-Identifier: GPL-3.0-or-later
// One look, from config to result document: plan, fetch, samples, verdict, document. A run that was recorded can be judged
// again from its directory and gives the same bytes.
#ifndef ANALYZER_ANALYSIS_H
#define ANALYZER_ANALYSIS_H

#include <jansson.h>

#include "analyzer/verdict.h"

struct analysis_options {
    struct config_overrides overrides;
    int64_t end_ms;              // of the window; with `budget` the time to tell budgets at
    bool once;                   // of a recorded watch: it has one look, at the end of its window
    bool budget;                 // tell budgets instead of comparing: the document is "serin.budget/1", see budget.h
    bool suggest;                // budget: targets from past periods too
    int64_t release_start_ms;    // budget: since when a release runs; 0: none
    const char *recorded_dir;    // NULL, or read every source from this directory instead of the network
    const char *record_dir;      // NULL, or keep config, options and answers there
    int64_t deadline_ms;         // for fetching; 0: default
    void (*progress)(void *user, size_t done, size_t total);
    void (*warn)(void *user, const char *text); // what a person should know and no result holds; may be NULL
    void *user;                                 // for both
    const volatile int *interrupted;
};

// Analyses the config in `text` (of `file`). Findings of the config go to `findings`; *ret_config is filled in as far as it
// could be read. Returns the result document (the caller releases it), or NULL with err filled in: ERROR_CONFIG when the config
// cannot be used, ERROR_CANCELLED when interrupted. A source that fails is not an error here: the document's verdict is "error".
json_t *analysis_run(struct view text, const char *file, const struct analysis_options *options, struct arena *arena,
                     struct findings *findings, struct error *err);

// Judges a recorded run again: reads run.json and the config from `dir`, then as analysis_run().
json_t *analysis_replay(const char *dir, struct arena *arena, struct findings *findings, struct error *err);

// The exit code in a result document.
int analysis_exit_code(const json_t *result);

#endif
