// SPDX-License-Identifier: GPL-3.0-or-later
#include "kayenta_samples.h"

static struct kayenta_tags tags_of(const struct labels *labels, struct arena *arena) {
    struct kayenta_tags tags = {arena_array(arena, labels->count, sizeof *tags.items), 0};
    for (size_t i = 0; i < labels->count; i++) {
        const struct label *label = &labels->items[i];
        if (view_is(label->name, "__name__")) continue;
        tags.items[tags.count++] = (struct kayenta_tag){arena_strndup(arena, label->name.ptr, label->name.len),
                                                        arena_strndup(arena, label->value.ptr, label->value.len)};
    }
    kayenta_tags_sort(&tags);
    return tags;
}

// Kayenta takes the distance of the first two points for the step of all of them, in whole seconds.
static struct kayenta_set set_of(const struct series *series, const char *name, struct arena *arena) {
    struct kayenta_set set = {
        .name = name, .tags = tags_of(&series->labels, arena), .values = series->value, .count = series->count, .origin = series};
    set.step_ms = series->count > 1 ? (series->time_ms[1] - series->time_ms[0]) / 1000 * 1000 : 1000;
    set.start_ms = series->count > 0 ? series->time_ms[0] : 0;
    set.end_ms = set.start_ms + (int64_t)series->count * set.step_ms;
    return set;
}

static struct kayenta_sets sets_of(const struct plan *plan, const struct metric_config *metric, enum side side,
                                   const struct series_set *answer, struct arena *arena) {
    struct kayenta_set *sets = arena_array(arena, answer->count > 0 ? answer->count : 1, sizeof *sets);
    for (size_t i = 0; i < answer->count; i++) sets[i] = set_of(&answer->items[i], metric->name, arena);
    if (answer->count > 0) return (struct kayenta_sets){sets, answer->count};
    sets[0] = (struct kayenta_set){.name = metric->name, .step_ms = plan->config->window.step_ms};
    plan_metric_times(plan, metric, side, &sets[0].start_ms, &sets[0].end_ms);
    return (struct kayenta_sets){sets, 1};
}

bool kayenta_samples_pair(const struct plan *plan, const struct metric_config *metric, const struct series_set *const sides[SIDE_COUNT],
                          struct arena *arena, struct kayenta_pairs *ret, struct error *err) {
    struct kayenta_sets control = sets_of(plan, metric, SIDE_BASELINE, sides[SIDE_BASELINE], arena);
    struct kayenta_sets experiment = sets_of(plan, metric, SIDE_CANARY, sides[SIDE_CANARY], arena);
    return kayenta_mix_all(&metric->name, 1, control, experiment, arena, ret, err);
}
