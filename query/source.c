// SPDX-License-Identifier: GPL-3.0-or-later
// What all kinds of sources share.
#include "query/source.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "dialect.h"
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

static atomic_uint_fast64_t identities; // so many were given away

void source_change(struct source *source) {
    source->identity = atomic_fetch_add(&identities, 1) + 1;
}

void source_init(struct source *source, const struct source_ops *ops, const char *name) {
    source->ops = ops;
    source->name = mem_strdup(name);
    source_change(source);
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
    source->hedge.after_ms = s->hedge_ms;
    source->hedge.share = s->hedge_share;
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

void source_counters_add(struct source_counters *c, const struct answer *answer, size_t sharers) {
    c->queries += 1 + sharers;
    c->shared += sharers;
    if (answer->shared) {
        c->shared++;
        return;
    }
    if (answer->requests > 0) c->tries += (uint64_t)answer->requests;
    int firsts = answer->pieces + answer->hedged;
    if (answer->requests > firsts) c->retries += (uint64_t)(answer->requests - firsts);
    if (answer->hedged > 0) c->hedged += (uint64_t)answer->hedged;
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
