// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/transcript.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_print.h"
#include "record_line.h"

#define HTTP_OK 200

static void put_time(struct buf *out, int64_t time_ms) {
    uint64_t ms = time_ms < 0 ? 0 - (uint64_t)time_ms : (uint64_t)time_ms;
    unsigned part = (unsigned)(ms % 1000);
    char decimals[] = {'.', (char)('0' + part / 100), (char)('0' + part / 10 % 10), (char)('0' + part % 10)};
    if (time_ms < 0) buf_char(out, '-');
    buf_i64(out, (int64_t)(ms / 1000));
    buf_bytes(out, decimals, sizeof decimals);
}

static void put_quoted(struct buf *out, double value) {
    buf_char(out, '"');
    buf_double(out, value);
    buf_char(out, '"');
}

static bool put_labels(struct buf *out, const struct labels *labels) {
    bool ok = true;
    buf_str(out, "{\"metric\":{");
    for (size_t i = 0; ok && i < labels->count; i++) {
        if (i > 0) buf_char(out, ',');
        ok = json_print_text(out, labels->items[i].name);
        buf_char(out, ':');
        ok = ok && json_print_text(out, labels->items[i].value);
    }
    buf_char(out, '}');
    return ok;
}

static void put_sample(struct buf *out, int64_t time_ms, double value) {
    buf_char(out, '[');
    put_time(out, time_ms);
    buf_char(out, ',');
    put_quoted(out, value);
    buf_char(out, ']');
}

static void put_histogram(struct buf *out, const struct histogram *h) {
    buf_char(out, '[');
    put_time(out, h->time_ms);
    buf_str(out, ",{\"count\":");
    put_quoted(out, h->count);
    buf_str(out, ",\"sum\":");
    put_quoted(out, h->sum);
    for (size_t i = 0; i < h->bucket_count; i++) {
        const struct bucket *b = &h->buckets[i];
        buf_printf(out, "%s[%d,", i == 0 ? ",\"buckets\":[" : ",", b->rule);
        put_quoted(out, b->left);
        buf_char(out, ',');
        put_quoted(out, b->right);
        buf_char(out, ',');
        put_quoted(out, b->count);
        buf_char(out, ']');
    }
    buf_str(out, h->bucket_count > 0 ? "]}]" : "}]");
}

static void put_values(struct buf *out, const struct series *series) {
    buf_str(out, ",\"values\":[");
    for (size_t i = 0; i < series->count; i++) {
        if (i > 0) buf_char(out, ',');
        put_sample(out, series->time_ms[i], series->value[i]);
    }
    buf_char(out, ']');
}

static void put_histograms(struct buf *out, const struct series *series) {
    buf_str(out, ",\"histograms\":[");
    for (size_t i = 0; i < series->histogram_count; i++) {
        if (i > 0) buf_char(out, ',');
        put_histogram(out, &series->histograms[i]);
    }
    buf_char(out, ']');
}

// A series of a vector has one sample; one of a matrix may have none, when all of them were outside the window.
static void put_samples(struct buf *out, const struct series *series, bool vector) {
    if (vector && series->count > 0) {
        buf_str(out, ",\"value\":");
        put_sample(out, series->time_ms[0], series->value[0]);
    } else if (vector && series->histogram_count > 0) {
        buf_str(out, ",\"histogram\":");
        put_histogram(out, &series->histograms[0]);
    } else if (!vector) {
        if (series->count > 0 || series->histogram_count == 0) put_values(out, series);
        if (series->histogram_count > 0) put_histograms(out, series);
    }
}

static bool put_texts(struct buf *out, const char *name, const struct text_list *list) {
    bool ok = true;
    for (size_t i = 0; ok && i < list->count; i++) {
        if (i == 0) buf_printf(out, ",\"%s\":", name);
        buf_char(out, i == 0 ? '[' : ',');
        ok = json_print_text(out, list->items[i]);
    }
    if (list->count > 0) buf_char(out, ']');
    return ok;
}

