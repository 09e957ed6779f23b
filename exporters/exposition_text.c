// SPDX-License-Identifier: GPL-3.0-or-later
// Heads and lines of text 0.0.4 and OpenMetrics 1.0.
#include "exposition_text.h"

#include <string.h>

static const char *const bucket_names[DURATION_BUCKETS] = {"0.005", "0.01", "0.025", "0.05", "0.1",  "0.25", "0.5",
                                                           "1.0",   "2.5",  "5.0",   "10.0", "30.0", "+Inf"}; // as OpenMetrics has them

static void put_label_value(struct buf *out, const char *value) {
    for (;;) {
        size_t plain = strcspn(value, "\\\"\n");
        buf_bytes(out, value, plain);
        value += plain;
        if (*value == '\0') return;
        buf_str(out, *value == '\n' ? "\\n" : *value == '"' ? "\\\"" : "\\\\");
        value++;
    }
}

static char put_label(struct buf *out, char before, const char *name, const char *value) {
    buf_char(out, before);
    buf_str(out, name);
    buf_bytes(out, "=\"", 2);
    put_label_value(out, value);
    buf_char(out, '"');
    return ',';
}

// The name with its suffix and all labels, that of a bucket last.
static void put_series(struct buf *out, const struct exposition_point *point, const char *suffix, const char *bucket) {
    const struct exported_metric_row *row = &exported_metrics[point->metric];
    char before = '{';
    buf_str(out, row->name);
    buf_str(out, suffix);
    for (size_t i = 0; i < EXPORTED_LABELS && row->labels[i] != NULL; i++) {
        if (point->values[i] != NULL) before = put_label(out, before, row->labels[i], point->values[i]);
    }
    if (bucket != NULL) before = put_label(out, before, "le", bucket);
    if (before == ',') buf_char(out, '}');
    buf_char(out, ' ');
}

static void put_histogram(struct buf *out, const struct exposition_point *point) {
    uint64_t count = 0;
    for (size_t i = 0; i < DURATION_BUCKETS; i++) {
        count += point->histogram->counts[i];
        put_series(out, point, "_bucket", bucket_names[i]);
        buf_double(out, (double)count);
        buf_char(out, '\n');
    }
    put_series(out, point, "_sum", NULL);
    buf_double(out, point->histogram->sum_s);
    buf_char(out, '\n');
    put_series(out, point, "_count", NULL);
    buf_double(out, (double)count);
    buf_char(out, '\n');
}

enum { MOST_ID = 64 }; // an exemplar's labels may have 128 characters

static void put_exemplar(struct buf *out, const struct exposition_point *point) {
    if (point->analysis_id == NULL || strlen(point->analysis_id) > MOST_ID) return;
    buf_str(out, " # ");
    put_label(out, '{', "analysis_id", point->analysis_id);
    buf_str(out, "} 1.0 ");
    buf_double(out, (double)point->analysis_ms / 1000);
}

void exposition_text_point(struct buf *out, enum exposition_format format, const struct exposition_point *point) {
    if (point->histogram != NULL) {
        put_histogram(out, point);
        return;
    }
    put_series(out, point, "", NULL);
    buf_double(out, point->value);
    if (format == EXPOSITION_OPENMETRICS) put_exemplar(out, point);
    buf_char(out, '\n');
}

static void put_meta(struct buf *out, const char *word, struct view name, const char *text) {
    buf_str(out, word);
    buf_bytes(out, name.ptr, name.len);
    buf_char(out, ' ');
    buf_str(out, text);
    buf_char(out, '\n');
}

// The texts of the table need no escapes; a test holds them to that.
void exposition_text_head(struct buf *out, enum exposition_format format, enum exported_metric metric) {
    const struct exported_metric_row *row = &exported_metrics[metric];
    struct view name = view_of(row->name);
    const char *unit = metric_table_unit(row);
    if (format == EXPOSITION_TEXT) {
        put_meta(out, "# HELP ", name, row->help);
        put_meta(out, "# TYPE ", name, row->type);
        return;
    }
    if (strcmp(row->type, "counter") == 0) name.len -= strlen("_total");
    put_meta(out, "# TYPE ", name, row->type);
    if (*unit != '\0') put_meta(out, "# UNIT ", name, unit);
    put_meta(out, "# HELP ", name, row->help);
}
