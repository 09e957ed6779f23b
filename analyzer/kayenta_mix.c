// SPDX-License-Identifier: GPL-3.0-or-later
// Pairing metric by metric; every tag map of either side makes a pair.
#include "analyzer/kayenta_mix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define MOST_VALUES 10000000
#define MOST_TEXT 4096

struct side_sets { // the sets of one metric on one side
    const struct kayenta_set **items;
    size_t count;
};

static int by_name(const void *a, const void *b) {
    const struct kayenta_tag *x = a, *y = b;
    return strcmp(x->name, y->name);
}

void kayenta_tags_sort(struct kayenta_tags *tags) {
    if (tags->count > 1) qsort(tags->items, tags->count, sizeof *tags->items, by_name);
}

static bool tags_equal(const struct kayenta_tags *a, const struct kayenta_tags *b) {
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++) {
        if (strcmp(a->items[i].name, b->items[i].name) != 0 || strcmp(a->items[i].value, b->items[i].value) != 0) return false;
    }
    return true;
}

static void tags_text(struct buf *out, const struct kayenta_tags *tags, const char *between) {
    buf_char(out, '{');
    for (size_t i = 0; i < tags->count; i++)
        buf_printf(out, "%s%s%s%s", i > 0 ? ", " : "", tags->items[i].name, between, tags->items[i].value);
    buf_char(out, '}');
}

static bool named(const char *name) {
    return name != NULL && name[0] != '\0';
}

bool kayenta_set_key(const struct kayenta_set *set, struct buf *out, struct error *err) {
    if (!named(set->name)) return error_set(err, ERROR_DATA, "Metric set name was not set.");
    buf_printf(out, "%s -> ", set->name);
    tags_text(out, &set->tags, ":");
    return true;
}

static int64_t expected_values(const struct kayenta_set *set) {
    return set->step_ms > 0 && set->end_ms > set->start_ms ? (set->end_ms - set->start_ms) / set->step_ms : 0;
}

static bool pad(const struct kayenta_set *set, struct arena *arena, struct kayenta_set *ret, struct error *err) {
    int64_t expected = expected_values(set);
    *ret = *set;
    if (expected <= 0 || (uint64_t)expected <= set->count) return true;
    if (expected > MOST_VALUES)
        return error_set(err, ERROR_LIMIT, "metric %s: more than %d values in its time range", set->name, MOST_VALUES);
    double *values = arena_array(arena, (size_t)expected, sizeof *values);
    for (size_t i = 0; i < (size_t)expected; i++) values[i] = i < set->count ? set->values[i] : (double)NAN;
    ret->values = values;
    ret->count = (size_t)expected;
    return true;
}

static bool refuse_tags(const struct kayenta_set *control, const struct kayenta_set *experiment, struct error *err) {
    struct buf text;
    buf_init(&text, MOST_TEXT);
    buf_str(&text, "Control metric set tags ");
    tags_text(&text, &control->tags, "=");
    buf_str(&text, " do not match experiment metric set tags ");
    tags_text(&text, &experiment->tags, "=");
    error_set(err, ERROR_DATA, "%s.", buf_text(&text));
    buf_finish(&text);
    return false;
}

bool kayenta_mix_one(const struct kayenta_set *control, const struct kayenta_set *experiment, struct arena *arena, struct kayenta_pair *ret,
                     struct error *err) {
    if (!named(control->name)) return error_set(err, ERROR_DATA, "Control metric set name was not set.");
    if (!named(experiment->name)) return error_set(err, ERROR_DATA, "Experiment metric set name was not set.");
    if (strcmp(control->name, experiment->name) != 0)
        return error_set(err, ERROR_DATA, "Control metric set name '%s' does not match experiment metric set name '%s'.", control->name,
                         experiment->name);
    if (!tags_equal(&control->tags, &experiment->tags)) return refuse_tags(control, experiment, err);
    return pad(control, arena, &ret->control, err) && pad(experiment, arena, &ret->experiment, err);
}

static struct side_sets sets_named(struct kayenta_sets sets, const char *name) {
    struct side_sets found = {mem_zero(sets.count + 1, sizeof(struct kayenta_set *)), 0};
    for (size_t i = 0; i < sets.count; i++) {
        if (sets.items[i].name != NULL && strcmp(sets.items[i].name, name) == 0) found.items[found.count++] = &sets.items[i];
    }
    return found;
}

