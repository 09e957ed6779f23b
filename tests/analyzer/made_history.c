// SPDX-License-Identifier: GPL-3.0-or-later
#include "made_history.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyzer/calibrate.h"

#define STEP_MS 30000

static const struct canary_config *config_of(struct made_history *made, bool stable) {
    struct error err = {0};
    if (!stable) return &made->r.config;
    const struct canary_config *config = calibrate_config(&made->r.config, &made->r.arena, &err);
    if (config == NULL) fail_msg("%s", err.text);
    return config;
}

void made_start(struct made_history *made, const char *metrics, int64_t length_ms, bool stable) {
    struct arena scratch = {0};
    struct error err = {0};
    const char *text = arena_printf(&scratch,
                                    "canary: shop\n"
                                    "sources: {main: {url: \"http://127.0.0.1:9090\"}}\n"
                                    "scopes: {baseline: {labels: {track: stable}}, canary: {labels: {track: canary}}}\n"
                                    "window: {length: 30m, step: 30s, interval: 5m}\n"
                                    "metrics:\n%s",
                                    metrics);
    *made = (struct made_history){.noise = {20250101, 0}};
    read_config(&made->r, text, NULL);
    if (!made->r.ok) fail_msg("%s", made->r.findings.items[0].text);
    struct history *h = &made->history;
    if (!history_plan(config_of(made, stable), MADE_END_MS - length_ms, MADE_END_MS, &made->r.arena, h, &err)) fail_msg("%s", err.text);
    made->answers = arena_array(&made->r.arena, h->plan.query_count, sizeof *made->answers);
    const struct answer **list = arena_array(&made->r.arena, h->plan.query_count, sizeof *list);
    for (size_t q = 0; q < h->plan.query_count; q++) {
        series_set_init(&made->answers[q].set);
        made->answers[q].set.type = RESULT_MATRIX;
        made->answers[q].http_status = 200;
        list[q] = &made->answers[q];
        for (size_t before = 0; stable && before < q; before++) { // equal queries share an answer
            const struct planned_query *a = &h->plan.queries[before], *b = &h->plan.queries[q];
            if (a->owner == b->owner && a->part == b->part) list[q] = list[before];
        }
    }
    h->answers = list;
    arena_finish(&scratch);
}

void made_finish(struct made_history *made) {
    for (size_t q = 0; q < made->history.plan.query_count; q++) series_set_finish(&made->answers[q].set);
    read_config_finish(&made->r);
}

struct series *made_series(struct made_history *made, size_t metric, enum query_part part, enum side side, const char *label,
                           const char *value, const char *code) {
    for (size_t q = 0; q < made->history.plan.query_count; q++) {
        const struct planned_query *planned = &made->history.plan.queries[q];
        if (planned->owner != metric || planned->part != part || planned->side != side) continue;
        struct series *series = series_set_add(&made->answers[q].set);
        struct label *labels = arena_array(&made->r.arena, 2, sizeof *labels);
        series->labels.items = labels;
        if (code != NULL) labels[series->labels.count++] = (struct label){view_of("code"), view_of(code)};
        if (label != NULL) labels[series->labels.count++] = (struct label){view_of(label), view_of(value)};
        return series;
    }
    fail_msg("no query of metric %zu, %s, %s side", metric, query_part_name(part), side_name(side));
    return NULL;
}

void made_gauge(struct made_history *made, size_t metric, enum side side, const char *pod, struct made_gauge g) {
    struct series *series = made_series(made, metric, PART_VALUE, side, pod != NULL ? "pod" : NULL, pod, NULL);
    for (int64_t at = made->history.from_ms + STEP_MS; at <= made->history.to_ms; at += STEP_MS) {
        double factor = g.factor > 0 && at > g.bad_from_ms && at <= g.bad_to_ms ? g.factor : 1;
        series_append(series, at, g.level * factor * exp(g.sd * noise_next(&made->noise, g.rho)));
    }
}

void made_counter(struct made_history *made, size_t metric, enum side side, const char *pod, double total, double rate, double burst) {
    struct {
        enum query_part part;
        const char *code;
        double sum;
    } counters[] = {{PART_TOTAL, "200", 0}, {PART_TOTAL, "500", 0}, {PART_BAD, "500", 0}};
    uint64_t state = made->noise.state;
    for (size_t i = 0; i < sizeof counters / sizeof counters[0]; i++) {
        struct series *series = made_series(made, metric, counters[i].part, side, "pod", pod, counters[i].code);
        made->noise.state = state; // the same bad ones in both counters of them
        for (int64_t at = made->history.from_ms; at <= made->history.to_ms; at += STEP_MS) {
            double bad = 0;
            for (double k = 0; k < total * rate / burst * 4; k++) bad += noise_uniform(&made->noise) < 0.25 ? burst : 0;
            counters[i].sum += i == 0 ? total : bad;
            series_append(series, at, counters[i].sum);
        }
    }
}
