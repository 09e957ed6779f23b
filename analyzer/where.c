// SPDX-License-Identifier: GPL-3.0-or-later
#include "where.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/summary.h"

struct search {
    const struct metric_config *metric;
    const struct metric_result *results; // of this metric
    size_t count;
    double *changes; // of each result in the bad direction; NaN: not known
    double total;
};

static double mean_of(const struct side_samples *side, struct arena *arena) {
    double *finite = arena_array(arena, side->count, sizeof *finite);
    size_t count = 0;
    for (size_t i = 0; i < side->count; i++) {
        if (isfinite(side->values[i])) finite[count++] = side->values[i];
    }
    return summary_mean(finite, count);
}

// The baseline's share of bad ones over all combinations, for those that the baseline does not have.
static double usual_ratio(const struct search *s) {
    double bad = 0, total = 0;
    for (size_t i = 0; i < s->count; i++) {
        bad += s->results[i].samples->sides[SIDE_BASELINE].bad;
        total += s->results[i].samples->sides[SIDE_BASELINE].total;
    }
    return total > 0 ? bad / total : 0;
}

static double change_of(const struct search *s, size_t i, struct arena *arena) {
    const struct side_samples *b = &s->results[i].samples->sides[SIDE_BASELINE], *c = &s->results[i].samples->sides[SIDE_CANARY];
    if (s->metric->kind == METRIC_COUNTS) return c->bad - c->total * (b->total > 0 ? b->bad / b->total : usual_ratio(s));
    double moved = mean_of(c, arena) - mean_of(b, arena);
    return s->metric->kind == METRIC_HISTOGRAM ? moved * c->total : moved;
}

static void measure(struct search *s, struct arena *arena) {
    s->changes = arena_array(arena, s->count, sizeof *s->changes);
    for (size_t i = 0; i < s->count; i++) {
        s->changes[i] = change_of(s, i, arena);
        if (isfinite(s->changes[i])) s->total += s->changes[i];
    }
    bool down = s->metric->judge.direction == KAYENTA_DECREASE || (s->metric->judge.direction == KAYENTA_EITHER && s->total < 0);
    for (size_t i = 0; i < s->count && down; i++) s->changes[i] = -s->changes[i];
    if (down) s->total = -s->total;
}

static const char *value_of(const struct metric_result *result, const char *label) {
    const struct name_values *tags = &result->samples->tags;
    for (size_t i = 0; i < tags->count; i++) {
        if (strcmp(tags->items[i].name, label) == 0) return tags->items[i].value;
    }
    return NULL;
}

static int compare(const void *a, const void *b) {
    const struct where_result *x = a, *y = b;
    if (x->share > y->share || x->share < y->share) return x->share > y->share ? -1 : 1;
    int order = strcmp(x->label, y->label);
    return order != 0 ? order : strcmp(x->value, y->value);
}

// The shares of all values of one label, appended; none when there is a single value, which says nothing.
static size_t add_label(const struct search *s, const char *label, struct where_result *list) {
    size_t count = 0;
    for (size_t i = 0; i < s->count; i++) {
        const char *value = value_of(&s->results[i], label);
        size_t at = 0;
        if (value == NULL) continue;
        while (at < count && strcmp(list[at].value, value) != 0) at++;
        if (at == count) list[count++] = (struct where_result){s->results[i].samples->metric, label, value, 0};
        if (isfinite(s->changes[i])) list[at].share += s->changes[i] / s->total;
    }
    return count > 1 ? count : 0;
}

static bool fails(const struct search *s) {
    for (size_t i = 0; i < s->count; i++) {
        if (s->results[i].classification == CLASS_HIGH || s->results[i].classification == CLASS_LOW) return true;
    }
    return false;
}

static void search_metric(struct search *s, struct verdict *v, struct arena *arena) {
    if (s->metric->by.count == 0 || s->count < 2 || s->metric->judge.muted || !fails(s)) return;
    measure(s, arena);
    if (!(s->total > 0)) return;
    struct where_result *list = arena_array(arena, s->count * s->metric->by.count, sizeof *list);
    size_t count = 0;
    for (size_t i = 0; i < s->metric->by.count; i++) count += add_label(s, s->metric->by.items[i], list + count);
    qsort(list, count, sizeof *list, compare);
    for (size_t i = 0; i < count && i < WHERE_MOST && list[i].share > 0; i++) v->where[v->where_count++] = list[i];
}

void where_find(const struct plan *plan, struct verdict *v, struct arena *arena) {
    v->where = arena_array(arena, v->metric_count * WHERE_MOST, sizeof *v->where);
    for (size_t i = 0; i < v->metric_count;) {
        struct search s = {.metric = &plan->config->metrics[v->metrics[i].samples->metric], .results = &v->metrics[i]};
        while (i + s.count < v->metric_count && v->metrics[i + s.count].samples->metric == v->metrics[i].samples->metric) s.count++;
        if (s.metric->kind != METRIC_THRESHOLD) search_metric(&s, v, arena);
        i += s.count;
    }
}
