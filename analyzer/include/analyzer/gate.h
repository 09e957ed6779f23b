// SPDX-License-Identifier: GPL-3.0-or-later
// The gate: may this be promoted? The verdict of an analysis, error budgets, external checks, freezes and approvals, one item each,
// in a document "serin.gate/1" that says of every item that is not open what would open it.
#ifndef ANALYZER_GATE_H
#define ANALYZER_GATE_H

#include <jansson.h>

#include "analyzer/approval.h"
#include "analyzer/config.h"

struct gate_options {
    int64_t at_ms;             // of queries
    int64_t now_ms;            // for freezes, approvals and ages
    int64_t release_start_ms;  // 0: not given
    const json_t *result;      // of serin analyze; NULL: not given
    const char *artefact;      // instead of what the config's variables make of gate.artefact; NULL: not given
    const char *state;         // directory of freezes and approvals
    bool state_must_exist;     // else one that is not there holds nothing
    bool advisory;             // only noted in the document
    const char *recorded_dir;  // NULL, or read every source from this directory instead of the network
    const char *record_dir;    // NULL, or keep the answers there
    int64_t deadline_ms;       // for fetching; 0: default
    void (*warn)(void *user, const char *text); // may be NULL
    void *user;
    const volatile int *interrupted;
};

// Returns the document, which the caller releases; NULL with err when it cannot be asked at all (interrupted, no artefact known,
// a release that begins later). Sources and state that cannot be read are items of the document.
json_t *gate_run(const struct canary_config *config, const struct gate_options *options, struct arena *arena, struct error *err);

// Keeps the approval of one person for this config and artefact; canary, config_sha256, artefact and id are filled in.
bool gate_approve(const struct canary_config *config, const struct gate_options *options, struct approval *approval, struct arena *arena,
                  struct error *err);

#endif
