// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporters/remote_write_encode.h"

#include <prometheus.pb-c.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/utf8.h"

static bool is_name(struct view text, bool colons) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colons && c == ':');
        if (!letter && !(i > 0 && c >= '0' && c <= '9')) return false;
    }
    return text.len > 0;
}

static bool check_label(const struct label *label, bool *has_name, struct error *err) {
    struct view name = label->name;
    bool metric = view_is(name, "__name__");
    if (!is_name(name, false)) return error_set(err, ERROR_DATA, "\"%.*s\" cannot be the name of a label", (int)name.len, name.ptr);
    if (!utf8_is_valid(label->value)) return error_set(err, ERROR_DATA, "the value of %.*s is not UTF-8", (int)name.len, name.ptr);
    if (metric && !is_name(label->value, true)) {
        return error_set(err, ERROR_DATA, "\"%.*s\" cannot be the name of a metric", (int)label->value.len, label->value.ptr);
    }
    *has_name |= metric;
    return true;
}

static ProtobufCBinaryData borrow(struct view text) {
    return (ProtobufCBinaryData){text.len, (uint8_t *)(uintptr_t)text.ptr}; // packing only reads it
}

// The labels that are sent, sorted.
static bool pack_labels(const struct labels *from, struct arena *arena, Remote__TimeSeries *to, struct error *err) {
    struct labels kept = {arena_array(arena, from->count, sizeof *kept.items), 0};
    bool has_name = false;
    for (size_t i = 0; i < from->count; i++) {
        if (from->items[i].value.len == 0) continue;
        if (!check_label(&from->items[i], &has_name, err)) return false;
        kept.items[kept.count++] = from->items[i];
    }
    if (!has_name) return error_set(err, ERROR_DATA, "a series without __name__");
    labels_sort(&kept);
    to->labels = arena_array(arena, kept.count, sizeof(Remote__Label *));
    for (size_t i = 0; i < kept.count; i++) {
        struct view name = kept.items[i].name;
        if (i > 0 && name.len == kept.items[i - 1].name.len && memcmp(name.ptr, kept.items[i - 1].name.ptr, name.len) == 0) {
            return error_set(err, ERROR_DATA, "a series has the label %.*s twice", (int)name.len, name.ptr);
        }
        Remote__Label *label = arena_alloc(arena, sizeof *label);
        remote__label__init(label);
        label->has_name = label->has_value = true;
        label->name = borrow(name);
        label->value = borrow(kept.items[i].value);
        to->labels[to->n_labels++] = label;
    }
    return true;
}

// What is zero is left out, as all encoders do; minus zero is not zero.
static bool pack_samples(const struct series *from, struct arena *arena, Remote__TimeSeries *to, struct error *err) {
    if (from->count == 0) return error_set(err, ERROR_DATA, "a series without samples");
    to->samples = arena_array(arena, from->count, sizeof(Remote__Sample *));
    Remote__Sample *samples = arena_array(arena, from->count, sizeof *samples);
    for (size_t i = 0; i < from->count; i++) {
        uint64_t bits;
        if (i > 0 && from->time_ms[i] <= from->time_ms[i - 1]) return error_set(err, ERROR_DATA, "times of a series do not rise");
        memcpy(&bits, &from->value[i], sizeof bits); // a stale marker must keep its bits
        remote__sample__init(&samples[i]);
        memcpy(&samples[i].value, &bits, sizeof bits);
        samples[i].has_value = bits != 0;
        samples[i].timestamp = from->time_ms[i];
        samples[i].has_timestamp = from->time_ms[i] != 0;
        to->samples[to->n_samples++] = &samples[i];
    }
    return true;
}

bool remote_write_encode(const struct series *series, size_t count, struct buf *out, struct error *err) {
    struct arena arena = {0};
    Remote__WriteRequest request = REMOTE__WRITE_REQUEST__INIT;
    request.timeseries = arena_array(&arena, count, sizeof(Remote__TimeSeries *));
    bool good = true;
    for (size_t i = 0; i < count && good; i++) {
        Remote__TimeSeries *to = arena_alloc(&arena, sizeof *to);
        remote__time_series__init(to);
        request.timeseries[request.n_timeseries++] = to;
        good = pack_labels(&series[i].labels, &arena, to, err) && pack_samples(&series[i], &arena, to, err);
        if (!good) error_prefix(err, "series %zu", i + 1);
    }
    if (good) {
        size_t len = remote__write_request__get_packed_size(&request);
        uint8_t *bytes = mem_alloc(len);
        buf_bytes(out, bytes, remote__write_request__pack(&request, bytes));
        free(bytes);
    }
    arena_finish(&arena);
    return good;
}
