// SPDX-License-Identifier: GPL-3.0-or-later
// What all kinds of sources share.
#include "query/source.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "dialect.h"
#include "incomplete.h"
#include "source_ops.h"

static const struct {
    const char *name;
    enum decode_expect expect;
} modes[QUERY_MODE_COUNT] = {
    [QUERY_RAW] = {"raw", EXPECT_RESULT},
    [QUERY_RANGE] = {"range", EXPECT_RESULT},
    [QUERY_INSTANT] = {"instant", EXPECT_RESULT},
    [QUERY_LABELS] = {"labels", EXPECT_NAMES},
    [QUERY_SERIES] = {"series", EXPECT_SERIES},
    [QUERY_METADATA] = {"metadata", EXPECT_METADATA},
    [QUERY_EXEMPLARS] = {"exemplars", EXPECT_EXEMPLARS},
};

const char *query_mode_name(enum query_mode mode) {
    return modes[mode].name;
}

enum decode_expect query_expect(enum query_mode mode) {
    return modes[mode].expect;
}

const char *source_protocol_name(enum source_protocol protocol) {
    static const char *const names[SOURCE_PROTOCOL_COUNT] = {"auto", "stream", "samples", "raw"};
    return names[protocol];
}

void source_init(struct source *source, const struct source_ops *ops, const char *name) {
    source->ops = ops;
    source->name = mem_strdup(name);
    source->concurrency = 8;
    source->tries = 4;
    source->timeout_ms = 30000;
    source->detected_kind = "";
    buf_init(&source->warnings, 4096);
}

void source_use_settings(struct source *source, const struct source_settings *s) {
    if (s == NULL) return;
    source->kind = s->kind;
    source->protocol = s->protocol;
    source->warning_policy = s->warnings;
    if (s->concurrency > 0) source->concurrency = s->concurrency;
    if (s->tries > 0) source->tries = s->tries;
    if (s->timeout_ms > 0) source->timeout_ms = s->timeout_ms;
    source->raw_window_ms = s->raw_window_ms;
    source->pace.rate = s->rate;
    source->limits = s->limits;
}

void source_destroy(struct source *source) {
    if (source == NULL) return;
    free(source->name);
    buf_finish(&source->warnings);
    source->ops->destroy(source);
}

const char *source_name(const struct source *source) {
    return source->name;
}

const char *source_version(const struct source *source) {
    return source->version;
}

const char *source_warning(const struct source *source) {
    return buf_text(&source->warnings);
}

const char *source_detected_kind(const struct source *source) {
    return source->detected_kind;
}

const struct source_counters *source_counters(const struct source *source) {
    return &source->counters;
}

void source_warn(struct source *source, const char *format, ...) {
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (strstr(buf_text(&source->warnings), text) != NULL) return; // told in an earlier run
    buf_printf(&source->warnings, "%s%s", source->warnings.len > 0 ? "; " : "", text);
}

void source_count(struct source *source, const struct answer *answer, size_t sharers) {
    source_counters_add(&source->counters, answer, sharers);
}

void source_counters_add(struct source_counters *c, const struct answer *answer, size_t sharers) {
    uint64_t requests = answer->requests > 0 ? (uint64_t)answer->requests : 0;
    c->queries += 1 + sharers;
    c->tries += requests;
    if (answer->requests > answer->pieces) c->retries += (uint64_t)(answer->requests - answer->pieces);
    c->shared += sharers;
    if (answer->refused) c->refused++;
    if (answer->throttled > 0) c->throttled += (uint64_t)answer->throttled;
    c->bytes += answer->bytes;
}

static const char *member(const json_t *data, const char *key) {
    const char *text = json_string_value(json_object_get(data, key));
    return text != NULL ? text : "";
}

// The kind is of use to people alone, who are told when another one than theirs seems right.
static void detect_kind(struct source *source, const json_t *data) {
    enum source_kind kind;
    if (!dialect_detect(member(data, "application"), member(data, "version"), member(data, "revision"), &kind)) return;
    source->detected_kind = source_kind_name(kind);
    if (kind == source->kind) return;
    source_warn(source, "source %s looks like %s by its build info; if it is, set kind: %s", source->name, source->detected_kind,
                source->detected_kind);
}

void source_read_version(struct source *source, const char *body, size_t len) {
    json_t *root = json_loadb(body, len, 0, NULL), *data = json_object_get(root, "data");
    if (json_is_object(data)) {
        snprintf(source->version, sizeof source->version, "%s", member(data, "version"));
        detect_kind(source, data);
    }
    json_decref(root);
}

void answer_init(struct answer *answer) {
    *answer = (struct answer){.result.outcome = DECODE_HTTP_ERROR, .pieces = 1};
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

static bool check_type(const struct series_set *set, const struct query *query, struct error *err) {
    bool matrix = set->type == RESULT_MATRIX || set->type == RESULT_NONE;
    if (matrix || (query->mode != QUERY_RAW && query->mode != QUERY_RANGE)) return true;
    return error_set(err, ERROR_DATA, "a %s query was answered with something else than a matrix", query_mode_name(query->mode));
}

// Puts the source and the number of tries in front of the error.
static void name_failure(struct answer *answer, const struct source *source) {
    if (answer->tries > 1) {
        error_prefix(&answer->result.err, "source %s, after %d tries", source->name, answer->tries);
    } else {
        error_prefix(&answer->result.err, "source %s", source->name);
    }
}

static uint64_t count_samples(const struct series_set *set) {
    uint64_t count = 0;
    for (size_t i = 0; i < set->count; i++) count += set->items[i].count + set->items[i].histogram_count;
    return count;
}

void answer_settle(struct answer *answer, const struct source *source, const struct query *query) {
    struct decode_result *result = &answer->result;
    if (result->outcome == DECODE_OK && !check_type(&answer->set, query, &result->err)) result->outcome = DECODE_BROKEN;
    if (result->outcome == DECODE_OK && query->mode == QUERY_RAW) {
        uint64_t before = count_samples(&answer->set);
        for (size_t i = 0; i < answer->set.count; i++) series_clip(&answer->set.items[i], query->start_ms, query->end_ms);
        answer->clipped = before - count_samples(&answer->set);
    }
    if (result->outcome == DECODE_OK && query->mode == QUERY_RANGE && !check_grid(&answer->set, query, &result->err)) {
        result->outcome = DECODE_BROKEN;
    }
    if (result->outcome == DECODE_OK && !incomplete_check(&answer->set, source->warning_policy, &result->err)) {
        result->outcome = DECODE_INCOMPLETE;
    }
    if (result->outcome != DECODE_OK) name_failure(answer, source);
}
