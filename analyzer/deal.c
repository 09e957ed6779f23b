// SPDX-License-Identifier: GPL-3.0-or-later
#include "deal.h"

#include <string.h>

static const char *const usual[] = {"pod", "instance", "host", "hostname", "node", "server", "replica", "task", "container_id"};

size_t deal_below(struct deal_random *random, size_t count) { // splitmix64
    uint64_t z = random->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    z ^= z >> 31;
    size_t drawn = (size_t)((double)(z >> 11) * 0x1p-53 * (double)count);
    return drawn < count ? drawn : count - 1;
}

static bool is_split(const struct metric_config *metric, struct view name) {
    for (size_t i = 0; i < metric->by.count; i++) {
        if (view_is(name, metric->by.items[i])) return true;
    }
    return false;
}

static struct view value_of(const struct labels *labels, const char *name) {
    const struct label *label = labels_get(labels, name);
    return label != NULL ? label->value : (struct view){"", 0};
}

static bool tells_apart(const struct history *history, const struct deal *deal, const char *name) {
    const struct labels *first = NULL;
    if (is_split(&history->config->metrics[deal->metric], view_of(name))) return false;
    for (size_t k = 0; k < deal->query_count; k++) {
        const struct series_set *set = &history->answers[deal->query_of[k]]->set;
        for (size_t i = 0; i < set->count; i++) {
            if (first == NULL) first = &set->items[i].labels;
            if (!view_same(value_of(first, name), value_of(&set->items[i].labels, name))) return true;
        }
    }
    return false;
}

static const char *choose(const struct history *history, const struct deal *deal, const char *by) {
    const struct metric_config *metric = &history->config->metrics[deal->metric];
    if (by != NULL) return tells_apart(history, deal, by) ? by : NULL;
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        if (tells_apart(history, deal, usual[i])) return usual[i];
    }
    return metric->kind == METRIC_SERIES ? "series" : NULL;
}

// What an instance is called: the value of the label, or all labels that the metric is not split by.
static struct view name_of(const struct metric_config *metric, const struct labels *labels, const char *by, struct arena *arena) {
    if (strcmp(by, "series") != 0) return value_of(labels, by);
    struct labels rest = {arena_array(arena, labels->count, sizeof *rest.items), 0};
    struct buf text;
    for (size_t i = 0; i < labels->count; i++) {
        if (!is_split(metric, labels->items[i].name)) rest.items[rest.count++] = labels->items[i];
    }
    buf_init(&text, (size_t)1 << 20);
    labels_format(&text, &rest);
    struct view name = view_of(arena_strdup(arena, buf_text(&text)));
    buf_finish(&text);
    return name;
}

static size_t find_instance(struct view *names, size_t *count, struct view name) {
    size_t at = 0;
    while (at < *count && !view_same(names[at], name)) at++;
    if (at == *count) names[(*count)++] = name;
    return at;
}

static bool before(struct view a, struct view b) {
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len > 0 ? memcmp(a.ptr, b.ptr, len) : 0;
    return order != 0 ? order < 0 : a.len < b.len;
}

// Instances are numbered by their names, so that nothing depends on the order in which a server answers.
static void number_instances(struct deal *deal, const struct history *history, const struct view *names, struct arena *arena) {
    size_t *rank = arena_array(arena, deal->count, sizeof *rank);
    for (size_t i = 0; i < deal->count; i++) {
        for (size_t j = 0; j < deal->count; j++) rank[i] += before(names[j], names[i]);
    }
    for (size_t k = 0; k < deal->query_count; k++) {
        size_t series = history->answers[deal->query_of[k]]->set.count;
        for (size_t i = 0; i < series; i++) deal->instance_of[k][i] = rank[deal->instance_of[k][i]];
    }
}

void deal_make(const struct history *history, size_t metric, const char *by, struct arena *arena, struct deal *ret) {
    const struct plan *plan = &history->plan;
    size_t series = 0;
    *ret = (struct deal){.metric = metric, .query_of = arena_array(arena, plan->query_count, sizeof *ret->query_of)};
    for (size_t q = 0; q < plan->query_count; q++) {
        const struct planned_query *planned = &plan->queries[q];
        if (planned->part == PART_GUARD || planned->owner != metric || planned->side != SIDE_BASELINE) continue;
        ret->query_of[ret->query_count++] = q;
        series += history->answers[q]->set.count;
    }
    ret->by = choose(history, ret, by);
    if (ret->by == NULL) return;
    struct view *names = arena_array(arena, series, sizeof *names);
    ret->instance_of = arena_array(arena, ret->query_count, sizeof *ret->instance_of);
    for (size_t k = 0; k < ret->query_count; k++) {
        const struct series_set *set = &history->answers[ret->query_of[k]]->set;
        const struct metric_config *config = &history->config->metrics[metric];
        ret->instance_of[k] = arena_array(arena, set->count, sizeof **ret->instance_of);
        for (size_t i = 0; i < set->count; i++)
            ret->instance_of[k][i] = find_instance(names, &ret->count, name_of(config, &set->items[i].labels, ret->by, arena));
    }
    number_instances(ret, history, names, arena);
}

// Instances with samples in the window. Errors that never happened have no series, so of counts the totals tell.
static size_t find_alive(const struct deal *deal, const struct history *history, const struct plan *window, struct arena *arena,
                         size_t *alive) {
    bool *seen = arena_array(arena, deal->count, sizeof *seen);
    size_t count = 0;
    for (size_t k = 0; k < deal->query_count; k++) {
        const struct planned_query *planned = &window->queries[deal->query_of[k]];
        const struct series_set *set = &history->answers[deal->query_of[k]]->set;
        if (planned->part == PART_BAD || planned->part == PART_BEFORE) continue;
        for (size_t i = 0; i < set->count; i++) {
            size_t instance = deal->instance_of[k][i];
            seen[instance] = seen[instance] || history_has(&set->items[i], planned->query.start_ms, planned->query.end_ms);
        }
    }
    for (size_t i = 0; i < deal->count; i++) {
        if (seen[i]) alive[count++] = i;
    }
    return count;
}

bool deal_hand_out(const struct deal *deal, const struct history *history, const struct plan *window, struct deal_random *random,
                   struct arena *arena, bool **ret_keep[SIDE_COUNT]) {
    if (deal->by == NULL || deal->count < 2) return false;
    size_t *alive = arena_array(arena, deal->count, sizeof *alive), count = find_alive(deal, history, window, arena, alive);
    if (count < 2) return false;
    bool *canary = arena_array(arena, deal->count, sizeof *canary);
    for (size_t i = 0; i < count / 2; i++) { // the first half of a shuffle
        size_t at = i + deal_below(random, count - i), drawn = alive[at];
        alive[at] = alive[i];
        alive[i] = drawn;
        canary[drawn] = true;
    }
    for (int side = 0; side < SIDE_COUNT; side++) {
        ret_keep[side] = arena_array(arena, deal->query_count, sizeof **ret_keep);
        for (size_t k = 0; k < deal->query_count; k++) {
            size_t series = history->answers[deal->query_of[k]]->set.count;
            ret_keep[side][k] = arena_array(arena, series, sizeof ***ret_keep);
            for (size_t i = 0; i < series; i++) ret_keep[side][k][i] = canary[deal->instance_of[k][i]] == (side == SIDE_CANARY);
        }
    }
    return true;
}
