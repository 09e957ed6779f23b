// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "bucket_summary.h"
#include "kayenta_samples.h"
#include "query/align.h"
#include "query/cadence.h"
#include "texts.h"

#define MOST_SPLITS 1000              // results of one metric
#define MOST_CELLS ((size_t)10000000) // counts and means by step, of all results of one metric

struct entry { // one combination of label values while it grows
    struct name_values tags;
    double *values[SIDE_COUNT];
    size_t count[SIDE_COUNT], cap[SIDE_COUNT];
    size_t *lengths[SIDE_COUNT], series[SIDE_COUNT], series_cap[SIDE_COUNT];
    double trend_sum[SIDE_COUNT][TREND_POINTS];
    size_t trend_count[SIDE_COUNT][TREND_POINTS];
    double *bad[SIDE_COUNT], *total[SIDE_COUNT]; // increases per block
    struct metric_series series_of;              // judge serin only
};

struct gather {
    const struct plan *plan;
    const struct metric_config *metric;
    struct arena *arena;
    struct error *err;
    struct entry *entries;
    size_t count, cap, blocks;
    size_t cells; // of all columns by step
    struct texts warnings;
};

static bool is_split_label(const struct gather *g, const struct label *label) {
    for (size_t i = 0; i < g->metric->by.count; i++) {
        if (view_is(label->name, g->metric->by.items[i])) return true;
    }
    return false;
}

static struct name_values tags_of(const struct gather *g, const struct labels *labels) {
    struct name_values tags = {arena_array(g->arena, labels->count, sizeof *tags.items), 0};
    for (size_t i = 0; i < labels->count; i++) {
        const struct label *label = &labels->items[i];
        if (!is_split_label(g, label)) continue;
        tags.items[tags.count++] = (struct name_value){.name = arena_strndup(g->arena, label->name.ptr, label->name.len),
                                                       .value = arena_strndup(g->arena, label->value.ptr, label->value.len)};
    }
    return tags;
}

static int compare_tags(const struct name_values *a, const struct name_values *b) {
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        int order = strcmp(a->items[i].name, b->items[i].name);
        if (order == 0) order = strcmp(a->items[i].value, b->items[i].value);
        if (order != 0) return order;
    }
    return (a->count > b->count) - (a->count < b->count);
}

static int compare_entries(const void *a, const void *b) {
    return compare_tags(&((const struct entry *)a)->tags, &((const struct entry *)b)->tags);
}

static struct entry *find_entry(struct gather *g, struct name_values tags) {
    for (size_t i = 0; i < g->count; i++) {
        if (compare_tags(&g->entries[i].tags, &tags) == 0) return &g->entries[i];
    }
    if (g->count == MOST_SPLITS) {
        error_set(g->err, ERROR_LIMIT, "metric %s: more than %d label combinations; aggregate in the query or name fewer labels under by",
                  g->metric->name, MOST_SPLITS);
        return NULL;
    }
    mem_grow((void **)&g->entries, &g->cap, g->count, sizeof *g->entries);
    g->entries[g->count] = (struct entry){.tags = tags};
    return &g->entries[g->count++];
}

static void warn(struct gather *g, const char *text) {
    for (size_t i = 0; i < g->warnings.count; i++) {
        if (strcmp(g->warnings.items[i], text) == 0) return;
    }
    texts_add(&g->warnings, g->arena, text);
}

static void add_value(struct gather *g, struct entry *e, enum side side, int64_t time_ms, double value) {
    mem_grow((void **)&e->values[side], &e->cap[side], e->count[side], sizeof(double));
    e->values[side][e->count[side]++] = value;
    int64_t start_ms, end_ms;
    plan_metric_times(g->plan, g->metric, side, &start_ms, &end_ms);
    int64_t part = (time_ms - start_ms) * TREND_POINTS / (end_ms - start_ms + 1);
    if (part < 0 || part >= TREND_POINTS || !isfinite(value)) return;
    e->trend_sum[side][part] += value;
    e->trend_count[side][part]++;
}

static void warn_of_copies(struct gather *g, const struct query *query, const struct series_set *set) {
    struct buf text;
    buf_init(&text, 4096);
    if (query->mode == QUERY_RANGE && cadence_warn_copies(set, query->step_ms, &text)) warn(g, arena_strdup(g->arena, buf_text(&text)));
    buf_finish(&text);
}

