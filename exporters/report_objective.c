// SPDX-License-Identifier: GPL-3.0-or-later
#include "report_objective.h"

#include <string.h>

#include "report_extra.h"
#include "text_value.h"

static struct report_texts texts(const json_t *node, const char *key, struct arena *arena) {
    const json_t *list = json_object_get(node, key);
    struct report_texts texts = {arena_array(arena, json_array_size(list) + 1, sizeof texts.items[0]), 0};
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *text = json_array_get(list, i);
        if (json_is_string(text)) texts.items[texts.count++] = text_clean(arena, json_string_value(text), json_string_length(text), false);
    }
    return texts;
}

static void read_counts(const json_t *counts, struct arena *arena, struct report_objective *objective) {
    objective->burns = arena_array(arena, json_array_size(counts) + 1, sizeof *objective->burns);
    for (size_t i = 0; i < json_array_size(counts); i++) {
        const json_t *count = json_array_get(counts, i);
        const char *kind = report_extra_text(count, "kind", arena), *side = report_extra_text(count, "of", arena);
        struct report_number rate = report_extra_number(count, "burn_rate"), ratio = report_extra_number(count, "error_ratio");
        if (strcmp(kind, "period") == 0 && strcmp(side, "service") == 0 && ratio.known)
            objective->attainment = (struct report_number){true, 1 - ratio.value};
        if (strcmp(kind, "window") != 0 || !rate.known) continue;
        int64_t length_s = json_integer_value(json_object_get(count, "length_s"));
        objective->burns[objective->burn_count++] = (struct report_burn){side, length_s, rate};
    }
}

static struct report_objective objective_of(const json_t *node, struct arena *arena) {
    const json_t *budget = json_object_get(node, "budget"), *release = json_object_get(node, "release");
    struct report_number allowed = report_extra_number(node, "allowed");
    struct report_objective objective = {
        .name = report_extra_text(node, "name", arena),
        .gate = report_extra_text(node, "gate", arena),
        .reasons = texts(node, "reasons", arena),
        .target = {allowed.known, 1 - allowed.value},
        .remaining = report_extra_number(budget, "remaining"),
        .exhaustion_s = report_extra_number(budget, "exhaustion_s"),
        .share = report_extra_number(release, "share"),
        .share_lower = report_extra_number(release, "share_lower"),
        .share_upper = report_extra_number(release, "share_upper"),
        .halt_at = report_extra_number(release, "halt_at"),
    };
    read_counts(json_object_get(node, "counts"), arena, &objective);
    return objective;
}

size_t report_objectives_read(const json_t *result, struct arena *arena, struct report_objective **ret) {
    const json_t *list = json_object_get(result, "objectives");
    size_t count = json_array_size(list);
    *ret = arena_array(arena, count + 1, sizeof **ret);
    for (size_t i = 0; i < count; i++) (*ret)[i] = objective_of(json_array_get(list, i), arena);
    return count;
}

static const char *share_text(struct report_number share, struct arena *arena) {
    return text_value(arena, share.value, "ratio", false, false);
}

const char *report_objective_text(const struct report_objective *o, struct arena *arena) {
    const char *text =
        o->remaining.known ? arena_printf(arena, "%s of the budget left", share_text(o->remaining, arena)) : "budget not known";
    if (o->share.known) text = arena_printf(arena, "%s, release budget %s used", text, share_text(o->share, arena));
    if (o->share.known && o->halt_at.known) text = arena_printf(arena, "%s, halt at %s", text, share_text(o->halt_at, arena));
    if (*o->gate != '\0') text = arena_printf(arena, "%s: gate %s", text, o->gate);
    for (size_t i = 0; i < o->reasons.count; i++) text = arena_printf(arena, "%s; %s", text, o->reasons.items[i]);
    return text;
}
