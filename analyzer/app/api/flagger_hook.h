// SPDX-License-Identifier: GPL-3.0-or-later
// What a webhook of Flagger says, and which status answers it. Flagger takes a status up to 202 as consent and every other one, also 204,
// as a refusal. It shows people the text of a 4xx, but not that of a 5xx. So a hook is answered with 200 or 4xx, and with 200 only when the
// answer is certain.
#ifndef API_FLAGGER_HOOK_H
#define API_FLAGGER_HOOK_H

#include "analyzer/config.h"
#include "analyzer/store_row.h"
#include "base/error.h"

#include <jansson.h>

enum flagger_kind {
    FLAGGER_CONFIRM_ROLLOUT,
    FLAGGER_PRE_ROLLOUT,
    FLAGGER_ROLLOUT,
    FLAGGER_CONFIRM_TRAFFIC_INCREASE,
    FLAGGER_CONFIRM_PROMOTION,
    FLAGGER_POST_ROLLOUT,
    FLAGGER_ROLLBACK,
    FLAGGER_EVENT,
};

bool flagger_kind_parse(const char *text, enum flagger_kind *ret); // "confirm-rollout", ...

struct flagger_hook { // in the arena that it was read into
    enum flagger_kind kind;
    const char *name, *namespace, *phase, *checksum;
    const char *object;  // "namespace/name"
    const char *config;  // metadata serin.config, else the name
    const char *token;   // metadata serin.token; NULL: none
    int64_t length_ms;   // metadata serin.window; 0: the config's
    struct name_values vars; // metadata serin.var.NAME
};

// False with err (ERROR_USAGE), a sentence for people, when the body is not what Flagger sends or a serin.* key is not known.
bool flagger_hook_read(const json_t *body, enum flagger_kind kind, struct arena *arena, struct flagger_hook *ret, struct error *err);

enum flagger_verdict { FLAGGER_PASS, FLAGGER_FAIL, FLAGGER_UNDECIDED, FLAGGER_ERROR };

enum flagger_verdict flagger_verdict_of(const struct store_analysis *row);

int flagger_status(enum flagger_kind kind, enum flagger_verdict verdict); // of a rollback hook 200 means: roll back

bool flagger_phase_has_ended(const char *phase); // no rollout is under way: it is over, or has not begun

#endif
