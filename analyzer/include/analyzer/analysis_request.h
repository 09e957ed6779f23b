// SPDX-License-Identifier: GPL-3.0-or-later
// What somebody asks a service for: one analysis of a canary. Read from JSON and kept as JSON, so that a service that was stopped goes
// on with what was asked. Members of the object, all but one of the first two optional:
//
//   canary, config    name of a config that the service has, or the text of one
//   vars              object of texts: variables of the config
//   start, end        of the window, warm-up included: RFC 3339 or Unix seconds; with neither the window begins now
//   length, step      durations, instead of the config's
//   looks             "interval", as the config says, or "once", at the end of the window; unless given, "once" with an end
//   pass, marginal    thresholds of the score
//   url               source of a config that names none
//   sides             {"baseline": TEXT, "canary": TEXT} of a Kayenta config: scope=x,location=y,...
//   version, artefact, correlation_id   texts that people and machines find the analysis by
//   idempotency_key   the same key with the same request gives the same analysis
#ifndef ANALYZER_ANALYSIS_REQUEST_H
#define ANALYZER_ANALYSIS_REQUEST_H

#include <jansson.h>

#include "analyzer/config.h"

struct analysis_request {
    const char *canary;        // name of a config that the service has; NULL: `config` is given
    struct view config;        // text of a config; ptr NULL: `canary` is given
    struct config_overrides overrides;
    int64_t start_ms, end_ms;  // of the window, warm-up included; INT64_MIN: not given
    bool once;                 // one look, at the end of the window
    const char *version, *artefact, *correlation, *key; // NULL: not given
};

// Reads a request. Texts are copied into the arena. False with err (ERROR_USAGE: which member, what was expected).
bool analysis_request_read(const json_t *json, struct arena *arena, struct analysis_request *ret, struct error *err);

// Appends the same again as JSON: members in a fixed order, only those that were given, without the config's text and the key.
void analysis_request_print(struct buf *out, const struct analysis_request *request);

#endif