static void end_series(struct entry *e, enum side side, size_t length) {
    mem_grow((void **)&e->lengths[side], &e->series_cap[side], e->series[side], sizeof(size_t));
    e->lengths[side][e->series[side]++] = length;
}

static void take_warnings(struct gather *g, const struct query *query, const struct series_set *set) {
    warn_of_copies(g, query, set);
    for (size_t i = 0; i < set->warnings.count; i++)
        warn(g, arena_strndup(g->arena, set->warnings.items[i].ptr, set->warnings.items[i].len));
    for (size_t i = 0; i < set->infos.count; i++) warn(g, arena_strndup(g->arena, set->infos.items[i].ptr, set->infos.items[i].len));
    if (set->partial) warn(g, "the source says that its answer is partial");
    for (size_t i = 0; i < set->count; i++) {
        if (set->items[i].histogram_count > 0 && g->metric->kind != METRIC_HISTOGRAM)
            warn(g, "native histograms in the answer are left out: this kind of metric compares numbers");
    }
}

static bool is_aligned(const struct gather *g) {
    return strcmp(g->plan->config->judge.name, "serin") == 0 && g->metric->kind != METRIC_THRESHOLD;
}

// The judge serin aligns the series itself.
static void keep_series(struct gather *g, struct entry *e, enum query_part part, enum side side, const struct series *series) {
    struct series_list *list = &e->series_of.of[part][side];
    if (!is_aligned(g)) return;
    mem_grow((void **)&list->items, &list->cap, list->count, sizeof *list->items);
    list->items[list->count++] = series;
}

// Series that are only aligned: buckets, and the pre-period.
static bool take_series(struct gather *g, enum query_part part, enum side side, const struct series_set *set) {
    const struct series **order = series_set_sorted(set, g->arena);
    for (size_t i = 0; i < set->count; i++) {
        struct entry *e = find_entry(g, tags_of(g, &order[i]->labels));
        if (e == NULL) return false;
        keep_series(g, e, part, side, order[i]);
    }
    return true;
}

static bool take_values(struct gather *g, enum side side, const struct series_set *set) {
    const struct series **order = series_set_sorted(set, g->arena);
    bool ok = true;
    for (size_t i = 0; i < set->count && ok; i++) {
        struct entry *e = find_entry(g, tags_of(g, &order[i]->labels));
        ok = e != NULL;
        for (size_t k = 0; ok && k < order[i]->count; k++) add_value(g, e, side, order[i]->time_ms[k], order[i]->value[k]);
        if (!ok) break;
        end_series(e, side, order[i]->count);
        keep_series(g, e, PART_VALUE, side, order[i]);
    }
    return ok;
}

// Adds the increases of one counter to the blocks.
static void add_counter(const struct align_side *counter, struct arena *arena, double *blocks) {
    struct aligned_increases increases;
    align_increases(counter, arena, &increases);
    for (size_t k = 0; k < increases.steps; k++) {
        if (increases.series[k] > 0) blocks[k] += increases.increase[k];
    }
}

static bool take_counts(struct gather *g, enum side side, bool bad, const struct series_set *set) {
    int64_t start_ms, end_ms;
    plan_metric_times(g->plan, g->metric, side, &start_ms, &end_ms);
    struct arena scratch = {0};
    const struct series **order = series_set_sorted(set, &scratch);
    struct align_side counter = {.count = 1,
                                 .grid = {start_ms, g->plan->config->window.step_ms, g->blocks},
                                 .since_ms = start_ms - PLAN_COUNTER_LOOKBACK_MS,
                                 .interval_ms = cadence_interval(order, set->count)};
    bool ok = true;
    for (size_t i = 0; i < set->count && ok; i++) {
        struct entry *e = find_entry(g, tags_of(g, &order[i]->labels));
        ok = e != NULL;
        if (!ok) break;
        double **blocks = bad ? &e->bad[side] : &e->total[side];
        keep_series(g, e, bad ? PART_BAD : PART_TOTAL, side, order[i]);
        if (*blocks == NULL) *blocks = arena_array(g->arena, g->blocks, sizeof(double));
        counter.series = &order[i];
        add_counter(&counter, &scratch, *blocks);
    }
    arena_finish(&scratch);
    return ok;
}