// Scalars and strings are a time and a text; a remote read that found nothing has no type.
static bool put_result(struct buf *out, const struct series_set *set) {
    bool ok = true, vector = set->type == RESULT_VECTOR;
    if (set->type == RESULT_SCALAR || set->type == RESULT_STRING) {
        bool scalar = set->type == RESULT_SCALAR;
        buf_printf(out, "\"resultType\":\"%s\",\"result\":[", scalar ? "scalar" : "string");
        put_time(out, scalar ? set->items[0].time_ms[0] : set->string_time_ms);
        buf_char(out, ',');
        if (scalar) put_quoted(out, set->items[0].value[0]);
        if (!scalar) ok = json_print_text(out, set->string);
        buf_char(out, ']');
        return ok;
    }
    buf_printf(out, "\"resultType\":\"%s\",\"result\":[", vector ? "vector" : "matrix");
    for (size_t i = 0; ok && i < set->count; i++) {
        if (i > 0) buf_char(out, ',');
        ok = put_labels(out, &set->items[i].labels);
        put_samples(out, &set->items[i], vector);
        buf_char(out, '}');
    }
    buf_char(out, ']');
    return ok;
}

static bool put_body(struct buf *out, const struct series_set *set) {
    buf_str(out, "{\"status\":\"success\",\"data\":{");
    bool ok = put_result(out, set);
    buf_char(out, '}');
    ok = ok && put_texts(out, "warnings", &set->warnings) && put_texts(out, "infos", &set->infos);
    if (set->partial) buf_str(out, ",\"isPartial\":true");
    buf_char(out, '}');
    return ok;
}

// How it came, where that is not what the line says of every answer.
static void add_manner(json_t *record, const struct answer *answer) {
    if (answer->result.outcome == DECODE_OK) json_object_set_new(record, "transcript", json_true());
    if (answer->pieces != 1) json_object_set_new(record, "pieces", json_integer(answer->pieces));
    if (answer->hedged > 0) json_object_set_new(record, "hedged", json_integer(answer->hedged));
    if (answer->shared) json_object_set_new(record, "shared", json_true());
}

static bool put_line(struct buf *index, json_t *record, struct error *err) {
    bool ok = record != NULL ? json_print(index, record, JSON_LINE, err) : error_set(err, ERROR_DATA, "a query is not UTF-8");
    buf_char(index, '\n');
    json_decref(record);
    return ok;
}

static bool fits(const struct buf *index, const struct buf *body, struct error *err) {
    return (!index->failed && !body->failed) || error_set(err, ERROR_LIMIT, "the answers are too large");
}

bool transcript_answer(struct buf *index, struct buf *body, const struct fetch_job *job, const char *file, struct error *err) {
    const struct answer *answer = &job->answer;
    bool good = answer->result.outcome == DECODE_OK;
    struct record_line line = {.source = source_name(job->source),
                               .query = &job->query,
                               .content_type = good ? "application/json" : "",
                               .file = good ? file : "",
                               .answer = answer,
                               .with_error = !good};
    json_t *record = record_line(&line);
    if (record != NULL) add_manner(record, answer);
    if (!put_line(index, record, err)) return false;
    if (good && !put_body(body, &answer->set)) return error_set(err, ERROR_DATA, "a label or text is not UTF-8");
    return fits(index, body, err);
}

// What tells the kind: the application names it. A revision keeps a server of whose kind nothing is known from looking like one that hides
// it.
static json_t *build_info(const char *version, const char *detected) {
    bool hides = detected[0] == '\0' && strncmp(version, "0.", 2) != 0;
    return json_pack("{s:s, s:{s:s, s:s, s:s}}", "status", "success", "data", "version", version, "application", detected, "revision",
                     hides ? "unknown" : "");
}

bool transcript_version(struct buf *index, struct buf *body, const char *source, const char *version, const char *detected,
                        const char *file, struct error *err) {
    const struct answer answer = {.http_status = HTTP_OK};
    struct record_line line = {.source = source, .content_type = "application/json", .file = file, .answer = &answer};
    json_t *info = build_info(version, detected);
    bool ok = info != NULL ? json_print(body, info, JSON_LINE, err) : error_set(err, ERROR_DATA, "a version is not UTF-8");
    json_decref(info);
    return ok && put_line(index, record_line(&line), err) && fits(index, body, err);
}
