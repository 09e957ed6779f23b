// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/readback.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define MOST_AGE_MS INT64_C(86400000) // an older verdict says nothing about what is rolled out now
#define MOST_POINTS ((size_t)100000)  // of all series; further ones are left out
#define FLAGGER "flagger:"

static struct view trim(struct view text) {
    while (text.len > 0 && isspace((unsigned char)text.ptr[0])) text.ptr++, text.len--;
    while (text.len > 0 && isspace((unsigned char)text.ptr[text.len - 1])) text.len--;
    return text;
}

// Takes "NAME ( inner )" apart.
static bool unwrap(struct view text, const char *name, struct view *ret_inner) {
    size_t len = strlen(name);
    if (text.len <= len || memcmp(text.ptr, name, len) != 0) return false;
    struct view rest = trim((struct view){text.ptr + len, text.len - len});
    if (rest.len < 2 || rest.ptr[0] != '(' || rest.ptr[rest.len - 1] != ')') return false;
    *ret_inner = trim((struct view){rest.ptr + 1, rest.len - 2});
    return true;
}

static bool read_number(struct view text, double *ret) {
    char copy[64], *end;
    if (text.len == 0 || text.len >= sizeof copy || !(isdigit((unsigned char)text.ptr[0]) || text.ptr[0] == '-')) return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    *ret = strtod(copy, &end);
    return *end == '\0' && isfinite(*ret);
}

static bool read_selector(struct view text, struct arena *arena, struct readback *ret, struct error *err) {
    struct matcher *matchers;
    size_t count;
    if (!selector_matchers(text, arena, &matchers, &count))
        return error_set(err, ERROR_USAGE, "only serin_verdict and serin_score with matchers, min, max and vector are understood");
    ret->matchers = arena_array(arena, count, sizeof *matchers);
    bool named = false;
    for (size_t i = 0; i < count; i++) {
        bool equal = matchers[i].type == MATCHER_EQUAL;
        if (!equal && matchers[i].type != MATCHER_NOT_EQUAL) return error_set(err, ERROR_USAGE, "only = and != are understood in matchers");
        if (!view_is(matchers[i].name, "__name__")) {
            ret->matchers[ret->count++] = matchers[i];
        } else if (equal && (view_is(matchers[i].value, "serin_verdict") || view_is(matchers[i].value, "serin_score"))) {
            ret->what = view_is(matchers[i].value, "serin_score") ? READBACK_SCORE : READBACK_VERDICT;
            named = true;
        } else {
            return error_set(err, ERROR_USAGE, "there are only the series serin_verdict and serin_score here; /metrics has all");
        }
    }
    return named || error_set(err, ERROR_USAGE, "the selector names no series: serin_verdict or serin_score");
}

bool readback_parse(struct view text, struct arena *arena, struct readback *ret, struct error *err) {
    struct view inner = trim(text);
    *ret = (struct readback){.what = READBACK_NUMBER};
    if (read_number(inner, &ret->number)) return true;
    if (unwrap(inner, "vector", &inner)) {
        ret->what = READBACK_VECTOR;
        return read_number(inner, &ret->number) || error_set(err, ERROR_USAGE, "vector() takes a number");
    }
    if (unwrap(inner, "min", &inner))
        ret->fold = READBACK_MIN;
    else if (unwrap(inner, "max", &inner))
        ret->fold = READBACK_MAX;
    return read_selector(inner, arena, ret, err);
}

const char *readback_demand(const struct readback *query, const char *label, struct arena *arena) {
    for (size_t i = 0; i < query->count; i++) {
        const struct matcher *m = &query->matchers[i];
        if (m->type == MATCHER_EQUAL && view_is(m->name, label) && m->value.len > 0)
            return arena_strndup(arena, m->value.ptr, m->value.len);
    }
    return NULL;
}

// Labels.

static struct view run_key(const struct store_analysis *row) {
    if (row->key == NULL || strncmp(row->key, FLAGGER, strlen(FLAGGER)) != 0) return (struct view){"", 0};
    const char *begin = row->key + strlen(FLAGGER);
    return (struct view){begin, strcspn(begin, ":")};
}

static struct view label(const struct store_analysis *row, struct view name) {
    if (view_is(name, "canary")) return view_of(row->canary);
    if (view_is(name, "version") && row->version != NULL) return view_of(row->version);
    if (view_is(name, "run_key")) return run_key(row);
    return (struct view){"", 0};
}

static bool matches(const struct readback *query, const struct store_analysis *row) {
    for (size_t i = 0; i < query->count; i++) {
        const struct matcher *m = &query->matchers[i];
        if (view_same(label(row, m->name), m->value) != (m->type == MATCHER_EQUAL)) return false;
    }
    return true;
}

static bool same_series(const struct store_analysis *a, const struct store_analysis *b) {
    return strcmp(a->canary, b->canary) == 0 && view_same(run_key(a), run_key(b));
}

static json_t *labels(const struct readback *query, const struct store_analysis *row) {
    json_t *object = json_object();
    struct view key = run_key(row);
    if (query->fold != READBACK_EACH) return object;
    json_object_set_new(object, "__name__", json_string(query->what == READBACK_SCORE ? "serin_score" : "serin_verdict"));
    json_object_set_new(object, "canary", json_string(row->canary));
    if (row->version != NULL) json_object_set_new(object, "version", json_string(row->version));
    if (key.len > 0) json_object_set_new(object, "run_key", json_stringn(key.ptr, key.len));
    return object;
}

// Values.

static double verdict_value(const struct store_analysis *row) {
    if (row->state != STORE_DONE || row->verdict == NULL) return (double)NAN; // called off
    if (strcmp(row->verdict, "pass") == 0) return 1;
    if (strcmp(row->verdict, "fail") == 0) return -1;
    return strcmp(row->verdict, "error") == 0 ? (double)NAN : 0;
}

