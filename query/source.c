// SPDX-License-Identifier: GPL-3.0-or-later
// What all kinds of sources share.
#include "query/source.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "source_ops.h"

const char *query_mode_name(enum query_mode mode) {
    switch (mode) {
    case QUERY_RAW:
        return "raw";
    case QUERY_RANGE:
        return "range";
    case QUERY_INSTANT:
        return "instant";
    }
    return "";
}

void source_init(struct source *source, const struct source_ops *ops, const char *name) {
    source->ops = ops;
    source->name = mem_strdup(name);
    source->concurrency = 8;
    source->tries = 4;
    source->timeout_ms = 30000;
}

void source_destroy(struct source *source) {
    if (source == NULL) return;
    free(source->name);
    source->ops->destroy(source);
}

const char *source_name(const struct source *source) {
    return source->name;
}

const char *source_version(const struct source *source) {
    return source->version;
}

const char *source_warning(const struct source *source) {
    return source->warning;
}

void source_read_version(struct source *source, const char *body, size_t len) {
    json_t *root = json_loadb(body, len, 0, NULL);
    const char *version = json_string_value(json_object_get(json_object_get(root, "data"), "version"));
    if (version != NULL) snprintf(source->version, sizeof source->version, "%s", version);
    json_decref(root);
}

void answer_init(struct answer *answer) {
    *answer = (struct answer){.result.outcome = DECODE_HTTP_ERROR};
    series_set_init(&answer->set);
}

void answer_reset(struct answer *answer) {
    series_set_finish(&answer->set);
    series_set_init(&answer->set);
    answer->result = (struct decode_result){.outcome = DECODE_HTTP_ERROR};
    answer->http_status = 0;
    answer->bytes = 0;
}

void answer_finish(struct answer *answer) {
    if (answer == NULL) return;
    series_set_finish(&answer->set);
}

static bool on_grid(const struct query *query, int64_t time_ms) {
    return time_ms >= query->start_ms && time_ms <= query->end_ms && (time_ms - query->start_ms) % query->step_ms == 0;
}

static bool check_grid(const struct series_set *set, const struct query *query, struct error *err) {
    for (size_t i = 0; i < set->count; i++) {
        const struct series *series = &set->items[i];
        bool ok = true;
        int64_t at = 0;
        for (size_t k = 0; k < series->count && ok; k++) ok = on_grid(query, at = series->time_ms[k]);
        for (size_t k = 0; k < series->histogram_count && ok; k++) ok = on_grid(query, at = series->histograms[k].time_ms);
        if (ok) continue;
        return error_set(err, ERROR_DATA,
                         "a sample at %" PRId64 " ms is not on the asked grid: the server moves start and end to multiples of the step "
                         "(VictoriaMetrics: send nocache=1; Thanos and Mimir: align-range-with-step, align_queries_with_step)",
                         at);
    }
    return true;
}

void answer_settle(struct answer *answer, const char *source_name, const struct query *query) {
    struct decode_result *result = &answer->result;
    if (result->outcome == DECODE_OK && query->mode == QUERY_RAW) {
        for (size_t i = 0; i < answer->set.count; i++) series_clip(&answer->set.items[i], query->start_ms, query->end_ms);
    }
    if (result->outcome == DECODE_OK && query->mode == QUERY_RANGE && !check_grid(&answer->set, query, &result->err)) {
        result->outcome = DECODE_BROKEN;
    }
    if (result->outcome == DECODE_OK) return;
    if (answer->tries > 1) {
        error_prefix(&result->err, "source %s, after %d tries", source_name, answer->tries);
    } else {
        error_prefix(&result->err, "source %s", source_name);
    }
}
