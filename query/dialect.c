// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialect.h"

#include <string.h>
#include <strings.h>

#include "base/http.h"

static const struct dialect_param {
    enum source_kind kind;
    bool range_only;
    const char *name, *value;
} params[] = {
    {SOURCE_THANOS, false, "dedup", "true"},               // replicas are one series
    {SOURCE_THANOS, false, "partial_response", "false"},   // a store that fails is an error, not a gap
    {SOURCE_THANOS, false, "max_source_resolution", "0s"}, // raw blocks: no downsampled averages
    {SOURCE_VICTORIAMETRICS, true, "nocache", "1"},        // else start and end move to multiples of the step
    {SOURCE_VICTORIAMETRICS, false, "deny_partial_response", "1"},
};

const char *source_kind_name(enum source_kind kind) {
    static const char *const names[SOURCE_KIND_COUNT] = {"prometheus", "thanos", "mimir", "cortex", "victoriametrics"};
    return names[kind];
}

static bool is_given(const struct source_settings *s, const char *name) {
    for (size_t i = 0; i < s->param_count; i++) {
        if (strcmp(s->params[i].name, name) == 0) return true;
    }
    return false;
}

void dialect_params(struct buf *body, const struct source_settings *s, enum query_mode mode) {
    for (size_t i = 0; i < sizeof params / sizeof params[0]; i++) {
        const struct dialect_param *p = &params[i];
        if (p->kind != s->kind || (p->range_only && mode != QUERY_RANGE) || is_given(s, p->name)) continue;
        http_form_field(body, p->name, view_of(p->value));
    }
}

bool dialect_wants_less(const char *text) {
    static const char *const signs[] = {
        "too many samples",               // Prometheus, Thanos
        "maximum number of chunks",       // Mimir, Cortex
        "err-mimir-max-chunks-per-query", //
        "err-mimir-max-estimated-chunks", //
        "err-mimir-max-chunks-bytes",     //
        "maxSamplesPer",                  // VictoriaMetrics: -search.maxSamplesPerQuery and PerSeries
    };
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (strstr(text, signs[i]) != NULL) return true;
    }
    return false;
}

static bool holds(const char *text, const char *word) {
    size_t len = strlen(word);
    for (; *text != '\0'; text++) {
        if (strncasecmp(text, word, len) == 0) return true;
    }
    return false;
}

bool dialect_detect(const char *application, const char *version, const char *revision, enum source_kind *ret) {
    for (int kind = 0; kind < SOURCE_KIND_COUNT; kind++) {
        if (!holds(application, source_kind_name((enum source_kind)kind)) && !holds(version, source_kind_name((enum source_kind)kind)))
            continue;
        *ret = (enum source_kind)kind;
        return true;
    }
    // VictoriaMetrics says nothing, or plays a Prometheus 2.24.0 for Grafana and says nothing else.
    bool bare = (version[0] == '\0' || strcmp(version, "2.24.0") == 0) && revision[0] == '\0';
    if (bare) *ret = SOURCE_VICTORIAMETRICS;
    if (!bare && strncmp(version, "0.", 2) == 0 && revision[0] != '\0') { // Prometheus left 0.x in 2016, Thanos is still there
        *ret = SOURCE_THANOS;
        return true;
    }
    return bare;
}
