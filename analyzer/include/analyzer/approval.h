// SPDX-License-Identifier: GPL-3.0-or-later
// Approvals: a person's word that one artefact, judged by one config, may be promoted. Another config or artefact needs new ones.
#ifndef ANALYZER_APPROVAL_H
#define ANALYZER_APPROVAL_H

#include <stdint.h>

#include "analyzer/state_dir.h"

struct approval {
    char id[STATE_ID_LEN + 1];
    const char *canary, *config_sha256;
    const char *artefact; // NULL: the config names none
    const char *by, *reason;
    int64_t at_ms;
};

struct approvals {
    struct approval *items; // in the order of their ids
    size_t count;
};

// Keeps an approval and gives it an id. ERROR_USAGE for texts that cannot be kept.
bool approval_add(const char *state, struct approval *approval, struct error *err);

bool approval_list(const char *state, struct arena *arena, struct approvals *ret, struct error *err); // the 2,000 newest

// Whether it is of the same canary, config and artefact, given at most max_age_ms before now_ms.
bool approval_holds(const struct approval *approval, const struct approval *wanted, int64_t now_ms, int64_t max_age_ms);

// How many people gave an approval that holds.
size_t approval_people(const struct approvals *approvals, const struct approval *wanted, int64_t now_ms, int64_t max_age_ms);

#endif
