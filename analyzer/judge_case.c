// SPDX-License-Identifier: GPL-3.0-or-later
#include "judge_case.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"

#define MOST_STEPS ((size_t)100000)
#define MOST_BUCKETS ((size_t)1000)
#define MOST_BUCKET_COUNTS ((size_t)10000000)
#define MOST_ID ((size_t)1000)
#define RATIO_TOLERANCE 0.25 // where none is given; of values that of evidence_settings_default()

enum { TYPE_GAUGE, TYPE_COUNT, TYPE_RATIO, TYPE_HISTOGRAM };

struct reader {
    const json_t *object;
    struct arena *arena;
    struct error *err;
};

struct column_read {
    double *values;
    size_t count;
};

static bool wrong(const struct reader *r, const char *name, const char *expected) {
    return error_set(r->err, ERROR_DATA, "%s: expected %s", name, expected);
}

// Leaves *ret as it is when the member is not there.
static bool read_word(const struct reader *r, const char *name, const char *const *words, size_t count, size_t *ret) {
    const json_t *member = json_object_get(r->object, name);
    const char *value = json_string_value(member);
    struct buf list;
    if (member == NULL) return true;
    for (size_t i = 0; value != NULL && i < count; i++) {
        if (strcmp(value, words[i]) != 0) continue;
        *ret = i;
        return true;
    }
    buf_init(&list, 256);
    for (size_t i = 0; i < count; i++) buf_printf(&list, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ", words[i]);
    wrong(r, name, buf_text(&list));
    buf_finish(&list);
    return false;
}

// Leaves *ret as it is when the member is not there.
static bool read_number(const struct reader *r, const char *name, double *ret) {
    const json_t *value = json_object_get(r->object, name);
    if (value == NULL) return true;
    if (!json_is_number(value)) return wrong(r, name, "a number");
    *ret = json_number_value(value);
    return true;
}

// NaN past the end of the list and for null.
static bool read_values(const struct reader *r, const char *name, const json_t *list, size_t room, double *ret) {
    size_t count = json_array_size(list);
    for (size_t i = 0; i < room; i++) {
        const json_t *value = i < count ? json_array_get(list, i) : NULL;
        if (value != NULL && !json_is_number(value) && !json_is_null(value))
            return error_set(r->err, ERROR_DATA, "%s[%zu]: expected a number or null", name, i);
        ret[i] = json_is_number(value) ? json_number_value(value) : (double)NAN;
    }
    return true;
}

static bool find_list(const struct reader *r, const char *name, size_t most, const json_t **ret) {
    *ret = json_object_get(r->object, name);
    if (!json_is_array(*ret)) return wrong(r, name, "a list");
    if (json_array_size(*ret) > most) return error_set(r->err, ERROR_LIMIT, "%s: more than %zu items", name, most);
    return true;
}

// Two lists that are aligned at their first items; the shorter one is filled up with missing values.
static bool read_pair(const struct reader *r, const char *baseline, const char *canary, struct column_read *ret_b,
                      struct column_read *ret_c) {
    const json_t *b, *c;
    if (!find_list(r, baseline, MOST_STEPS, &b) || !find_list(r, canary, MOST_STEPS, &c)) return false;
    size_t count = json_array_size(b) > json_array_size(c) ? json_array_size(b) : json_array_size(c);
    *ret_b = (struct column_read){arena_array(r->arena, count, sizeof(double)), count};
    *ret_c = (struct column_read){arena_array(r->arena, count, sizeof(double)), count};
    return read_values(r, baseline, b, count, ret_b->values) && read_values(r, canary, c, count, ret_c->values);
}

static bool read_series(const struct reader *r, struct judge_case *ret) {
    struct column_read b, c;
    if (!read_pair(r, "baseline", "canary", &b, &c)) return false;
    ret->steps = b.count;
    ret->data.series = (struct series_columns){.baseline = b.values, .canary = c.values, .count = b.count};
    if (json_object_get(r->object, "baseline_pre") == NULL && json_object_get(r->object, "canary_pre") == NULL) return true;
    if (!read_pair(r, "baseline_pre", "canary_pre", &b, &c)) return false;
    ret->data.series.baseline_before = b.values;
    ret->data.series.canary_before = c.values;
    ret->data.series.before_count = b.count;
    return true;
}

static bool read_counts(const struct reader *r, struct judge_case *ret) {
    struct column_read b, c, b_total, c_total;
    if (!read_pair(r, "baseline", "canary", &b, &c)) return false;
    if (!read_pair(r, "baseline_total", "canary_total", &b_total, &c_total)) return false;
    if (b.count != b_total.count) return wrong(r, "baseline_total", "as many totals as there are counts");
    ret->steps = b.count;
    ret->data.counts = (struct count_columns){{b.values, b_total.values}, {c.values, c_total.values}, b.count};
    return true;
}

// The last bound may be "+Inf" or be left out.
static bool read_bounds(const struct reader *r, struct histogram_columns *ret) {
    const json_t *list;
    if (!find_list(r, "le", MOST_BUCKETS, &list)) return false;
    size_t count = json_array_size(list);
    const char *last = count > 0 ? json_string_value(json_array_get(list, count - 1)) : NULL;
    if (last != NULL && strcmp(last, "+Inf") == 0) count--;
    double *bounds = arena_array(r->arena, count, sizeof *bounds);
    if (!read_values(r, "le", list, count, bounds)) return false;
    for (size_t k = 0; k < count; k++) {
        if (!isfinite(bounds[k]) || (k > 0 && bounds[k] <= bounds[k - 1])) return wrong(r, "le", "finite bounds in ascending order");
    }
    if (count == 0) return wrong(r, "le", "at least one bound");
    ret->bounds = bounds;
    ret->buckets = count + 1;
    return true;
}

static bool read_rows(const struct reader *r, const char *name, size_t buckets, size_t room, double *ret) {
    const json_t *list = json_object_get(r->object, name);
    for (size_t i = 0; i < room; i++) {
        const json_t *row = json_array_get(list, i);
        if (row != NULL && !json_is_null(row) && (!json_is_array(row) || json_array_size(row) != buckets))
            return error_set(r->err, ERROR_DATA, "%s[%zu]: expected null or a list of %zu counts", name, i, buckets);
        if (!read_values(r, name, json_is_array(row) ? row : NULL, buckets, ret + i * buckets)) return false;
    }
    return true;
}

static bool read_histogram(const struct reader *r, struct judge_case *ret) {
    struct histogram_columns *h = &ret->data.histogram;
    const json_t *b, *c;
    *h = (struct histogram_columns){0};
    if (!read_bounds(r, h) || !find_list(r, "baseline_hist", MOST_STEPS, &b) || !find_list(r, "canary_hist", MOST_STEPS, &c)) return false;
    h->count = json_array_size(b) > json_array_size(c) ? json_array_size(b) : json_array_size(c);
    if (h->count * h->buckets > MOST_BUCKET_COUNTS)
        return error_set(r->err, ERROR_LIMIT, "baseline_hist: more than %zu bucket counts", MOST_BUCKET_COUNTS);
    double *rows_b = arena_array(r->arena, h->count * h->buckets, sizeof *rows_b);
    double *rows_c = arena_array(r->arena, h->count * h->buckets, sizeof *rows_c);
    h->baseline = rows_b;
    h->canary = rows_c;
    ret->steps = h->count;
    return read_rows(r, "baseline_hist", h->buckets, h->count, rows_b) && read_rows(r, "canary_hist", h->buckets, h->count, rows_c);
}

static bool read_settings(const struct reader *r, struct evidence_settings *s) {
    static const char *const directions[] = {"increase", "decrease", "either"};
    size_t direction = (size_t)s->direction;
    if (!read_word(r, "direction", directions, 3, &direction)) return false;
    s->direction = (enum evidence_direction)direction;
    return read_number(r, "tolerance", &s->tolerance) && read_number(r, "abs_tolerance", &s->absolute) &&
           read_number(r, "harm", &s->harm) && evidence_settings_check(s, r->err);
}

// Members that only this type has.
static size_t usual_type(const struct reader *r) {
    if (json_object_get(r->object, "baseline_hist") != NULL) return TYPE_HISTOGRAM;
    return json_object_get(r->object, "baseline_total") != NULL ? TYPE_RATIO : TYPE_GAUGE;
}

static bool read_object(const struct reader *r, struct judge_case *ret) {
    static const char *const types[] = {"gauge", "count", "ratio", "histogram"};
    const char *id = json_string_value(json_object_get(r->object, "id"));
    if (!json_is_object(r->object)) return error_set(r->err, ERROR_DATA, "expected an object");
    if (id == NULL || strlen(id) > MOST_ID) return wrong(r, "id", "a text of at most 1000 bytes");
    ret->id = arena_strdup(r->arena, id);
    size_t type = usual_type(r);
    if (!read_word(r, "type", types, 4, &type)) return false;
    if (type == TYPE_RATIO) ret->settings.tolerance = RATIO_TOLERANCE;
    if (!read_settings(r, &ret->settings)) return false;
    ret->type = type == TYPE_RATIO ? JUDGE_CASE_COUNTS : type == TYPE_HISTOGRAM ? JUDGE_CASE_HISTOGRAM : JUDGE_CASE_SERIES;
    switch (ret->type) {
    case JUDGE_CASE_SERIES:
        return read_series(r, ret);
    case JUDGE_CASE_COUNTS:
        return read_counts(r, ret);
    case JUDGE_CASE_HISTOGRAM:
        return read_histogram(r, ret);
    }
    return false;
}

bool judge_case_read(struct view line, const struct evidence_settings *settings, struct arena *arena, struct judge_case *ret,
                     struct error *err) {
    json_error_t reason;
    json_t *object = json_loadb(line.ptr, line.len, JSON_REJECT_DUPLICATES, &reason);
    if (object == NULL) return error_set(err, ERROR_DATA, "not JSON: %s at byte %d", reason.text, reason.position);
    struct reader r = {object, arena, err};
    *ret = (struct judge_case){.settings = *settings};
    bool ok = read_object(&r, ret);
    json_decref(object);
    return ok;
}

void judge_case_evidence(const struct judge_case *c, size_t steps, const struct evidence_settings *settings, struct arena *arena,
                         struct evidence *ret) {
    struct series_columns series;
    struct count_columns counts;
    struct histogram_columns histogram;
    switch (c->type) {
    case JUDGE_CASE_SERIES:
        series = c->data.series;
        series.count = steps;
        series_evidence_make(&series, settings, arena, ret);
        return;
    case JUDGE_CASE_COUNTS:
        counts = c->data.counts;
        counts.count = steps;
        counts_evidence_make(&counts, settings, arena, ret);
        return;
    case JUDGE_CASE_HISTOGRAM:
        histogram = c->data.histogram;
        histogram.count = steps;
        histogram_evidence_make(&histogram, settings, arena, ret);
        return;
    }
}
