// SPDX-License-Identifier: GPL-3.0-or-later
// Comma-separated values as RFC 4180 has them, with line feeds only.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "exporters/answer_report.h"

static void put_text(struct buf *out, struct view text) {
    bool quoted = false;
    for (size_t i = 0; i < text.len && !quoted; i++) quoted = strchr(",\"\r\n", text.ptr[i]) != NULL || text.ptr[i] == '\0';
    if (quoted) buf_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"') buf_char(out, '"');
        buf_char(out, text.ptr[i]);
    }
    if (quoted) buf_char(out, '"');
}

static int compare_names(const void *a, const void *b) {
    struct label x = *(const struct label *)a, y = *(const struct label *)b;
    return labels_compare(&(struct labels){&x, 1}, &(struct labels){&y, 1});
}

// The names of all labels, each once, with "" for a value. The caller frees the items.
static struct labels all_names(const struct series_set *set) {
    size_t count = 0, kept = 0;
    for (size_t i = 0; i < set->count; i++) count += set->items[i].labels.count;
    struct label *names = mem_alloc(count * sizeof *names + 1);
    count = 0;
    for (size_t i = 0; i < set->count; i++) {
        for (size_t k = 0; k < set->items[i].labels.count; k++)
            names[count++] = (struct label){set->items[i].labels.items[k].name, {"", 0}};
    }
    if (count > 1) qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || compare_names(&names[kept - 1], &names[i]) != 0) names[kept++] = names[i];
    }
    return (struct labels){names, kept};
}

// A comma and the value of each of the names; both lists are sorted.
static void put_labels(struct buf *out, const struct labels *labels, const struct labels *names) {
    for (size_t n = 0, i = 0; n < names->count; n++) {
        struct view name = names->items[n].name;
        buf_char(out, ',');
        bool has = i < labels->count && labels->items[i].name.len == name.len && memcmp(labels->items[i].name.ptr, name.ptr, name.len) == 0;
        if (has) put_text(out, labels->items[i++].value);
    }
}

static void put_series(struct buf *out, const struct series *series, const struct labels *names, bool histograms) {
    for (size_t i = 0; i < series->count; i++) {
        buf_printf(out, "%" PRId64 ",", series->time_ms[i]);
        buf_double(out, series->value[i]);
        if (histograms) buf_str(out, ",,");
        put_labels(out, &series->labels, names);
        buf_char(out, '\n');
    }
    for (size_t i = 0; i < series->histogram_count; i++) {
        buf_printf(out, "%" PRId64 ",,", series->histograms[i].time_ms);
        buf_double(out, series->histograms[i].count);
        buf_char(out, ',');
        buf_double(out, series->histograms[i].sum);
        put_labels(out, &series->labels, names);
        buf_char(out, '\n');
    }
}

static void put_names(struct buf *out, const char *first, const struct labels *names) {
    buf_str(out, first);
    for (size_t i = 0; i < names->count; i++) {
        if (i > 0 || first[0] != '\0') buf_char(out, ',');
        put_text(out, names->items[i].name);
    }
    buf_char(out, '\n');
}

static void put_samples(struct buf *out, const struct series_set *set, const struct labels *names) {
    bool histograms = false;
    for (size_t i = 0; i < set->count; i++) histograms = histograms || set->items[i].histogram_count > 0;
    put_names(out, histograms ? "time_ms,value,count,sum" : "time_ms,value", names);
    for (size_t i = 0; i < set->count; i++) put_series(out, &set->items[i], names, histograms);
}

static void put_exemplars(struct buf *out, const struct series_set *set, const struct labels *names) {
    put_names(out, "time_ms,value,exemplar", names);
    for (size_t i = 0; i < set->exemplar_count; i++) {
        struct buf labels;
        buf_init(&labels, out->limit);
        labels_format(&labels, &set->exemplars[i].labels);
        buf_printf(out, "%" PRId64 ",", set->exemplars[i].time_ms);
        buf_double(out, set->exemplars[i].value);
        buf_char(out, ',');
        put_text(out, (struct view){buf_text(&labels), labels.len});
        put_labels(out, &set->items[set->exemplars[i].series].labels, names);
        buf_char(out, '\n');
        buf_finish(&labels);
    }
}

// Label sets alone: the first column has no comma in front of it.
static void put_label_sets(struct buf *out, const struct series_set *set, const struct labels *names) {
    put_names(out, "", names);
    for (size_t i = 0; i < set->count; i++) {
        struct buf line;
        buf_init(&line, out->limit);
        put_labels(&line, &set->items[i].labels, names);
        buf_str(out, line.len > 0 ? buf_text(&line) + 1 : "");
        buf_char(out, '\n');
        buf_finish(&line);
    }
}

void answer_report_csv(struct buf *out, const struct answer_report *report) {
    const struct series_set *set = &report->answer->set;
    if (set->type == RESULT_NAMES || set->type == RESULT_STRING) {
        buf_str(out, set->type == RESULT_NAMES ? "name\n" : "time_ms,text\n");
        if (set->type == RESULT_STRING) buf_printf(out, "%" PRId64 ",", set->string_time_ms);
        if (set->type == RESULT_STRING) put_text(out, set->string);
        for (size_t i = 0; i < set->names.count; i++) {
            put_text(out, set->names.items[i]);
            buf_char(out, '\n');
        }
        if (set->type == RESULT_STRING) buf_char(out, '\n');
        return;
    }
    struct labels names = all_names(set);
    if (set->type == RESULT_EXEMPLARS) {
        put_exemplars(out, set, &names);
    } else if (set->type == RESULT_SERIES || set->type == RESULT_METADATA) {
        put_label_sets(out, set, &names);
    } else {
        put_samples(out, set, &names);
    }
    free(names.items);
}
