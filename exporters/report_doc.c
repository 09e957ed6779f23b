// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc_reader.h"

#include <string.h>

#include "objective_doc.h"

static const struct doc_word verdict_words[] = {{"pass", TEXT_PASS},   {"marginal", TEXT_MARGINAL},
                                                {"fail", TEXT_FAIL},   {"inconclusive", TEXT_INCONCLUSIVE},
                                                {"error", TEXT_ERROR}, {NULL, TEXT_ERROR}};
static const struct doc_word guard_words[] = {
    {"ok", TEXT_PASS}, {"broken", TEXT_MARGINAL}, {"caps", TEXT_MARGINAL}, {"error", TEXT_ERROR}, {NULL, TEXT_ERROR}};

static struct report_side scope_side(struct doc_reader *in, struct doc_place at, const char *key) {
    struct doc_place side = doc_object_or_null(in, at, key);
    struct report_side read = {0};
    if (side.node == NULL || in->failed || !doc_has(side, "source")) return read; // a config without that side
    read.present = true;
    read.source = doc_text(in, side, "source");
    read.labels = doc_labels(in, side, "labels");
    if (json_object_get(side.node, "offset_s") != NULL) read.offset_s = doc_count(in, side, "offset_s");
    return read;
}

static void read_query(struct doc_reader *in, struct doc_place at, void *into) {
    struct report_query *query = into;
    query->metric = doc_text(in, at, "metric");
    query->part = doc_text(in, at, "part");
    query->side = doc_text(in, at, "side");
    query->source = doc_text(in, at, "source");
    query->mode = doc_text(in, at, "mode");
    query->expr = doc_text(in, at, "expr");
    query->outcome = doc_text(in, at, "outcome");
    query->error = doc_text_or_null(in, at, "error");
    query->tries = doc_count(in, at, "tries");
    query->bytes = doc_count(in, at, "bytes");
    query->duration_ms = doc_count(in, at, "duration_ms");
    query->series = doc_count(in, at, "series");
    query->samples = doc_count(in, at, "samples");
}

static void read_scope(struct doc_reader *in, struct doc_place at, void *into) {
    struct report_scope *scope = into;
    scope->name = doc_text(in, at, "name");
    scope->baseline = scope_side(in, at, "baseline");
    scope->canary = scope_side(in, at, "canary");
}

static void read_group(struct doc_reader *in, struct doc_place at, void *into) {
    struct report_group *group = into;
    group->name = doc_text(in, at, "name");
    group->weight = doc_number(in, at, "weight");
    group->score = doc_score_or_null(in, at, "score");
    group->metrics = doc_count(in, at, "metrics");
    group->has_data = doc_truth(in, at, "has_data");
}

static void read_where(struct doc_reader *in, struct doc_place at, void *into) {
    struct report_where *where = into;
    where->metric = doc_text(in, at, "metric");
    where->label = doc_text(in, at, "label");
    where->value = doc_text(in, at, "value");
    where->share = doc_number(in, at, "share");
}

static void read_guard(struct doc_reader *in, struct doc_place at, void *into) {
    struct report_guard *guard = into;
    guard->name = doc_text(in, at, "name");
    guard->state = doc_state(in, at, "state", guard_words);
    guard->text = doc_text(in, at, "text");
}

static void read_gap(struct doc_reader *in, struct doc_place at, void *into) {
    struct report_gap *gap = into;
    gap->metric = doc_text(in, at, "metric");
    gap->text = doc_text(in, at, "text");
    gap->impact = doc_number(in, at, "impact");
}

static void read_source(struct doc_reader *in, struct doc_place at, void *into) {
    struct report_source *source = into;
    source->name = doc_text(in, at, "name");
    source->kind = doc_text(in, at, "kind");
    source->version = doc_text_or_null(in, at, "version");
    struct doc_place counters = doc_object(in, at, "counters");
    source->queries = doc_count(in, counters, "queries");
    source->tries = doc_count(in, counters, "tries");
    source->retries = doc_count(in, counters, "retries");
    source->hedged = doc_count(in, counters, "hedged");
    source->shared = doc_count(in, counters, "shared");
    source->refused = doc_count(in, counters, "refused");
    source->throttled = doc_count(in, counters, "throttled");
    source->bytes = doc_count(in, counters, "bytes");
}

// A list of objects as an array of structs of `size` bytes.
static void *items(struct doc_reader *in, struct doc_place at, const char *key, size_t size,
                   void (*read)(struct doc_reader *in, struct doc_place at, void *into), size_t *ret_count) {
    struct doc_place all = doc_list(in, at, key);
    size_t total = json_array_size(all.node);
    char *array = arena_array(in->arena, total + 1, size);
    for (size_t i = 0; i < total && !in->failed; i++) read(in, doc_item(in, all, i), array + i * size);
    *ret_count = total;
    return array;
}