// Bad of total for each block with traffic; a block without any says nothing about errors and is left out.
static void finish_counts(struct gather *g, struct entry *e, enum side side, struct side_samples *column) {
    int64_t start_ms, end_ms, step_ms = g->plan->config->window.step_ms;
    plan_metric_times(g->plan, g->metric, side, &start_ms, &end_ms);
    for (size_t k = 0; k < g->blocks && e->total[side] != NULL; k++) {
        double bad = e->bad[side] != NULL ? e->bad[side][k] : 0, total = e->total[side][k];
        column->bad += bad;
        column->total += total;
        if (total > 0) add_value(g, e, side, start_ms + ((int64_t)k + 1) * step_ms - 1, bad / total);
    }
}

// Of histograms the mean of each step, as the buckets tell it.
static void finish_buckets(struct gather *g, struct entry *e, enum side side, const struct step_columns *c, struct side_samples *column) {
    int64_t start_ms, end_ms;
    plan_metric_times(g->plan, g->metric, side, &start_ms, &end_ms);
    for (size_t k = 0; k < c->steps && c->buckets > 1; k++) {
        struct bucket_counts counts = {c->bounds, c->rows[side] + k * c->buckets, c->buckets};
        double total = bucket_total(&counts);
        if (!(total > 0)) continue;
        column->total += total;
        add_value(g, e, side, start_ms + ((int64_t)k + 1) * c->step_ms - 1, bucket_mean(&counts));
    }
}

static void finish_side(struct gather *g, struct entry *e, enum side side, const struct step_columns *columns,
                        struct side_samples *column) {
    *column = (struct side_samples){0};
    if (g->metric->kind == METRIC_COUNTS) finish_counts(g, e, side, column);
    if (g->metric->kind == METRIC_HISTOGRAM) finish_buckets(g, e, side, columns, column);
    column->values = arena_array(g->arena, e->count[side], sizeof(double));
    if (e->count[side] > 0) memcpy(column->values, e->values[side], e->count[side] * sizeof(double));
    column->count = e->count[side];
    for (size_t k = 0; k < TREND_POINTS; k++) {
        column->trend[k] = e->trend_count[side][k] > 0 ? e->trend_sum[side][k] / (double)e->trend_count[side][k] : (double)NAN;
    }
    column->lengths = arena_array(g->arena, e->series[side], sizeof(size_t));
    if (e->series[side] > 0) memcpy(column->lengths, e->lengths[side], e->series[side] * sizeof(size_t));
    column->series_count = e->series[side];
    free(e->values[side]);
    free(e->lengths[side]);
}

static struct name_values tags_of_set(struct gather *g, const struct kayenta_set *set) {
    struct name_values tags = {arena_array(g->arena, set->tags.count, sizeof *tags.items), set->tags.count};
    for (size_t i = 0; i < tags.count; i++)
        tags.items[i] = (struct name_value){.name = set->tags.items[i].name, .value = set->tags.items[i].value};
    return tags;
}

// A set that was made up has no times; its values are all NaN and show in no trend.
static void take_set(struct gather *g, struct entry *e, enum side side, const struct kayenta_set *set) {
    const struct series *series = set->origin;
    bool real = series != NULL && set->values == series->value;
    for (size_t k = 0; k < set->count; k++)
        add_value(g, e, side, real && k < series->count ? series->time_ms[k] : INT64_MIN / 64, set->values[k]);
}

static bool gather_kayenta(struct gather *g, size_t metric, const struct answer *const *answers) {
    const struct series_set *sides[SIDE_COUNT] = {NULL, NULL};
    for (size_t q = 0; q < g->plan->query_count; q++) {
        const struct planned_query *planned = &g->plan->queries[q];
        if (planned->part != PART_VALUE || planned->owner != metric) continue;
        sides[planned->side] = &answers[q]->set;
        take_warnings(g, &planned->query, &answers[q]->set);
    }
    struct kayenta_pairs pairs;
    bool ok = kayenta_samples_pair(g->plan, g->metric, sides, g->arena, &pairs, g->err);
    for (size_t i = 0; i < pairs.count && ok; i++) {
        struct entry *e = find_entry(g, tags_of_set(g, &pairs.items[i].control));
        ok = e != NULL;
        if (!ok) break;
        take_set(g, e, SIDE_BASELINE, &pairs.items[i].control);
        take_set(g, e, SIDE_CANARY, &pairs.items[i].experiment);
    }
    free(pairs.items);
    return ok;
}

