// SPDX-License-Identifier: GPL-3.0-or-later
#include "exposition.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "exposition_proto.h"
#include "exposition_text.h"

void exposition_head(struct buf *out, enum exposition_format format, enum exported_metric metric) {
    if (format == EXPOSITION_PROTOBUF)
        exposition_proto_head(out, metric);
    else
        exposition_text_head(out, format, metric);
}

void exposition_point(struct buf *out, enum exposition_format format, const struct exposition_point *point) {
    if (format == EXPOSITION_PROTOBUF)
        exposition_proto_point(out, point);
    else
        exposition_text_point(out, format, point);
}

void exposition_delimit(struct buf *out, struct view family) {
    size_t len = family.len;
    for (; len >= 0x80; len >>= 7) buf_char(out, (char)(0x80 | (len & 0x7f)));
    buf_char(out, (char)len);
    buf_bytes(out, family.ptr, family.len);
}

void exposition_end(struct buf *out, enum exposition_format format) {
    if (format == EXPOSITION_OPENMETRICS) buf_str(out, "# EOF\n");
}

void exposition_init(struct exposition *e, struct buf *out) {
    *e = (struct exposition){.out = out};
}

void exposition_finish(struct exposition *e) {
    free(e->seen);
    *e = (struct exposition){0};
}

static size_t slot_of(const struct exposition *e, size_t offset, size_t len) {
    const char *data = e->out->data;
    size_t slot = (size_t)hash_bytes(HASH_START, data + offset, len) & (e->seen_cap - 1);
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

// Whether a name with labels, a piece of the output, is new in its family; remembers it.
static bool is_new(struct exposition *e, size_t offset, size_t len) {
    make_room(e);
    size_t slot = slot_of(e, offset, len);
    if (e->seen[slot].len > 0) return false;
    e->seen[slot].offset = offset;
    e->seen[slot].len = len;
    e->seen_count++;
    return true;
}

static void begin_family(struct exposition *e, enum exported_metric metric) {
    e->begun = true;
    e->family = metric;
    e->seen_count = 0;
    if (e->seen_cap > 0) memset(e->seen, 0, e->seen_cap * sizeof *e->seen);
    exposition_head(e->out, EXPOSITION_TEXT, metric);
}

void exposition_sample(struct exposition *e, enum exported_metric metric, const char *const *values, double value) {
    struct buf *out = e->out;
    assert(!e->begun || metric >= e->family); // families come in the order of the table, each once
    if (!e->begun || metric != e->family) begin_family(e, metric);
    size_t start = out->len;
    exposition_point(out, EXPOSITION_TEXT, &(struct exposition_point){.metric = metric, .values = values, .value = value});
    if (out->failed) return;
    const char *line = out->data + start, *blank = strrchr(line, ' '); // before the value, which has none
    if (!is_new(e, start, (size_t)(blank - line))) {
        out->len = start;
        out->data[start] = '\0';
        return;
    }
    if (e->sample != NULL) e->sample(e->user, metric, values, value);
}
