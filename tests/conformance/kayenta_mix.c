// SPDX-License-Identifier: GPL-3.0-or-later
// Cases of pairing, with sets given or read from answers of range queries.
#include "analyzer/kayenta_mix.h"

#include <stdlib.h>
#include <string.h>

#include "base/timetext.h"
#include "conform.h"
#include "query/decode.h"

struct list { // sets of one side; values on the heap
    struct kayenta_set *items;
    size_t count;
};

static void read_tags(const json_t *json, struct arena *arena, struct kayenta_tags *ret) {
    json_t *map = (json_t *)(uintptr_t)json;
    *ret = (struct kayenta_tags){arena_array(arena, json_object_size(json) + 1, sizeof *ret->items), 0};
    for (void *at = json_object_iter(map); at != NULL; at = json_object_iter_next(map, at)) {
        const char *value = conform_scalar(json_object_iter_value(at), arena);
        ret->items[ret->count++] = (struct kayenta_tag){json_object_iter_key(at), value != NULL ? value : ""};
    }
    kayenta_tags_sort(ret);
}

static bool read_time(const json_t *set, const char *millis, const char *iso, int64_t *ret, struct error *err) {
    const char *text = conform_text(set, iso);
    *ret = conform_integer(set, millis, 0);
    if (json_is_number(json_object_get(set, millis)) || text == NULL) return true;
    return time_parse(view_of(text), ret) || error_set(err, ERROR_DATA, "%s is no time", iso);
}

static bool read_set(const json_t *json, struct arena *arena, struct kayenta_set *ret, struct error *err) {
    struct conform_numbers values;
    *ret = (struct kayenta_set){.name = conform_text(json, "name"), .origin = json};
    read_tags(json_object_get(json, "tags"), arena, &ret->tags);
    bool good = conform_numbers(json_object_get(json, "values"), &values);
    ret->values = values.values;
    ret->count = values.count;
    ret->step_ms = conform_integer(json, "stepMillis", conform_integer(json, "stepSecs", 0) * 1000);
    if (!good) return error_set(err, ERROR_DATA, "a value is not a number");
    return read_time(json, "startTimeMillis", "startTimeIso", &ret->start_ms, err) &&
           read_time(json, "endTimeMillis", "endTimeIso", &ret->end_ms, err);
}

static void free_list(struct list *list) {
    for (size_t i = 0; i < list->count; i++) free((void *)(uintptr_t)list->items[i].values);
}

static bool read_list(const json_t *json, struct arena *arena, struct list *ret, struct error *err) {
    *ret = (struct list){arena_array(arena, json_array_size(json) + 1, sizeof *ret->items), 0};
    for (size_t i = 0; i < json_array_size(json); i++) {
        if (!read_set(json_array_get(json, i), arena, &ret->items[ret->count++], err)) return false;
    }
    return true;
}

static json_t *tags_json(const struct kayenta_tags *tags) {
    json_t *out = json_object();
    for (size_t i = 0; i < tags->count; i++) json_object_set_new(out, tags->items[i].name, json_string(tags->items[i].value));
    return out;
}

static json_t *attributes_json(const struct kayenta_set *set) {
    json_t *found = json_object_get(set->origin, "attributes");
    return found != NULL ? json_incref(found) : json_object();
}

static json_t *scope_json(const struct kayenta_set *set) {
    struct buf text;
    buf_init(&text, 64);
    time_format(&text, set->start_ms);
    json_t *out = json_pack("{s:s, s:I, s:I}", "startTimeIso", buf_text(&text), "startTimeMillis", (json_int_t)set->start_ms, "stepMillis",
                            (json_int_t)set->step_ms);
    buf_finish(&text);
    return out;
}

static json_t *pair_json(const struct kayenta_pair *pair) {
    const struct kayenta_set *x = &pair->control, *y = &pair->experiment;
    return json_pack("{s:s, s:o, s:{s:o, s:o}, s:{s:o, s:o}, s:{s:o, s:o}}", "name", x->name, "tags", tags_json(&x->tags), "values",
                     "control", conform_reals(x->values, x->count), "experiment", conform_reals(y->values, y->count), "attributes",
                     "control", attributes_json(x), "experiment", attributes_json(y), "scopes", "control", scope_json(x), "experiment",
                     scope_json(y));
}

