// SPDX-License-Identifier: GPL-3.0-or-later
// Values and increases of counters; the buckets of histograms are in align_buckets.c.
#include "query/align.h"

#include <math.h>

#include "align_private.h"
#include "query/cadence.h"
#include "query/counter.h"

#define FEWEST_SAMPLES 4 // of a series, to trust its own scrape interval

double *align_column(struct arena *arena, size_t count, double fill) {
    double *column = arena_array(arena, count, sizeof *column);
    for (size_t i = 0; i < count; i++) column[i] = fill;
    return column;
}

struct step_mean { // of one series, while it runs through a step
    size_t step, count;
    double sum;
};

static void end_step(const struct step_mean *m, struct aligned_values *ret) {
    if (m->count == 0) return;
    ret->mean[m->step] += m->sum / (double)m->count; // a sum until all series are through
    ret->series[m->step]++;
}

static void add_series(const struct series *series, const struct grid *grid, struct aligned_values *ret) {
    struct step_mean m = {0, 0, 0};
    for (size_t i = 0; i < series->count; i++) {
        size_t step = grid_step(grid, series->time_ms[i]);
        if (step == grid->steps || series_is_stale(&series->value[i])) continue;
        if (isnan(series->value[i])) {
            ret->nans++;
            continue;
        }
        if (step != m.step) {
            end_step(&m, ret);
            m = (struct step_mean){step, 0, 0};
        }
        m.sum += series->value[i];
        m.count++;
        ret->samples++;
    }
    end_step(&m, ret);
}

void align_values(const struct align_side *side, struct arena *arena, struct aligned_values *ret) {
    size_t steps = side->grid.steps;
    *ret = (struct aligned_values){.mean = align_column(arena, steps, 0), .steps = steps};
    ret->series = arena_array(arena, steps, sizeof *ret->series);
    for (size_t i = 0; i < side->count; i++) add_series(side->series[i], &side->grid, ret);
    for (size_t k = 0; k < steps; k++) ret->mean[k] = ret->series[k] > 0 ? ret->mean[k] / (double)ret->series[k] : (double)NAN;
}

void align_add(double *sum, double value) {
    *sum = isnan(*sum) ? value : *sum + value;
}

// A series tells an increase in a step once, however many samples it has there.
static void add_counter(const struct series *series, const struct align_side *side, int64_t interval_ms, size_t *told,
                        struct aligned_increases *ret) {
    double last, increase;
    struct counter counter;
    counter_init(&counter, &last, 1, side->since_ms, interval_ms);
    for (size_t i = 0; i < series->count; i++) {
        size_t step = grid_step(&side->grid, series->time_ms[i]);
        bool inside = step < side->grid.steps;
        struct counter_step added;
        if (series_is_stale(&series->value[i])) {
            counter_marker(&counter, series->time_ms[i]);
        } else if (!isfinite(series->value[i]) || series->value[i] < 0) {
            ret->passed_over += inside;
        } else if (counter_sample(&counter, series->time_ms[i], &series->value[i], &increase, &added) && inside) {
            align_add(&ret->increase[step], increase);
            align_tell(&added, step, told, ret->series, ret->watched_s);
            ret->resets += added.reset;
            ret->appeared += added.appeared;
        }
    }
}

void align_tell(const struct counter_step *added, size_t step, size_t *told, size_t *series, double *watched_s) {
    watched_s[step] += (double)added->watched_ms / 1000;
    if (*told == step) return;
    *told = step;
    series[step]++;
}

int64_t align_usual_interval(const struct align_side *side) {
    return side->interval_ms > 0 ? side->interval_ms : cadence_interval(side->series, side->count);
}

int64_t align_interval(const struct series *series, int64_t usual_ms) {
    struct cadence cadence;
    cadence_of(series, &cadence);
    return cadence.samples >= FEWEST_SAMPLES ? cadence.interval_ms : usual_ms;
}

void align_increases(const struct align_side *side, struct arena *arena, struct aligned_increases *ret) {
    size_t steps = side->grid.steps;
    *ret = (struct aligned_increases){.increase = align_column(arena, steps, (double)NAN), .steps = steps};
    ret->watched_s = align_column(arena, steps, 0);
    ret->series = arena_array(arena, steps, sizeof *ret->series);
    int64_t usual_ms = align_usual_interval(side);
    for (size_t i = 0; i < side->count; i++) {
        size_t told = SIZE_MAX;
        add_counter(side->series[i], side, align_interval(side->series[i], usual_ms), &told, ret);
    }
}
