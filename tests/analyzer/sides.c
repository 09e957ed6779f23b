// SPDX-License-Identifier: GPL-3.0-or-later
#include "sides.h"

#include <math.h>

#include "base/arena.h"
#include "noise.h"

struct sides sides_unchanged(double level, double deviation, uint64_t seed) {
    struct sides s;
    struct noise b = {seed, 0}, c = {seed + 77, 0};
    for (size_t i = 0; i < SIDES_STEPS; i++) {
        double load = level * (1 + 0.3 * sin((double)i / 9));
        s.baseline[i] = load * exp(deviation * noise_next(&b, 0.3));
        s.canary[i] = load * exp(deviation * noise_next(&c, 0.3));
    }
    return s;
}

struct evidence judge_columns(const struct series_columns *columns, const struct evidence_settings *settings) {
    struct arena arena = {0};
    struct evidence e;
    series_evidence_make(columns, settings, &arena, &e);
    arena_finish(&arena);
    return e;
}

struct evidence judge_sides(const struct sides *s, enum evidence_direction direction) {
    struct evidence_settings settings;
    evidence_settings_default(&settings);
    settings.direction = direction;
    return judge_columns(&(struct series_columns){.baseline = s->baseline, .canary = s->canary, .count = SIDES_STEPS}, &settings);
}

struct evidence judge_increase(const struct sides *s) {
    return judge_sides(s, EVIDENCE_INCREASE);
}