static const struct kayenta_set *find_tags(const struct side_sets *side, const struct kayenta_tags *tags) {
    for (size_t i = 0; i < side->count; i++) {
        if (tags_equal(&side->items[i]->tags, tags)) return side->items[i];
    }
    return NULL;
}

static bool has_tag_name(const struct side_sets *side, const char *name) {
    for (size_t i = 0; i < side->count; i++) {
        for (size_t t = 0; t < side->items[i]->tags.count; t++) {
            if (strcmp(side->items[i]->tags.items[t].name, name) == 0) return true;
        }
    }
    return false;
}

static bool tag_names_within(const struct side_sets *inner, const struct side_sets *outer) {
    for (size_t i = 0; i < inner->count; i++) {
        for (size_t t = 0; t < inner->items[i]->tags.count; t++) {
            if (!has_tag_name(outer, inner->items[i]->tags.items[t].name)) return false;
        }
    }
    return true;
}

static bool tagged(const struct side_sets *side) {
    for (size_t i = 0; i < side->count; i++) {
        if (side->items[i]->tags.count > 0) return true;
    }
    return false;
}

// The set of these tags; a made-up one without values, in the time range of the side's first set, when there is none.
static struct kayenta_set set_or_gap(const struct side_sets *side, const struct kayenta_tags *tags) {
    const struct kayenta_set *found = find_tags(side, tags);
    if (found != NULL) return *found;
    struct kayenta_set gap = *side->items[0];
    gap.tags = *tags;
    gap.values = NULL;
    gap.count = 0;
    return gap;
}

static bool add_pair(const struct kayenta_set *control, const struct kayenta_set *experiment, struct arena *arena,
                     struct kayenta_pairs *ret, struct error *err) {
    void *items = ret->items;
    mem_grow(&items, &ret->cap, ret->count, sizeof *ret->items);
    ret->items = items;
    if (!kayenta_mix_one(control, experiment, arena, &ret->items[ret->count], err)) return false;
    ret->count++;
    return true;
}

// Pairs for the tag maps of `from`, each once, leaving out those that `seen` has too.
static bool pair_tags(const struct side_sets *from, const struct side_sets *seen, const struct side_sets *control,
                      const struct side_sets *experiment, struct arena *arena, struct kayenta_pairs *ret, struct error *err) {
    for (size_t i = 0; i < from->count; i++) {
        const struct kayenta_tags *tags = &from->items[i]->tags;
        struct side_sets before = {from->items, i};
        if (find_tags(&before, tags) != NULL || (seen != NULL && find_tags(seen, tags) != NULL)) continue;
        struct kayenta_set x = set_or_gap(control, tags), y = set_or_gap(experiment, tags);
        if (!add_pair(&x, &y, arena, ret, err)) return false;
    }
    return true;
}

static bool mix_metric(const char *name, const struct side_sets *control, const struct side_sets *experiment, struct arena *arena,
                       struct kayenta_pairs *ret, struct error *err) {
    const char *missing = control->count == 0 ? "control" : experiment->count == 0 ? "experiment" : NULL;
    if (missing != NULL)
        return error_set(err, ERROR_DATA, "No %s metrics found for %s and the metric service did not create a placeholder.", missing, name);
    bool same_names = tag_names_within(control, experiment) && tag_names_within(experiment, control);
    if (tagged(control) && tagged(experiment) && !same_names)
        return error_set(err, ERROR_DATA, "Control metrics have different tag keys than the experiment tag set (metric %s).", name);
    const struct kayenta_tags none = {NULL, 0};
    bool control_bare = find_tags(control, &none) != NULL, experiment_bare = find_tags(experiment, &none) != NULL;
    if (control_bare && !experiment_bare) return pair_tags(experiment, NULL, control, experiment, arena, ret, err);
    if (experiment_bare && !control_bare) return pair_tags(control, NULL, control, experiment, arena, ret, err);
    return pair_tags(control, NULL, control, experiment, arena, ret, err) &&
           pair_tags(experiment, control, control, experiment, arena, ret, err);
}

bool kayenta_mix_all(const char *const *metrics, size_t metric_count, struct kayenta_sets control, struct kayenta_sets experiment,
                     struct arena *arena, struct kayenta_pairs *ret, struct error *err) {
    bool ok = true;
    *ret = (struct kayenta_pairs){0};
    for (size_t i = 0; i < metric_count && ok; i++) {
        struct side_sets x = sets_named(control, metrics[i]), y = sets_named(experiment, metrics[i]);
        ok = mix_metric(metrics[i], &x, &y, arena, ret, err);
        free(x.items);
        free(y.items);
    }
    return ok;
}
