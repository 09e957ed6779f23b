// SPDX-License-Identifier: GPL-3.0-or-later
// What serin calibrate and serin backtest take beside what others take.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/backtest.h"
#include "analyzer/calibrate.h"
#include "base/timetext.h"
#include "option.h"

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

bool option_since(struct option_call *p, const char *value) {
    struct history_arguments *a = &p->options->history;
    return option_duration(p, value, &a->since_ms);
}

bool option_windows(struct option_call *p, const char *value) {
    struct history_arguments *a = &p->options->history;
    unsigned long long windows;
    if (!read_number(value, CALIBRATE_MOST_WINDOWS, &windows) || windows == 0) return option_bad(p, value, "a number from 1 to 10000");
    a->windows = (size_t)windows;
    return true;
}

bool option_seed(struct option_call *p, const char *value) {
    struct history_arguments *a = &p->options->history;
    unsigned long long seed;
    if (!read_number(value, INT64_MAX / 10000, &seed)) return option_bad(p, value, "a whole number from 0");
    a->seed = seed;
    return a->has_seed = true;
}

bool option_deal_by(struct option_call *p, const char *value) {
    struct history_arguments *a = &p->options->history;
    a->deal_by = value;
    return *value != '\0' || option_bad(p, value, "the name of a label");
}

bool option_write(struct option_call *p, const char *value) {
    struct history_arguments *a = &p->options->history;
    a->priors_file = value;
    return *value != '\0' || option_bad(p, value, "a file");
}

bool option_from(struct option_call *p, const char *value) {
    struct history_arguments *a = &p->options->history;
    return a->has_from = read_time(view_of(value), &a->from_ms, p->err);
}

bool option_to(struct option_call *p, const char *value) {
    struct history_arguments *a = &p->options->history;
    return a->has_to = read_time(view_of(value), &a->to_ms, p->err);
}

bool option_every(struct option_call *p, const char *value) {
    struct history_arguments *a = &p->options->history;
    return option_duration(p, value, &a->every_ms);
}

bool option_at(struct option_call *p, const char *value) {
    struct history_arguments *a = &p->options->history;
    size_t most = 1;
    for (const char *c = value; *c != '\0'; c++) most += *c == ',';
    if (most > BACKTEST_MOST_WINDOWS) return error_set(p->err, ERROR_USAGE, "more than %zu times", BACKTEST_MOST_WINDOWS);
    int64_t *times = arena_array(p->arena, most, sizeof *times);
    size_t count = 0;
    for (const char *at = value; count < most; count++) {
        size_t len = strcspn(at, ",");
        if (!read_time((struct view){at, len}, &times[count], p->err)) return false;
        at += len + 1;
    }
    a->at_ms = times;
    a->at_count = count;
    return true;
}

bool option_backtest_looks(struct option_call *p, const char *value) {
    struct history_arguments *a = &p->options->history;
    (void)value;
    return a->looks = true;
}

bool option_history_output(struct option_call *p, const char *value) {
    static const char *const formats[] = {"text", "json", NULL};
    return option_format(p, value, formats);
}
