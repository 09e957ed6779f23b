// SPDX-License-Identifier: GPL-3.0-or-later
#include "exposition.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void exposition_init(struct exposition *e, struct buf *out) {
    *e = (struct exposition){.out = out};
}

void exposition_finish(struct exposition *e) {
    free(e->seen);
    *e = (struct exposition){0};
}

static void put_label_value(struct buf *out, const char *value) {
    for (; *value != '\0'; value++) {
        if (*value == '\n') {
            buf_str(out, "\\n");
            continue;
        }
        if (*value == '\\' || *value == '"') buf_char(out, '\\');
        buf_char(out, *value);
    }
}

static void put_labels(struct buf *out, const struct exported_metric_row *row, const char *const *values) {
    char before = '{';
    for (size_t i = 0; i < EXPORTED_LABELS && row->labels[i] != NULL; i++) {
        if (values[i] == NULL) continue;
        buf_printf(out, "%c%s=\"", before, row->labels[i]);
        put_label_value(out, values[i]);
        buf_char(out, '"');
        before = ',';
    }
    if (before == ',') buf_char(out, '}');
}

static size_t slot_of(const struct exposition *e, size_t offset, size_t len) {
    uint64_t hash = UINT64_C(14695981039346656037); // FNV-1a
    const char *data = e->out->data;
    for (size_t i = 0; i < len; i++) hash = (hash ^ (unsigned char)data[offset + i]) * UINT64_C(1099511628211);
    size_t slot = (size_t)hash & (e->seen_cap - 1);
    while (e->seen[slot].len > 0) {
        bool same = e->seen[slot].len == len && memcmp(data + e->seen[slot].offset, data + offset, len) == 0;
        if (same) return slot;
        slot = (slot + 1) & (e->seen_cap - 1);
    }
    return slot;
}

static void make_room(struct exposition *e) {
    if (e->seen_cap > 0 && 2 * e->seen_count < e->seen_cap) return;
    struct exposition old = *e;
    e->seen_cap = old.seen_cap > 0 ? 2 * old.seen_cap : 64;
    e->seen = mem_zero(e->seen_cap, sizeof *e->seen);
    for (size_t i = 0; i < old.seen_cap; i++) {
        if (old.seen[i].len > 0) e->seen[slot_of(e, old.seen[i].offset, old.seen[i].len)] = old.seen[i];
    }
    free(old.seen);
}

// Whether the labels at the end of the output are new in their family; remembers them.
static bool is_new(struct exposition *e, size_t offset) {
    size_t len = e->out->len - offset;
    make_room(e);
    size_t slot = slot_of(e, offset, len);
    if (e->seen[slot].len > 0) return false;
    e->seen[slot].offset = offset;
    e->seen[slot].len = len;
    e->seen_count++;
    return true;
}

static void begin_family(struct exposition *e, enum exported_metric metric) {
    const struct exported_metric_row *row = &exported_metrics[metric];
    e->begun = true;
    e->family = metric;
    e->seen_count = 0;
    if (e->seen_cap > 0) memset(e->seen, 0, e->seen_cap * sizeof *e->seen);
    buf_printf(e->out, "# HELP %s %s\n# TYPE %s %s\n", row->name, row->help, row->name, row->type);
}

void exposition_sample(struct exposition *e, enum exported_metric metric, const char *const *values, double value) {
    struct buf *out = e->out;
    assert(!e->begun || metric >= e->family); // families come in the order of the table, each once
    if (!e->begun || metric != e->family) begin_family(e, metric);
    size_t start = out->len;
    buf_str(out, exported_metrics[metric].name);
    put_labels(out, &exported_metrics[metric], values);
    if (out->failed) return;
    if (!is_new(e, start)) {
        out->len = start;
        out->data[start] = '\0';
        return;
    }
    buf_char(out, ' ');
    buf_double(out, value);
    buf_char(out, '\n');
    if (e->sample != NULL) e->sample(e->user, metric, values, value);
}
