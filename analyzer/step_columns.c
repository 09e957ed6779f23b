// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/step_columns.h"

#include <math.h>

#include "query/align.h"
#include "query/cadence.h"

struct maker {
    const struct plan *plan;
    const struct metric_config *metric;
    const struct metric_series *series;
    struct arena *arena;
    struct step_columns *columns;
};

// What tells how often the metric was scraped; points of a range query are as far apart as they were asked for.
static enum query_part paced_part(enum metric_kind kind) {
    switch (kind) {
    case METRIC_COUNTS:
        return PART_TOTAL;
    case METRIC_HISTOGRAM:
        return PART_BUCKETS;
    case METRIC_SERIES:
    case METRIC_THRESHOLD:
        break;
    }
    return PART_VALUE;
}

// Whole seconds, as scrapes are planned; their times scatter by some milliseconds.
static int64_t scrape_interval(const struct maker *m) {
    int64_t longest = 0;
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct series_list *list = &m->series->of[paced_part(m->metric->kind)][side];
        int64_t interval = cadence_interval(list->items, list->count);
        if (interval > longest) longest = interval;
    }
    return longest < 1000 ? longest : (longest + 500) / 1000 * 1000;
}

static struct align_side side_of(const struct maker *m, enum query_part part, enum side side) {
    int64_t start_ms, end_ms;
    const struct series_list *list = &m->series->of[part][side];
    plan_metric_times(m->plan, m->metric, side, &start_ms, &end_ms);
    struct grid grid = {start_ms, m->columns->step_ms, m->columns->steps};
    return (struct align_side){.series = list->items, .count = list->count, .grid = grid, .since_ms = start_ms - PLAN_COUNTER_LOOKBACK_MS};
}

static bool any_known(const double *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (isfinite(values[i])) return true;
    }
    return false;
}

static void make_values(struct maker *m) {
    struct step_columns *c = m->columns;
    for (int side = 0; side < SIDE_COUNT; side++) {
        struct align_side from = side_of(m, PART_VALUE, (enum side)side);
        struct aligned_values values;
        align_values(&from, m->arena, &values);
        c->values[side] = values.mean;
        c->seen[side] = any_known(values.mean, c->steps);
        if (m->metric->pre_ms <= 0) continue;
        c->before_steps = (size_t)(m->metric->pre_ms / c->step_ms);
        from = side_of(m, PART_BEFORE, (enum side)side);
        from.grid.start_ms -= (int64_t)c->before_steps * c->step_ms;
        from.grid.steps = c->before_steps;
        align_values(&from, m->arena, &values);
        c->before[side] = values.mean;
    }
}

static void make_counts(struct maker *m) {
    struct step_columns *c = m->columns;
    for (int side = 0; side < SIDE_COUNT; side++) {
        struct align_side from = side_of(m, PART_TOTAL, (enum side)side);
        struct aligned_increases bad, total;
        align_increases(&from, m->arena, &total);
        from = side_of(m, PART_BAD, (enum side)side);
        align_increases(&from, m->arena, &bad);
        for (size_t i = 0; i < c->steps; i++) {
            if (isnan(bad.increase[i]) && !isnan(total.increase[i])) bad.increase[i] = 0;
        }
        c->bad[side] = bad.increase;
        c->total[side] = total.increase;
        c->seen[side] = any_known(total.increase, c->steps);
    }
}

static bool make_buckets(struct maker *m, struct error *err) {
    struct step_columns *c = m->columns;
    struct align_side from[SIDE_COUNT];
    struct aligned_buckets buckets[SIDE_COUNT];
    for (int side = 0; side < SIDE_COUNT; side++) from[side] = side_of(m, PART_BUCKETS, (enum side)side);
    if (!align_buckets(from, SIDE_COUNT, m->arena, buckets, err)) return error_prefix(err, "metric %s", m->metric->name);
    c->bounds = buckets[0].upper;
    c->buckets = buckets[0].count;
    for (int side = 0; side < SIDE_COUNT; side++) {
        c->rows[side] = buckets[side].counts;
        c->seen[side] = c->buckets > 0 && any_known(buckets[side].counts, c->steps * c->buckets);
        c->strangers += buckets[side].strangers;
    }
    return true;
}

bool step_columns_make(const struct plan *plan, const struct metric_config *metric, const struct metric_series *series, struct arena *arena,
                       struct step_columns *ret, struct error *err) {
    struct maker m = {plan, metric, series, arena, ret};
    *ret = (struct step_columns){.step_ms = plan->config->window.step_ms};
    int64_t interval_ms = scrape_interval(&m), length_ms = plan->end_ms - plan->start_ms;
    if (interval_ms > ret->step_ms) ret->step_ms = interval_ms;
    ret->steps = (size_t)(length_ms / ret->step_ms);
    switch (metric->kind) {
    case METRIC_COUNTS:
        make_counts(&m);
        break;
    case METRIC_HISTOGRAM:
        return make_buckets(&m, err);
    case METRIC_SERIES:
        make_values(&m);
        break;
    case METRIC_THRESHOLD:
        break;
    }
    return true;
}

void step_columns_of_values(const double *const values[SIDE_COUNT], const size_t counts[SIDE_COUNT], bool gaps_are_zero, int64_t step_ms,
                            struct arena *arena, struct step_columns *ret) {
    size_t steps = counts[SIDE_BASELINE] > counts[SIDE_CANARY] ? counts[SIDE_BASELINE] : counts[SIDE_CANARY];
    *ret = (struct step_columns){.step_ms = step_ms, .steps = steps};
    for (int side = 0; side < SIDE_COUNT; side++) {
        double *column = arena_array(arena, steps, sizeof *column);
        for (size_t i = 0; i < steps; i++) {
            double value = i < counts[side] ? values[side][i] : (double)NAN;
            column[i] = gaps_are_zero && isnan(value) ? 0 : value;
        }
        ret->values[side] = column;
        ret->seen[side] = any_known(column, steps);
    }
}