static json_t *mix_one(const json_t *inputs, struct error *err) {
    struct arena arena = {0};
    struct kayenta_set control, experiment = {0};
    struct kayenta_pair pair;
    json_t *out = NULL;
    if (read_set(json_object_get(inputs, "control"), &arena, &control, err) &&
        read_set(json_object_get(inputs, "experiment"), &arena, &experiment, err) &&
        kayenta_mix_one(&control, &experiment, &arena, &pair, err))
        out = pair_json(&pair);
    free((void *)(uintptr_t)control.values);
    free((void *)(uintptr_t)experiment.values);
    arena_finish(&arena);
    return out;
}

static json_t *mix_lists(const char *const *metrics, size_t count, const struct list *control, const struct list *experiment,
                         struct arena *arena, struct error *err) {
    struct kayenta_sets x = {control->items, control->count}, y = {experiment->items, experiment->count};
    struct kayenta_pairs pairs;
    json_t *out = NULL;
    if (kayenta_mix_all(metrics, count, x, y, arena, &pairs, err)) {
        json_t *array = json_array();
        for (size_t i = 0; i < pairs.count; i++) json_array_append_new(array, pair_json(&pairs.items[i]));
        out = json_pack("{s:o, s:I}", "pairs", array, "pairCount", (json_int_t)pairs.count);
    }
    free(pairs.items);
    return out;
}

static json_t *mix_all(const json_t *inputs, struct error *err) {
    struct arena arena = {0};
    struct list control, experiment = {0};
    const json_t *names = json_object_get(inputs, "metrics");
    const char **metrics = arena_array(&arena, json_array_size(names) + 1, sizeof *metrics);
    for (size_t i = 0; i < json_array_size(names); i++) {
        const json_t *name = json_array_get(names, i);
        const char *text = json_is_object(name) ? conform_text(name, "name") : json_string_value(name);
        metrics[i] = text != NULL ? text : "";
    }
    json_t *out = NULL;
    if (read_list(json_object_get(inputs, "control"), &arena, &control, err) &&
        read_list(json_object_get(inputs, "experiment"), &arena, &experiment, err))
        out = mix_lists(metrics, json_array_size(names), &control, &experiment, &arena, err);
    free_list(&control);
    free_list(&experiment);
    arena_finish(&arena);
    return out;
}

static json_t *set_key(const json_t *inputs, struct error *err) {
    const json_t *nested = json_object_get(inputs, "metricSet");
    struct arena arena = {0};
    struct kayenta_set set;
    struct buf text;
    buf_init(&text, (size_t)1 << 20);
    bool ok = read_set(nested != NULL ? nested : inputs, &arena, &set, err) && kayenta_set_key(&set, &text, err);
    json_t *out = ok ? json_pack("{s:s}", "key", buf_text(&text)) : NULL;
    buf_finish(&text);
    free((void *)(uintptr_t)set.values);
    arena_finish(&arena);
    return out;
}

static bool decode(const json_t *response, struct series_set *set, struct error *err) {
    char *text = json_is_string(response) ? NULL : json_dumps(response, JSON_COMPACT | JSON_REAL_PRECISION(17));
    const char *body = text != NULL ? text : json_string_value(response);
    struct decode_result result = {0};
    struct decoder *decoder = decoder_create(200, "application/json", NULL, set);
    if (body != NULL) decoder_feed(decoder, body, strlen(body));
    decoder_end(decoder, &result);
    decoder_destroy(decoder);
    free(text);
    return result.outcome == DECODE_OK || error_set(err, ERROR_DATA, "%s", result.err.text);
}

// As Kayenta reads a series: steps in whole seconds between the first two points, the end counted from there.
static int64_t step_seconds(const struct series *series) {
    return series->count > 1 ? (series->time_ms[1] - series->time_ms[0]) / 1000 : 0;
}

static json_t *series_json(const struct series *series) {
    json_t *tags = json_object();
    for (size_t i = 0; i < series->labels.count; i++) {
        const struct label *label = &series->labels.items[i];
        if (view_is(label->name, "__name__")) continue;
        json_object_setn_new(tags, label->name.ptr, label->name.len, json_stringn(label->value.ptr, label->value.len));
    }
    int64_t start = series->count > 0 ? series->time_ms[0] : 0, step = step_seconds(series);
    return json_pack("{s:I, s:I, s:I, s:I, s:o, s:o, s:{}}", "startTimeMillis", (json_int_t)start, "endTimeMillis",
                     (json_int_t)(start + (int64_t)series->count * step * 1000), "stepSecs", (json_int_t)step, "stepMillis",
                     (json_int_t)(step * 1000), "tags", tags, "values", conform_reals(series->value, series->count), "attributes");
}

