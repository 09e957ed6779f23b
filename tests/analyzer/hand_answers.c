// SPDX-License-Identifier: GPL-3.0-or-later
#include "hand_answers.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define END_MS INT64_C(1735692000000)

void hand_start(struct hand *hand, const char *text) {
    struct error err = {0};
    read_config(&hand->r, text, NULL);
    if (!hand->r.ok) fail_msg("%s", hand->r.findings.items[0].text);
    if (!plan_build(&hand->r.config, END_MS, &hand->r.arena, &hand->plan, &err)) fail_msg("%s", err.text);
    hand->answers = arena_array(&hand->r.arena, hand->plan.query_count, sizeof *hand->answers);
    hand->list = arena_array(&hand->r.arena, hand->plan.query_count, sizeof *hand->list);
    for (size_t i = 0; i < hand->plan.query_count; i++) {
        series_set_init(&hand->answers[i].set);
        hand->answers[i].set.type = RESULT_MATRIX;
        hand->answers[i].http_status = 200;
        hand->list[i] = &hand->answers[i];
    }
}

void hand_finish(struct hand *hand) {
    for (size_t i = 0; i < hand->plan.query_count; i++) series_set_finish(&hand->answers[i].set);
    read_config_finish(&hand->r);
}

struct series *hand_series(struct hand *hand, size_t owner, enum query_part part, enum side side, const char *label, const char *value) {
    for (size_t i = 0; i < hand->plan.query_count; i++) {
        const struct planned_query *q = &hand->plan.queries[i];
        if (q->owner != owner || q->part != part || q->side != side) continue;
        struct series *series = series_set_add(&hand->answers[i].set);
        if (label == NULL) return series;
        series->labels.items = arena_alloc(&hand->r.arena, sizeof *series->labels.items);
        series->labels.items[0] = (struct label){view_of(label), view_of(value)};
        series->labels.count = 1;
        return series;
    }
    fail_msg("the plan has no such query: %zu %s %s", owner, query_part_name(part), side_name(side));
    return NULL;
}

void hand_wave(struct hand *hand, size_t owner, enum query_part part, enum side side, size_t count, struct wave wave) {
    struct series *series = hand_series(hand, owner, part, side, NULL, NULL);
    for (size_t k = 0; k < count; k++) {
        double wobble = (double)(k * 7 % 11) - 5;
        series_append(series, hand->plan.start_ms + (int64_t)k * hand->r.config.window.step_ms,
                      wave.base + (double)k * wave.slope + wave.noise * wobble);
    }
}

struct samples hand_samples(struct hand *hand) {
    struct samples samples = {0};
    struct error err = {0};
    if (!samples_build(&hand->plan, hand->list, &hand->r.arena, &samples, &err)) fail_msg("%s", err.text);
    return samples;
}

struct verdict hand_verdict(struct hand *hand) {
    struct samples *samples = arena_alloc(&hand->r.arena, sizeof *samples);
    struct verdict verdict = {0};
    struct error err = {0};
    *samples = hand_samples(hand);
    if (!verdict_make(&hand->plan, samples, hand->list, &hand->r.arena, &verdict, &err)) fail_msg("%s", err.text);
    return verdict;
}