// The value as it was known at that time; NaN: absent.
static double value_at(const struct readback *query, const struct store_analysis *row, int64_t at_ms) {
    bool decided = row->state != STORE_OPEN && row->finished_ms <= at_ms;
    if (!decided) return query->what == READBACK_VERDICT ? 0 : (double)NAN;
    if (at_ms - row->finished_ms > MOST_AGE_MS) return (double)NAN;
    return query->what == READBACK_VERDICT ? verdict_value(row) : row->score;
}

// The matching analyses of the series, newest first.
static size_t rows_of(const struct readback *query, const struct store_analyses *rows, const struct store_analysis *series,
                      const struct store_analysis **ret) {
    size_t count = 0;
    for (size_t i = 0; i < rows->count; i++) {
        const struct store_analysis *row = &rows->items[i];
        if (same_series(row, series) && matches(query, row)) ret[count++] = row;
    }
    return count;
}

static double newest_at(const struct readback *query, const struct store_analysis *const *rows, size_t count, int64_t at_ms) {
    for (size_t i = 0; i < count; i++) {
        if (rows[i]->created_ms <= at_ms) return value_at(query, rows[i], at_ms);
    }
    return (double)NAN;
}

static bool is_first_of_series(const struct readback *query, const struct store_analyses *rows, size_t i) {
    if (!matches(query, &rows->items[i])) return false;
    for (size_t k = 0; k < i; k++) {
        if (same_series(&rows->items[k], &rows->items[i]) && matches(query, &rows->items[k])) return false;
    }
    return true;
}

static json_t *sample(int64_t at_ms, double value) {
    struct buf text;
    buf_init(&text, 64);
    buf_double(&text, value);
    json_t *pair = json_pack("[f,s]", (double)at_ms / 1000, buf_text(&text));
    buf_finish(&text);
    return pair;
}

struct points {                       // of one series; NaN: absent
    const struct store_analysis *row; // the newest one
    double *values;
};

static double fold(enum readback_fold how, double a, double b) {
    if (isnan(a)) return b;
    if (isnan(b)) return a;
    return how == READBACK_MIN ? fmin(a, b) : fmax(a, b);
}

// Fills in a value for each series and step, and returns how many series there are; with min or max all are folded into one.
static size_t evaluate(const struct readback *query, const struct store_analyses *rows, int64_t start_ms, int64_t step_ms, size_t steps,
                       struct points *points) {
    const struct store_analysis **own = mem_zero(rows->count + 1, sizeof(struct store_analysis *));
    size_t count = 0;
    for (size_t i = 0; i < rows->count && count < MOST_POINTS / steps; i++) {
        if (!is_first_of_series(query, rows, i)) continue;
        size_t own_count = rows_of(query, rows, &rows->items[i], own);
        bool folds = query->fold != READBACK_EACH && count > 0;
        struct points *p = folds ? &points[0] : &points[count++];
        if (!folds) *p = (struct points){&rows->items[i], mem_zero(steps, sizeof(double))};
        for (size_t k = 0; k < steps; k++) {
            double value = newest_at(query, own, own_count, start_ms + (int64_t)k * step_ms);
            p->values[k] = folds ? fold(query->fold, p->values[k], value) : value;
        }
    }
    free(own);
    return count;
}

static json_t *series_view(const struct readback *query, const struct points *p, int64_t start_ms, int64_t step_ms, size_t steps) {
    json_t *values = json_array();
    for (size_t k = 0; k < steps; k++) {
        if (!isnan(p->values[k])) json_array_append_new(values, sample(start_ms + (int64_t)k * step_ms, p->values[k]));
    }
    json_t *item = json_array_size(values) > 0 ? json_pack("{s:o,s:O}", "metric", labels(query, p->row), "values", values) : NULL;
    json_decref(values);
    return item;
}

json_t *readback_range(const struct readback *query, const struct store_analyses *rows, int64_t start_ms, int64_t end_ms, int64_t step_ms) {
    size_t steps = (size_t)((end_ms - start_ms) / step_ms) + 1, count;
    json_t *result = json_array();
    if (query->what == READBACK_NUMBER || query->what == READBACK_VECTOR) {
        json_t *values = json_array();
        for (size_t k = 0; k < steps; k++) json_array_append_new(values, sample(start_ms + (int64_t)k * step_ms, query->number));
        json_array_append_new(result, json_pack("{s:{},s:o}", "metric", "values", values));
    } else {
        struct points *points = mem_zero(rows->count + 1, sizeof *points);
        count = evaluate(query, rows, start_ms, step_ms, steps, points);
        for (size_t i = 0; i < count; i++) {
            json_t *item = series_view(query, &points[i], start_ms, step_ms, steps);
            if (item != NULL) json_array_append_new(result, item);
            free(points[i].values);
        }
        free(points);
    }
    return json_pack("{s:s,s:o}", "resultType", "matrix", "result", result);
}

json_t *readback_instant(const struct readback *query, const struct store_analyses *rows, int64_t at_ms) {
    if (query->what == READBACK_NUMBER) return json_pack("{s:s,s:o}", "resultType", "scalar", "result", sample(at_ms, query->number));
    json_t *matrix = readback_range(query, rows, at_ms, at_ms, 1), *result = json_array(), *item;
    size_t i;
    json_array_foreach(json_object_get(matrix, "result"), i, item) {
        json_array_append_new(result, json_pack("{s:O,s:O}", "metric", json_object_get(item, "metric"), "value",
                                                json_array_get(json_object_get(item, "values"), 0)));
    }
    json_decref(matrix);
    return json_pack("{s:s,s:o}", "resultType", "vector", "result", result);
}
