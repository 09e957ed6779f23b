// SPDX-License-Identifier: GPL-3.0-or-later
#include "remote_write_labels.h"

#include <string.h>

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

bool remote_write_labels(const struct labels *from, struct arena *arena, struct labels *ret, struct error *err) {
    struct labels kept = {arena_array(arena, from->count, sizeof *kept.items), 0};
    bool has_name = false;
    for (size_t i = 0; i < from->count; i++) {
        if (from->items[i].value.len == 0) continue;
        if (!check_label(&from->items[i], &has_name, err)) return false;
        kept.items[kept.count++] = from->items[i];
    }
    if (!has_name) return error_set(err, ERROR_DATA, "a series without __name__");
    labels_sort(&kept);
    for (size_t i = 1; i < kept.count; i++) {
        struct view name = kept.items[i].name, before = kept.items[i - 1].name;
        if (name.len == before.len && memcmp(name.ptr, before.ptr, name.len) == 0)
            return error_set(err, ERROR_DATA, "a series has the label %.*s twice", (int)name.len, name.ptr);
    }
    *ret = kept;
    return true;
}

static bool check_times(const struct series *series, struct error *err) {
    if (series->count == 0) return error_set(err, ERROR_DATA, "a series without samples");
    for (size_t i = 1; i < series->count; i++) {
        if (series->time_ms[i] <= series->time_ms[i - 1]) return error_set(err, ERROR_DATA, "times of a series do not rise");
    }
    return true;
}

// What is zero is left out, as all encoders do; minus zero is not zero.
bool remote_write_samples(const struct series *from, struct arena *arena, Remote__Sample ***ret, size_t *ret_count, struct error *err) {
    if (!check_times(from, err)) return false;
    *ret = arena_array(arena, from->count, sizeof **ret);
    *ret_count = from->count;
    Remote__Sample *samples = arena_array(arena, from->count, sizeof *samples);
    for (size_t i = 0; i < from->count; i++) {
        uint64_t bits;
        memcpy(&bits, &from->value[i], sizeof bits); // a stale marker must keep its bits
        remote__sample__init(&samples[i]);
        memcpy(&samples[i].value, &bits, sizeof bits);
        samples[i].has_value = bits != 0;
        samples[i].timestamp = from->time_ms[i];
        samples[i].has_timestamp = from->time_ms[i] != 0;
        (*ret)[i] = &samples[i];
    }
    return true;
}