static struct report_trust read_trust(struct doc_reader *in, struct doc_place top) {
    struct report_trust trust = {.present = doc_has(top, "trust")};
    if (!trust.present) return trust;
    struct doc_place at = doc_object(in, top, "trust"), parity = doc_object(in, at, "parity");
    trust.parity = doc_score_or_null(in, parity, "score");
    trust.silent = doc_count(in, parity, "silent");
    trust.gap_count = doc_count(in, parity, "gap_count");
    trust.gaps = items(in, parity, "gaps", sizeof *trust.gaps, read_gap, &trust.listed);
    trust.load = doc_number_or_null(in, at, "load");
    trust.data_age_s = doc_number_or_null(in, at, "data_age_s");
    return trust;
}

static void read_head(struct doc_reader *in, struct doc_place top, struct report *ret) {
    struct doc_place judge = doc_object(in, top, "judge"), window = doc_object(in, top, "window"), config = doc_object(in, top, "config");
    ret->id = doc_text(in, top, "id");
    ret->canary = doc_text(in, top, "canary");
    ret->owner = doc_text_or_null(in, top, "owner");
    ret->runbook = doc_text_or_null(in, top, "runbook");
    ret->verdict = doc_text(in, top, "verdict");
    ret->state = doc_state(in, top, "verdict", verdict_words);
    ret->score = doc_score_or_null(in, top, "score");
    ret->judge = doc_text(in, judge, "name");
    ret->pass = doc_score_or_null(in, judge, "pass");
    ret->marginal = doc_score_or_null(in, judge, "marginal");
    if (doc_has(judge, "pass_confidence")) {
        ret->confidence = doc_number_or_null(in, judge, "confidence");
        ret->pass_confidence = doc_number_or_null(in, judge, "pass_confidence");
    }
    ret->config_file = doc_text_or_null(in, config, "file");
    ret->config_sha256 = doc_text_or_null(in, config, "sha256");
    ret->start_ms = doc_wall_ms(in, window, "start");
    ret->end_ms = doc_wall_ms(in, window, "end");
    ret->step_s = doc_count(in, window, "step_s");
    ret->variables = doc_labels(in, top, "variables");
    ret->reasons = doc_texts(in, top, "reasons");
    ret->missing = doc_texts(in, top, "missing");
    ret->next = doc_texts(in, top, "next");
    ret->notices = doc_texts(in, top, "notices");
    ret->timings = doc_labels(in, top, "timings");
    if (doc_has(top, "looks")) ret->looks = doc_text(in, doc_object(in, top, "looks"), "text");
}

bool report_in_group(const struct report_metric *metric, const char *group) {
    for (size_t i = 0; i < metric->groups.count; i++) {
        if (strcmp(metric->groups.items[i], group) == 0) return true;
    }
    return false;
}

// What part of the score hangs on each metric: the weight of its groups, divided over their metrics.
static void share_weights(struct report *report) {
    for (size_t i = 0; i < report->metric_count; i++) {
        struct report_metric *metric = &report->metrics[i];
        for (size_t k = 0; k < report->group_count; k++) {
            const struct report_group *group = &report->groups[k];
            if (group->metrics > 0 && report_in_group(metric, group->name)) metric->share += group->weight / (double)group->metrics;
        }
    }
}

bool report_read(const json_t *result, bool ascii, struct arena *arena, struct report *ret_report, struct error *err) {
    struct doc_reader in = {.arena = arena, .err = err, .ascii = ascii};
    struct doc_place top = {result, ""};
    struct report read = {0};
    if (!json_is_object(result)) return error_set(err, ERROR_DATA, "result document: is no object");
    const char *schema = doc_text(&in, top, "schema");
    if (strcmp(schema, "serin.result/1") != 0) doc_refuse(&in, "schema", "must be \"serin.result/1\"");
    read_head(&in, top, &read);
    read.scopes = items(&in, top, "scopes", sizeof *read.scopes, read_scope, &read.scope_count);
    read.groups = items(&in, top, "groups", sizeof *read.groups, read_group, &read.group_count);
    read.metrics = items(&in, top, "metrics", sizeof *read.metrics, doc_metric, &read.metric_count);
    if (doc_has(top, "where")) read.where = items(&in, top, "where", sizeof *read.where, read_where, &read.where_count);
    read.guards = items(&in, top, "guards", sizeof *read.guards, read_guard, &read.guard_count);
    read.trust = read_trust(&in, top);
    read.queries = items(&in, top, "queries", sizeof *read.queries, read_query, &read.query_count);
    read.sources = items(&in, top, "sources", sizeof *read.sources, read_source, &read.source_count);
    doc_objectives(&in, top, &read.objectives, &read.objective_count);
    if (in.failed) return false;
    share_weights(&read);
    *ret_report = read;
    return true;
}
