// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch_course.h"

#include <math.h>
#include <string.h>

#include "analyzer/judge_settings.h"
#include "analyzer/verdict.h"
#include "look_classes.h"
#include "watch_look.h"

#define MOST_LATE_MS INT64_C(60000)

const struct look_entry *watch_course_last(const struct watch_course *c) {
    return c->state.count > 0 ? &c->state.entries[c->state.count - 1] : NULL;
}

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

// Less than a step, so that each look comes before the next one is due.
static int64_t most_late_ms(const struct watch_course *c, size_t number) {
    int64_t most = least(c->schedule.step_ms * 3 / 4, MOST_LATE_MS);
    return number < c->schedule.planned ? most : least(most, c->state.settle_ms / 10);
}

int64_t watch_course_due_ms(const struct watch_course *c, size_t number) {
    int64_t late_ms = (int64_t)(c->lateness * (double)most_late_ms(c, number));
    return look_schedule_end_ms(&c->schedule, number) + c->state.settle_ms + late_ms;
}

bool watch_course_schedule(struct watch_course *c, const char *where, struct error *err) {
    if (!look_schedule_make(c->config, c->state.start_ms, c->once, &c->schedule, err)) return false;
    const struct look_entry *last = watch_course_last(c);
    if (last == NULL || last->number <= c->schedule.planned) return true;
    return error_set(err, ERROR_DATA, "%s: look %zu of %zu", where, last->number, c->schedule.planned);
}

static size_t latest_due(const struct watch_course *c, size_t number, int64_t now_ms) {
    while (number < c->schedule.planned && watch_course_due_ms(c, number + 1) <= now_ms) number++;
    return number;
}

struct course_look watch_course_next(const struct watch_course *c, int64_t now_ms) {
    const struct look_entry *last = watch_course_last(c);
    struct course_look look = {.number = last != NULL ? last->number + 1 : 1, .attempt = 1};
    if (look.number <= c->schedule.planned) {
        watch_course_catch_up(c, now_ms, &look);
        return look;
    }
    look.number = last->number;
    look.attempt = last->attempt + 1;
    look.due_ms = c->failed > 0 ? now_ms + (int64_t)c->schedule.every * c->schedule.step_ms : 0;
    return look;
}

void watch_course_catch_up(const struct watch_course *c, int64_t now_ms, struct course_look *look) {
    if (look->attempt > 1) return;
    look->number = latest_due(c, look->number, now_ms);
    look->due_ms = watch_course_due_ms(c, look->number);
}

bool watch_course_plan(const struct watch_course *c, const struct course_look *at, struct arena *arena, struct plan *ret,
                       struct error *err) {
    const struct judge_config *judge = &c->config->judge;
    struct look *look = arena_alloc(arena, sizeof *look);
    struct look_level level = watch_level(c->config, judge_alpha(judge), &c->schedule, &c->state, at->number);
    *look = (struct look){.number = at->number,
                          .planned = c->schedule.planned,
                          .start_ms = c->schedule.start_ms,
                          .end_ms = look_schedule_end_ms(&c->schedule, at->number),
                          .horizon_ms = look_schedule_horizon_ms(&c->schedule),
                          .alpha = level.alpha,
                          .fresh = level.fresh,
                          .beta = (double)NAN};
    if (judge->early_pass) look->beta = watch_level(c->config, judge_beta(judge), &c->schedule, &c->state, at->number).alpha;
    return plan_build_look(c->config, look, arena, ret, err);
}

static const char *verdict_of(const json_t *result) {
    enum verdict_kind kind;
    return verdict_name(verdict_parse(json_string_value(json_object_get(result, "verdict")), &kind) ? kind : VERDICT_ERROR);
}

void watch_course_take(struct watch_course *c, const struct course_look *look, json_t *result) {
    const struct judge_config *judge = &c->config->judge;
    struct look_level level = watch_level(c->config, judge_alpha(judge), &c->schedule, &c->state, look->number);
    double beta = (double)NAN;
    if (judge->early_pass) beta = watch_level(c->config, judge_beta(judge), &c->schedule, &c->state, look->number).alpha;
    struct look_entry entry = {look->number, look->attempt, watch_outcome(result), level.alpha,
                               level.spent,  beta,          verdict_of(result),    look_classes_of(c->state.metrics, result)};
    look_state_add(&c->state, &entry);
    c->failed = entry.outcome == LOOK_FAILED ? c->failed + 1 : 0;
    watch_describe(result, c->config, &c->schedule, &c->state);
}

bool watch_course_is_final(const struct watch_course *c, const json_t *result) {
    return watch_is_final(&c->schedule, result, watch_course_last(c));
}
