// SPDX-License-Identifier: GPL-3.0-or-later
#include "report_extra.h"

#include <string.h>

#include "doc_reader.h"

const char *report_extra_text(const json_t *node, const char *key, struct arena *arena) {
    const json_t *text = json_object_get(node, key);
    return json_is_string(text) ? text_clean(arena, json_string_value(text), json_string_length(text), false) : "";
}

struct report_number report_extra_number(const json_t *node, const char *key) {
    struct report_number found = {0};
    const json_t *member = json_object_get(node, key);
    if (member != NULL) doc_number_of(member, &found);
    return found;
}

static struct report_stats stats(const json_t *side) {
    return (struct report_stats){report_extra_number(side, "min"), report_extra_number(side, "max"), report_extra_number(side, "mean"),
                                 report_extra_number(side, "std")};
}

static const char *tags_of(const json_t *tags, struct arena *arena) {
    const char *name, *text = "";
    json_t *value;
    json_object_foreach(report_iterable(tags), name, value) {
        const char *clean = text_clean(arena, name, strlen(name), false);
        text = arena_printf(arena, "%s%s%s=%s", text, *text == '\0' ? "" : ",", clean, report_extra_text(tags, name, arena));
    }
    return text;
}

void report_extra_read(const json_t *result, size_t i, struct arena *arena, struct report_extra *ret) {
    const json_t *metric = json_array_get(json_object_get(result, "metrics"), i);
    const json_t *shift = json_object_get(metric, "shift"), *effect = json_object_get(metric, "effect");
    const json_t *tolerance = json_object_get(metric, "tolerance");
    *ret = (struct report_extra){
        .name = report_extra_text(metric, "name", arena),
        .tags = tags_of(json_object_get(metric, "tags"), arena),
        .kind = report_extra_text(metric, "kind", arena),
        .direction = report_extra_text(metric, "direction", arena),
        .estimate = report_extra_number(shift, "estimate"),
        .confidence = report_extra_number(shift, "confidence"),
        .measure = report_extra_text(effect, "measure", arena),
        .effect = report_extra_number(effect, "value"),
        .relative = report_extra_number(tolerance, "relative"),
        .absolute = report_extra_number(tolerance, "absolute"),
        .harm = report_extra_number(tolerance, "harm"),
        .baseline = stats(json_object_get(metric, "baseline")),
        .canary = stats(json_object_get(metric, "canary")),
    };
}

size_t report_quantiles_read(const json_t *result, size_t i, struct arena *arena, struct report_quantile **ret) {
    const json_t *quantiles = json_object_get(json_array_get(json_object_get(result, "metrics"), i), "quantiles");
    const json_t *baseline = json_object_get(quantiles, "baseline"), *canary = json_object_get(quantiles, "canary");
    struct report_quantile *items = arena_array(arena, json_array_size(baseline) + 1, sizeof *items);
    size_t count = 0;
    for (size_t k = 0; k < json_array_size(baseline); k++) {
        const json_t *before = json_array_get(baseline, k), *after = json_array_get(canary, k);
        struct report_number quantile = report_extra_number(before, "quantile");
        if (!quantile.known) continue;
        items[count++] =
            (struct report_quantile){quantile.value, report_extra_number(before, "value"), report_extra_number(after, "value")};
    }
    *ret = items;
    return count;
}

size_t report_tests_read(const json_t *result, size_t i, struct arena *arena, struct report_test **ret) {
    const json_t *evidence = json_object_get(json_array_get(json_object_get(result, "metrics"), i), "evidence");
    const json_t *parts = json_object_get(evidence, "parts");
    size_t count = json_array_size(parts);
    struct report_test *tests = arena_array(arena, count + 1, sizeof *tests);
    for (size_t k = 0; k < count; k++) {
        const json_t *part = json_array_get(parts, k);
        tests[k] = (struct report_test){.name = report_extra_text(part, "part", arena),
                                        .edge = report_extra_number(part, "edge"),
                                        .share = report_extra_number(part, "share"),
                                        .p = report_extra_number(part, "p"),
                                        .fails = json_is_true(json_object_get(part, "fails")),
                                        .blocks = json_is_true(json_object_get(part, "blocks"))};
    }
    *ret = tests;
    return count;
}