static bool take_answer(struct gather *g, const struct planned_query *planned, const struct series_set *set) {
    switch (planned->part) {
    case PART_VALUE:
        return take_values(g, planned->side, set);
    case PART_BAD:
    case PART_TOTAL:
        return take_counts(g, planned->side, planned->part == PART_BAD, set);
    case PART_BUCKETS:
    case PART_BEFORE:
        return take_series(g, planned->part, planned->side, set);
    case PART_GUARD:
        break;
    }
    return true;
}

static bool gather_metric(struct gather *g, size_t metric, const struct answer *const *answers) {
    for (size_t q = 0; q < g->plan->query_count; q++) {
        const struct planned_query *planned = &g->plan->queries[q];
        if (planned->part == PART_GUARD || planned->owner != metric) continue;
        const struct series_set *set = &answers[q]->set;
        take_warnings(g, &planned->query, set);
        if (!take_answer(g, planned, set)) return false;
    }
    return g->count > 0 || find_entry(g, (struct name_values){0}) != NULL;
}

// Whether all columns by step of a metric can be held; `cells` more are to come.
static bool fits(struct gather *g, size_t cells) {
    g->cells += cells;
    if (g->cells <= MOST_CELLS) return true;
    return error_set(g->err, ERROR_LIMIT,
                     "metric %s: too many label combinations over %zu steps; take a longer step or name fewer labels under by",
                     g->metric->name, g->blocks);
}

// Kayenta's mixer has padded the values of both sides already.
static void pair_by_place(struct gather *g, struct metric_samples *ret) {
    const double *const values[] = {ret->sides[SIDE_BASELINE].values, ret->sides[SIDE_CANARY].values};
    const size_t counts[] = {ret->sides[SIDE_BASELINE].count, ret->sides[SIDE_CANARY].count};
    bool zero = g->metric->judge.nan_strategy == KAYENTA_NAN_REPLACE;
    step_columns_of_values(values, counts, zero, g->plan->config->window.step_ms, g->arena, &ret->columns);
}

// A result of its own for each combination of label values. After a failure it only gives back what the entry holds.
static bool finish_entry(struct gather *g, struct entry *e, bool ok, struct metric_samples *ret) {
    bool by_place = g->metric->kayenta != NULL;
    if (ok && is_aligned(g) && !by_place) {
        ok = step_columns_make(g->plan, g->metric, &e->series_of, g->arena, &ret->columns, g->err) &&
             fits(g, ret->columns.steps * ret->columns.buckets);
    }
    if (ok && ret->columns.strangers > 0) {
        warn(g, "series that are no histograms (no readable label le, no native histogram) are left out");
        ret->warnings = g->warnings;
    }
    for (int side = 0; side < SIDE_COUNT; side++) {
        finish_side(g, e, (enum side)side, &ret->columns, &ret->sides[side]);
        for (int part = 0; part < PART_COUNT; part++) free(e->series_of.of[part][side].items);
    }
    if (ok && is_aligned(g) && by_place) pair_by_place(g, ret);
    return ok;
}

bool samples_build(const struct plan *plan, const struct answer *const *answers, struct arena *arena, struct samples *ret,
                   struct error *err) {
    struct metric_samples *items = NULL;
    size_t count = 0, cap = 0;
    bool ok = true;
    for (size_t m = 0; m < plan->config->metric_count && ok; m++) {
        struct gather g = {.plan = plan, .metric = &plan->config->metrics[m], .arena = arena, .err = err};
        g.blocks = (size_t)((plan->end_ms - plan->start_ms) / plan->config->window.step_ms);
        ok = g.metric->kayenta != NULL ? gather_kayenta(&g, m, answers) : gather_metric(&g, m, answers);
        if (g.count > 1) qsort(g.entries, g.count, sizeof *g.entries, compare_entries);
        ok = ok && (!is_aligned(&g) || fits(&g, g.count * g.blocks));
        for (size_t i = 0; i < g.count; i++) {
            mem_grow((void **)&items, &cap, count, sizeof *items);
            items[count] = (struct metric_samples){.metric = m, .tags = g.entries[i].tags, .warnings = g.warnings};
            ok = finish_entry(&g, &g.entries[i], ok, &items[count++]);
        }
        free(g.entries);
    }
    *ret = (struct samples){arena_array(arena, count, sizeof *items), count};
    if (count > 0) memcpy(ret->items, items, count * sizeof *items);
    free(items);
    return ok;
}
