// SPDX-License-Identifier: GPL-3.0-or-later
#include "history_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/backtest.h"
#include "analyzer/calibrate.h"
#include "base/timetext.h"

static bool bad(const char *value, const char *expected, struct error *err) {
    return error_set(err, ERROR_USAGE, "expected %s, found %s", expected, value);
}

static bool read_duration(const char *value, int64_t *field, struct error *err) {
    if (duration_parse(view_of(value), field) && *field > 0) return true;
    return bad(value, "a duration such as 30m, 7d or 1h30m", err);
}

static bool read_time(struct view text, int64_t *field, struct error *err) {
    if (time_parse(text, field) && *field > 0) return true;
    return error_set(err, ERROR_USAGE, "expected a time such as 2025-01-01T00:40:00Z or Unix seconds, found %.*s", (int)text.len, text.ptr);
}

static bool read_number(const char *value, unsigned long long most, unsigned long long *ret) {
    char *end;
    errno = 0;
    *ret = strtoull(value, &end, 10);
    return *value >= '0' && *value <= '9' && *end == '\0' && errno == 0 && *ret <= most;
}

bool history_set_since(struct history_arguments *a, const char *value, struct arena *arena, struct error *err) {
    (void)arena;
    return read_duration(value, &a->since_ms, err);
}

bool history_set_windows(struct history_arguments *a, const char *value, struct arena *arena, struct error *err) {
    unsigned long long windows;
    (void)arena;
    if (!read_number(value, CALIBRATE_MOST_WINDOWS, &windows) || windows == 0) return bad(value, "a number from 1 to 10000", err);
    a->windows = (size_t)windows;
    return true;
}

bool history_set_seed(struct history_arguments *a, const char *value, struct arena *arena, struct error *err) {
    unsigned long long seed;
    (void)arena;
    if (!read_number(value, INT64_MAX / 10000, &seed)) return bad(value, "a whole number from 0", err);
    a->seed = seed;
    return a->has_seed = true;
}

bool history_set_deal_by(struct history_arguments *a, const char *value, struct arena *arena, struct error *err) {
    (void)arena;
    a->deal_by = value;
    return *value != '\0' || bad(value, "the name of a label", err);
}

bool history_set_write(struct history_arguments *a, const char *value, struct arena *arena, struct error *err) {
    (void)arena;
    a->priors_file = value;
    return *value != '\0' || bad(value, "a file", err);
}

bool history_set_from(struct history_arguments *a, const char *value, struct arena *arena, struct error *err) {
    (void)arena;
    return a->has_from = read_time(view_of(value), &a->from_ms, err);
}

bool history_set_to(struct history_arguments *a, const char *value, struct arena *arena, struct error *err) {
    (void)arena;
    return a->has_to = read_time(view_of(value), &a->to_ms, err);
}

bool history_set_every(struct history_arguments *a, const char *value, struct arena *arena, struct error *err) {
    (void)arena;
    return read_duration(value, &a->every_ms, err);
}

bool history_set_at(struct history_arguments *a, const char *value, struct arena *arena, struct error *err) {
    size_t most = 1;
    for (const char *c = value; *c != '\0'; c++) most += *c == ',';
    if (most > BACKTEST_MOST_WINDOWS) return error_set(err, ERROR_USAGE, "more than %zu times", BACKTEST_MOST_WINDOWS);
    int64_t *times = arena_array(arena, most, sizeof *times);
    size_t count = 0;
    for (const char *at = value; count < most; count++) {
        size_t len = strcspn(at, ",");
        if (!read_time((struct view){at, len}, &times[count], err)) return false;
        at += len + 1;
    }
    a->at_ms = times;
    a->at_count = count;
    return true;
}

bool history_set_looks(struct history_arguments *a, const char *value, struct arena *arena, struct error *err) {
    (void)value;
    (void)arena;
    (void)err;
    return a->looks = true;
}
