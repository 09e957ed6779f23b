// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/judge_pairs.h"

#include <math.h>
#include <string.h>

#include "analyzer/result.h"

#define MOST_PAIRS ((size_t)10000)
#define MOST_VALUES ((size_t)1000000)
#define STEP_MS 60000
#define MOST_MS ((json_int_t)1 << 53)

struct reader {
    const struct canary_config *config;
    struct arena *arena;
    struct error *err;
    size_t pair; // index of the one being read
};

static bool wrong(const struct reader *r, const char *member, const char *expected) {
    return error_set(r->err, ERROR_DATA, "[%zu].%s: expected %s", r->pair, member, expected);
}

// A number, or one of those that JSON cannot write.
static bool read_value(const json_t *value, double *ret) {
    const char *text = json_string_value(value);
    if (json_is_number(value)) *ret = json_number_value(value);
    if (json_is_number(value)) return true;
    if (text == NULL) return false;
    if (strcmp(text, "NaN") == 0) return *ret = (double)NAN, true;
    if (strcmp(text, "Infinity") == 0) return *ret = (double)INFINITY, true;
    if (strcmp(text, "-Infinity") == 0) return *ret = -(double)INFINITY, true;
    return false;
}

static void fill_trend(struct side_samples *side) {
    for (size_t k = 0; k < TREND_POINTS; k++) {
        size_t count = 0;
        double sum = 0;
        for (size_t i = k * side->count / TREND_POINTS; i < (k + 1) * side->count / TREND_POINTS; i++) {
            if (isnan(side->values[i])) continue;
            sum += side->values[i];
            count++;
        }
        side->trend[k] = count > 0 ? sum / (double)count : (double)NAN;
    }
}

static bool read_side(const struct reader *r, const json_t *pair, const char *name, struct side_samples *ret) {
    const json_t *list = json_object_get(json_object_get(pair, "values"), name);
    if (!json_is_array(list)) return error_set(r->err, ERROR_DATA, "[%zu].values.%s: expected a list", r->pair, name);
    size_t count = json_array_size(list);
    if (count > MOST_VALUES) return error_set(r->err, ERROR_LIMIT, "[%zu].values.%s: more than %zu values", r->pair, name, MOST_VALUES);
    *ret = (struct side_samples){.values = arena_array(r->arena, count, sizeof *ret->values),
                                 .count = count,
                                 .lengths = arena_alloc(r->arena, sizeof *ret->lengths),
                                 .series_count = 1};
    ret->lengths[0] = count;
    for (size_t i = 0; i < count; i++) {
        if (!read_value(json_array_get(list, i), &ret->values[i]))
            return error_set(r->err, ERROR_DATA, "[%zu].values.%s[%zu]: expected a number or \"NaN\"", r->pair, name, i);
    }
    fill_trend(ret);
    return true;
}

static bool read_tags(const struct reader *r, const json_t *pair, struct name_values *ret) {
    json_t *tags = json_object_get(pair, "tags"), *value;
    const char *name;
    if (tags == NULL || json_is_null(tags)) return true;
    if (!json_is_object(tags)) return wrong(r, "tags", "an object");
    ret->items = arena_array(r->arena, json_object_size(tags), sizeof *ret->items);
    json_object_foreach(tags, name, value) {
        if (!json_is_string(value)) return wrong(r, "tags", "texts");
        ret->items[ret->count++] =
            (struct name_value){.name = arena_strdup(r->arena, name), .value = arena_strdup(r->arena, json_string_value(value))};
    }
    return true;
}

static bool find_metric(const struct reader *r, const json_t *pair, size_t *ret) {
    const char *name = json_string_value(json_object_get(pair, "name"));
    if (name == NULL) return wrong(r, "name", "a text");
    for (size_t i = 0; i < r->config->metric_count; i++) {
        *ret = i;
        if (strcmp(r->config->metrics[i].name, name) == 0) return true;
    }
    return error_set(r->err, ERROR_DATA, "[%zu].name: the config has no metric called %.200s", r->pair, name);
}

static bool read_pair(const struct reader *r, const json_t *pair, struct metric_samples *ret) {
    *ret = (struct metric_samples){0};
    if (!json_is_object(pair)) return error_set(r->err, ERROR_DATA, "[%zu]: expected an object", r->pair);
    return find_metric(r, pair, &ret->metric) && read_tags(r, pair, &ret->tags) &&
           read_side(r, pair, "control", &ret->sides[SIDE_BASELINE]) && read_side(r, pair, "experiment", &ret->sides[SIDE_CANARY]);
}

// In the order of the config; the few metrics of a config need no better sort.
static void order_by_metric(const struct metric_samples *read, size_t count, size_t metric_count, struct metric_samples *ret) {
    size_t at = 0;
    for (size_t m = 0; m < metric_count; m++) {
        for (size_t i = 0; i < count; i++) {
            if (read[i].metric == m) ret[at++] = read[i];
        }
    }
}

