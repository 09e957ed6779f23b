// SPDX-License-Identifier: GPL-3.0-or-later
// Written as it goes, because an answer may hold millions of samples.
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "exporters/answer_report.h"
#include "query/cadence.h"
#include "query/increase.h"

static void put_text(struct buf *out, struct view text) {
    json_t *json = json_stringn(text.ptr, text.len);
    char *quoted = json != NULL ? json_dumps(json, JSON_ENCODE_ANY) : NULL;
    buf_str(out, quoted != NULL ? quoted : "null"); // NULL: not UTF-8, which no decoder lets through
    free(quoted);
    json_decref(json);
}

static void put_number(struct buf *out, double value) {
    if (!isfinite(value)) buf_char(out, '"');
    buf_double(out, value);
    if (!isfinite(value)) buf_char(out, '"');
}

static void put_texts(struct buf *out, const char *name, const struct text_list *list) {
    buf_printf(out, ",\n  \"%s\": [", name);
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0) buf_str(out, ", ");
        put_text(out, list->items[i]);
    }
    buf_char(out, ']');
}

static void put_labels(struct buf *out, const struct labels *labels) {
    buf_char(out, '{');
    for (size_t i = 0; i < labels->count; i++) {
        if (i > 0) buf_str(out, ", ");
        put_text(out, labels->items[i].name);
        buf_str(out, ": ");
        put_text(out, labels->items[i].value);
    }
    buf_char(out, '}');
}

static void put_samples(struct buf *out, const struct series *series) {
    buf_str(out, ", \"samples\": [");
    for (size_t i = 0; i < series->count; i++) {
        buf_printf(out, "%s[%" PRId64 ", ", i > 0 ? ", " : "", series->time_ms[i]);
        put_number(out, series->value[i]);
        buf_char(out, ']');
    }
    buf_char(out, ']');
}

static void put_histogram(struct buf *out, const struct histogram *h) {
    buf_printf(out, "{\"time_ms\": %" PRId64 ", \"count\": ", h->time_ms);
    put_number(out, h->count);
    buf_str(out, ", \"sum\": ");
    put_number(out, h->sum);
    buf_str(out, ", \"buckets\": [");
    for (size_t i = 0; i < h->bucket_count; i++) {
        const double numbers[] = {h->buckets[i].left, h->buckets[i].right, h->buckets[i].count};
        buf_printf(out, "%s[%d", i > 0 ? ", " : "", h->buckets[i].rule);
        for (size_t k = 0; k < 3; k++) {
            buf_str(out, ", ");
            put_number(out, numbers[k]);
        }
        buf_char(out, ']');
    }
    buf_str(out, "]}");
}

// Of what the samples of a counter show, and of what increase() of Prometheus 2 and 3 makes of it.
static void put_increase(struct buf *out, const struct answer_report *r, const struct series *series) {
    struct increase closed, open;
    if (r->query->mode != QUERY_RAW || !increase_is_counter(series)) return;
    if (!increase_within(series, r->query->start_ms, r->query->end_ms, INCREASE_CLOSED, &closed)) return;
    increase_within(series, r->query->start_ms, r->query->end_ms, INCREASE_LEFT_OPEN, &open);
    buf_printf(out, ", \"increase\": {\"resets\": %zu, \"raw\": ", closed.resets);
    put_number(out, closed.raw);
    buf_str(out, ", \"closed\": ");
    put_number(out, closed.extrapolated);
    buf_str(out, ", \"left_open\": ");
    put_number(out, open.extrapolated);
    buf_char(out, '}');
}

static void put_scrapes(struct buf *out, const struct series *series) {
    struct cadence c;
    cadence_of(series, &c);
    buf_printf(out,
               ", \"scrapes\": {\"interval_ms\": %" PRId64 ", \"gaps\": %zu, \"missing\": %" PRIu64 ", \"longest_gap_ms\": %" PRId64 "}",
               c.interval_ms, c.gaps, c.missing, c.longest_gap_ms);
}

static bool has_samples(const struct series_set *set) {
    return set->type == RESULT_MATRIX || set->type == RESULT_VECTOR || set->type == RESULT_SCALAR;
}

