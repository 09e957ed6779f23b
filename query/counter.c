// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/counter.h"

#include <math.h>
#include <string.h>

void counter_init(struct counter *counter, double *last, size_t width, int64_t since_ms, int64_t interval_ms) {
    *counter = (struct counter){.width = width, .last = last, .since_ms = since_ms, .interval_ms = interval_ms};
}

static bool is_count(const double *values, size_t width) {
    for (size_t i = 0; i < width; i++) {
        if (!isfinite(values[i]) || values[i] < 0) return false;
    }
    return true;
}

// Of rising times; far times do not overflow.
static int64_t distance(int64_t from_ms, int64_t to_ms) {
    uint64_t apart = (uint64_t)to_ms - (uint64_t)from_ms;
    return apart < INT64_MAX ? (int64_t)apart : INT64_MAX;
}

static bool appears(const struct counter *c, int64_t time_ms) {
    return c->interval_ms > 0 && time_ms > c->since_ms && distance(c->since_ms, time_ms) - c->interval_ms > c->interval_ms / 2;
}

static int64_t watched(const struct counter *c, int64_t time_ms) {
    if (!c->ended) return distance(c->last_ms, time_ms);
    int64_t until = distance(c->last_ms, c->marker_ms), again = distance(c->marker_ms, time_ms);
    if (again > c->interval_ms) again = c->interval_ms;
    return until < INT64_MAX - again ? until + again : INT64_MAX;
}

bool counter_sample(struct counter *c, int64_t time_ms, const double *values, double *ret_increase, struct counter_step *ret) {
    if (!is_count(values, c->width)) return false;
    *ret = (struct counter_step){0};
    bool tells = c->known || appears(c, time_ms);
    if (c->known) {
        for (size_t i = 0; i < c->width; i++) ret->reset = ret->reset || values[i] < c->last[i];
        ret->watched_ms = watched(c, time_ms);
    } else if (tells) {
        ret->appeared = true;
        ret->watched_ms = c->interval_ms;
    }
    for (size_t i = 0; tells && i < c->width; i++) ret_increase[i] = c->known && !ret->reset ? values[i] - c->last[i] : values[i];
    memcpy(c->last, values, c->width * sizeof *values);
    c->last_ms = time_ms;
    c->known = true;
    c->ended = false;
    return tells;
}

void counter_marker(struct counter *c, int64_t time_ms) {
    if (c->ended) return;
    c->ended = true;
    c->marker_ms = time_ms;
}
