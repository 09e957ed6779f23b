// SPDX-License-Identifier: GPL-3.0-or-later
#include "look_schedule.h"

#include <string.h>

#define DEFAULT_STEPS 5            // from look to look
#define MOST_PLANNED ((size_t)500) // each look goes through the levels of those before it, the last one for 0.3 s

// The judge serin says nothing about fewer than some pairs of steps.
static size_t first_steps(const struct canary_config *config, size_t every) {
    bool serin = strcmp(config->judge.name, "serin") == 0;
    return serin ? (FIRST_LOOK + every - 1) / every * every : every;
}

bool look_schedule_make(const struct canary_config *config, int64_t start_ms, bool once, struct look_schedule *ret, struct error *err) {
    const struct window_config *w = &config->window;
    if (w->step_ms <= 0 || w->length_ms - w->warmup_ms < w->step_ms) {
        return error_set(err, ERROR_CONFIG, "%s: the window holds no step to look at; give it a length with --length", config->file);
    }
    int64_t first_ms = start_ms + w->warmup_ms;
    struct look_schedule s = {.start_ms = (first_ms + w->step_ms - 1) / w->step_ms * w->step_ms,
                              .step_ms = w->step_ms,
                              .steps = (size_t)((w->length_ms - w->warmup_ms) / w->step_ms)};
    s.every = w->interval_ms > 0 ? (size_t)(w->interval_ms / w->step_ms) : DEFAULT_STEPS;
    if (s.every == 0) s.every = 1;
    s.first = once ? s.steps : first_steps(config, s.every);
    s.planned = s.first < s.steps ? (s.steps - s.first + s.every - 1) / s.every + 1 : 1;
    if (s.planned > MOST_PLANNED) {
        return error_set(err, ERROR_CONFIG, "%s: %zu looks are planned and at most %zu are possible; take a longer window.interval",
                         config->file, s.planned, MOST_PLANNED);
    }
    *ret = s;
    return true;
}

size_t look_schedule_steps(const struct look_schedule *s, size_t number) {
    return number >= s->planned ? s->steps : s->first + (number - 1) * s->every;
}

int64_t look_schedule_end_ms(const struct look_schedule *s, size_t number) {
    return s->start_ms + (int64_t)look_schedule_steps(s, number) * s->step_ms;
}

int64_t look_schedule_horizon_ms(const struct look_schedule *s) {
    return look_schedule_end_ms(s, s->planned);
}