static void put_series(struct buf *out, const struct answer_report *report, size_t at, size_t *exemplar) {
    const struct series_set *set = &report->answer->set;
    const struct series *series = &set->items[at];
    buf_printf(out, "%s\n    {\"labels\": ", at > 0 ? "," : "");
    put_labels(out, &series->labels);
    if (has_samples(set)) {
        put_samples(out, series);
        put_scrapes(out, series);
        put_increase(out, report, series);
    }
    if (series->histogram_count > 0) buf_str(out, ", \"histograms\": [");
    for (size_t i = 0; i < series->histogram_count; i++) {
        if (i > 0) buf_str(out, ", ");
        put_histogram(out, &series->histograms[i]);
    }
    if (series->histogram_count > 0) buf_char(out, ']');
    if (set->type == RESULT_EXEMPLARS) buf_str(out, ", \"exemplars\": [");
    for (bool first = true; *exemplar < set->exemplar_count && set->exemplars[*exemplar].series == at; ++*exemplar, first = false) {
        const struct exemplar *e = &set->exemplars[*exemplar];
        buf_printf(out, "%s{\"time_ms\": %" PRId64 ", \"value\": ", first ? "" : ", ", e->time_ms);
        put_number(out, e->value);
        buf_str(out, ", \"labels\": ");
        put_labels(out, &e->labels);
        buf_char(out, '}');
    }
    if (set->type == RESULT_EXEMPLARS) buf_char(out, ']');
    buf_char(out, '}');
}

static void put_query(struct buf *out, const struct answer_report *r) {
    const struct query *q = r->query;
    bool raw = q->mode == QUERY_RAW && r->answer->protocol != PROTOCOL_AUTO;
    buf_str(out, "  \"source\": {\"name\": ");
    put_text(out, view_of(r->source));
    buf_printf(out, ", \"kind\": \"%s\", \"version\": ", r->kind);
    put_text(out, view_of(r->version));
    buf_str(out, "},\n  \"query\": {\"expr\": ");
    put_text(out, view_of(q->expr));
    buf_printf(out, ", \"mode\": \"%s\", \"protocol\": %s%s%s, ", query_mode_name(q->mode), raw ? "\"" : "",
               raw ? source_protocol_name(r->answer->protocol) : "null", raw ? "\"" : "");
    buf_printf(out, "\"start_ms\": %" PRId64 ", \"end_ms\": %" PRId64 ", \"step_ms\": %" PRId64 "}", q->start_ms, q->end_ms, q->step_ms);
}

void answer_report_json(struct buf *out, const struct answer_report *report) {
    static const char *const types[] = {[RESULT_NONE] = "none",     [RESULT_MATRIX] = "matrix",     [RESULT_VECTOR] = "vector",
                                        [RESULT_SCALAR] = "scalar", [RESULT_STRING] = "string",     [RESULT_NAMES] = "names",
                                        [RESULT_SERIES] = "series", [RESULT_METADATA] = "metadata", [RESULT_EXEMPLARS] = "exemplars"};
    const struct answer *a = report->answer;
    buf_str(out, "{\n  \"schema\": \"serin.query/1\",\n");
    put_query(out, report);
    buf_printf(out,
               ",\n  \"answer\": {\"duration_ms\": %" PRId64 ", \"bytes\": %" PRIu64 ", \"requests\": %d, \"tries\": %d, \"pieces\": %d",
               a->duration_ms, a->bytes, a->requests, a->tries, a->pieces);
    buf_printf(out, ", \"clipped\": %" PRIu64 ", \"partial\": %s}", a->clipped, a->set.partial ? "true" : "false");
    put_texts(out, "warnings", &a->set.warnings);
    put_texts(out, "infos", &a->set.infos);
    buf_printf(out, ",\n  \"type\": \"%s\"", types[a->set.type]);
    if (a->set.type == RESULT_STRING) {
        buf_str(out, ",\n  \"text\": ");
        put_text(out, a->set.string);
    } else if (a->set.type == RESULT_NAMES) {
        put_texts(out, "names", &a->set.names);
    } else {
        size_t exemplar = 0;
        buf_str(out, ",\n  \"series\": [");
        for (size_t i = 0; i < a->set.count; i++) put_series(out, report, i, &exemplar);
        buf_str(out, a->set.count > 0 ? "\n  ]" : "]");
    }
    buf_str(out, "\n}\n");
}