// A list of series, json null when there are none; NULL when the answer cannot be used.
static json_t *read_answer(const json_t *response, struct error *err) {
    struct series_set set;
    series_set_init(&set);
    json_t *list = NULL;
    if (decode(response, &set, err)) {
        list = set.count > 0 ? json_array() : json_null();
        for (size_t i = 0; i < set.count; i++) json_array_append_new(list, series_json(&set.items[i]));
    }
    series_set_finish(&set);
    return list;
}

static json_t *parse_range(const json_t *inputs, struct error *err) {
    static const char *const names[] = {"response", "body", NULL};
    json_t *series = read_answer(conform_any(inputs, names), err);
    return series != NULL ? json_pack("{s:o}", "series", series) : NULL;
}

// The placeholder for a side without series: the range asked for and no value.
static json_t *placeholder(const json_t *inputs) {
    static const char *const starts[] = {"start", "startTimeIso", "startIso", NULL}, *const ends[] = {"end", "endTimeIso", "endIso", NULL};
    static const char *const steps[] = {"step", "stepSecs", "stepSeconds", NULL};
    const json_t *scope = json_object_get(inputs, "scope");
    const json_t *from = json_is_object(scope) ? scope : inputs;
    double step = 60;
    int64_t times[2] = {0, 0};
    const json_t *texts[] = {conform_any(from, starts), conform_any(from, ends)};
    for (size_t i = 0; i < 2; i++) {
        if (json_is_number(texts[i]))
            times[i] = (int64_t)json_number_value(texts[i]);
        else if (json_is_string(texts[i]))
            time_parse(view_of(json_string_value(texts[i])), &times[i]);
    }
    conform_number(conform_any(from, steps), &step);
    return json_pack("[{s:I, s:I, s:I, s:{}, s:[], s:{}}]", "startTimeMillis",
                     (json_int_t)conform_integer(from, "startTimeMillis", times[0]), "endTimeMillis",
                     (json_int_t)conform_integer(from, "endTimeMillis", times[1]), "stepMillis",
                     (json_int_t)conform_integer(from, "stepMillis", (int64_t)(step * 1000)), "tags", "values", "attributes");
}

static json_t *fetch_side(const json_t *inputs, const char *const *names, const char *metric, struct error *err) {
    json_t *list = read_answer(conform_any(inputs, names), err);
    if (json_is_null(list)) {
        json_decref(list);
        list = placeholder(inputs);
    }
    for (size_t i = 0; i < json_array_size(list); i++) json_object_set_new(json_array_get(list, i), "name", json_string(metric));
    return list;
}

static json_t *fetch_and_mix(const json_t *inputs, struct error *err) {
    static const char *const control_names[] = {"controlResponse", "control", "controlBody", NULL};
    static const char *const experiment_names[] = {"experimentResponse", "experiment", "experimentBody", NULL};
    static const char *const metric_names[] = {"metricName", "metric", "name", NULL};
    const json_t *named = conform_any(inputs, metric_names);
    const char *metric = json_is_string(named) ? json_string_value(named) : "metric";
    struct arena arena = {0};
    struct list control = {0}, experiment = {0};
    json_t *out = NULL, *x = fetch_side(inputs, control_names, metric, err), *y = fetch_side(inputs, experiment_names, metric, err);
    if (x != NULL && y != NULL && read_list(x, &arena, &control, err) && read_list(y, &arena, &experiment, err))
        out = mix_lists(&metric, 1, &control, &experiment, &arena, err);
    free_list(&control);
    free_list(&experiment);
    json_decref(x);
    json_decref(y);
    arena_finish(&arena);
    return out;
}

const struct conform_kind conform_kayenta_mix[] = {
    {"mixer.mix_one", mix_one},
    {"mixer.mix_all", mix_all},
    {"metricset.key", set_key},
    {"prom.parse_range", parse_range},
    {"prom.fetch_and_mix", fetch_and_mix},
    {NULL, NULL},
};