// As the judge serin wants them.
static void make_columns(const struct canary_config *config, int64_t step_ms, struct arena *arena, struct metric_samples *m) {
    const double *const values[] = {m->sides[SIDE_BASELINE].values, m->sides[SIDE_CANARY].values};
    const size_t counts[] = {m->sides[SIDE_BASELINE].count, m->sides[SIDE_CANARY].count};
    bool zero = config->metrics[m->metric].judge.nan_strategy == KAYENTA_NAN_REPLACE;
    step_columns_of_values(values, counts, zero, step_ms, arena, &m->columns);
}

static bool read_pairs(struct reader *r, const json_t *list, struct samples *ret) {
    size_t count = json_array_size(list);
    if (!json_is_array(list)) return error_set(r->err, ERROR_DATA, "expected a list of metric set pairs");
    if (count > MOST_PAIRS) return error_set(r->err, ERROR_LIMIT, "more than %zu metric set pairs", MOST_PAIRS);
    struct metric_samples *read = arena_array(r->arena, count, sizeof *read);
    *ret = (struct samples){arena_array(r->arena, count, sizeof *ret->items), count};
    for (r->pair = 0; r->pair < count; r->pair++) {
        if (!read_pair(r, json_array_get(list, r->pair), &read[r->pair])) return false;
    }
    order_by_metric(read, count, r->config->metric_count, ret->items);
    return true;
}

// A time or a duration of a side, or `otherwise`.
static int64_t scope_ms(const json_t *pair, const char *side, const char *name, int64_t least, int64_t otherwise) {
    const json_t *value = json_object_get(json_object_get(json_object_get(pair, "scopes"), side), name);
    json_int_t ms = json_integer_value(value);
    return json_is_integer(value) && ms >= least && ms < MOST_MS ? (int64_t)ms : otherwise;
}

// When the data were seen, as the first pair says.
static struct plan plan_of(const struct canary_config *config, const json_t *list, const struct samples *samples, int64_t *ret_step_ms) {
    const json_t *first = json_array_get(list, 0);
    int64_t start = scope_ms(first, "experiment", "startTimeMillis", 0, 0), step = scope_ms(first, "experiment", "stepMillis", 1, STEP_MS);
    size_t longest = 1;
    for (size_t i = 0; i < samples->count; i++) {
        for (int side = 0; side < SIDE_COUNT; side++) {
            if (samples->items[i].sides[side].count > longest) longest = samples->items[i].sides[side].count;
        }
    }
    if (step > MOST_MS / (int64_t)longest) step = STEP_MS;
    *ret_step_ms = step;
    struct plan plan = {.config = config, .start_ms = start, .end_ms = start + (int64_t)longest * step};
    plan.shift_ms[SIDE_BASELINE] = start - scope_ms(first, "control", "startTimeMillis", 0, start);
    return plan;
}

static json_t *judge_list(const struct canary_config *config, const json_t *list, struct arena *arena, struct error *err) {
    struct reader r = {.config = config, .arena = arena, .err = err};
    struct samples samples;
    struct verdict verdict;
    if (!read_pairs(&r, list, &samples)) return NULL;
    int64_t step_ms;
    struct plan plan = plan_of(config, list, &samples, &step_ms);
    for (size_t i = 0; i < samples.count; i++) make_columns(config, step_ms, arena, &samples.items[i]);
    if (!verdict_make(&plan, &samples, NULL, arena, &verdict, err)) return NULL;
    return result_build(&(struct result_input){.plan = &plan, .verdict = &verdict});
}

json_t *judge_pairs(const struct judge_pairs_input *input, struct arena *arena, struct findings *findings, struct error *err) {
    struct canary_config *config = arena_alloc(arena, sizeof *config);
    json_error_t reason;
    json_t *result = NULL;
    if (!config_read(input->config, input->config_file, input->overrides, arena, findings, config)) {
        error_set(err, ERROR_CONFIG, "%s: %zu error%s in the config", input->config_file, findings->errors,
                  findings->errors == 1 ? "" : "s");
        return NULL;
    }
    config->scopes[SIDE_BASELINE].source = config->scopes[SIDE_CANARY].source = input->pairs_file;
    if (config->metrics[0].kayenta == NULL) {
        error_set(err, ERROR_CONFIG, "%s: metric set pairs are judged by a Kayenta canary config, and this is none", input->config_file);
        return NULL;
    }
    json_t *list = json_loadb(input->pairs.ptr, input->pairs.len, JSON_REJECT_DUPLICATES, &reason);
    if (list == NULL) {
        error_set(err, ERROR_DATA, "not JSON: %s, line %d, column %d", reason.text, reason.line, reason.column);
    } else {
        result = judge_list(config, list, arena, err);
    }
    if (result == NULL) error_prefix(err, "%s", input->pairs_file);
    json_decref(list);
    return result;
}
