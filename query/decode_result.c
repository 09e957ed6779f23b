// SPDX-License-Identifier: GPL-3.0-or-later
// What a JSON event means depends on the container it stands in: one function per kind of container takes its values,
// another one its end. Wrong data is remembered and the rest of it skipped, because an error envelope, which makes the
// data irrelevant, may still follow.
#include <string.h>

#include "base/mem.h"
#include "decode_private.h"
#include "query/decimal.h"

#define LABELS_MAX 4096

static enum field find_field(struct view key) {
    static const struct {
        const char *name;
        enum field field;
    } fields[] = {
        {"metric", FIELD_METRIC},     {"values", FIELD_VALUES}, {"value", FIELD_VALUE},         {"histogram", FIELD_HISTOGRAM},
        {"count", FIELD_COUNT},       {"sum", FIELD_SUM},       {"buckets", FIELD_BUCKETS},     {"histograms", FIELD_HISTOGRAMS},
        {"status", FIELD_STATUS},     {"data", FIELD_DATA},     {"error", FIELD_ERROR},         {"errorType", FIELD_ERROR_TYPE},
        {"warnings", FIELD_WARNINGS}, {"infos", FIELD_INFOS},   {"isPartial", FIELD_PARTIAL},   {"resultType", FIELD_RESULT_TYPE},
        {"result", FIELD_RESULT},     {"labels", FIELD_LABELS}, {"exemplars", FIELD_EXEMPLARS}, {"seriesLabels", FIELD_SERIES_LABELS},
        {"type", FIELD_TYPE},         {"help", FIELD_HELP},     {"unit", FIELD_UNIT},           {"timestamp", FIELD_TIMESTAMP},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (view_is(key, fields[i].name)) return fields[i].field;
    }
    return FIELD_UNKNOWN;
}

struct view decode_keep_text(struct decoder *d) {
    struct view text = json_text(&d->json);
    return (struct view){arena_strndup(&d->set->arena, text.ptr, text.len), text.len};
}

bool decode_wrong_data(struct decoder *d, const char *reason) {
    if (d->status == STATUS_SUCCESS) return decoder_fail(d, ERROR_DATA, reason);
    if (d->data_err.code == ERROR_NONE) error_set(&d->data_err, ERROR_DATA, "byte %llu: %s", (unsigned long long)d->offset, reason);
    for (size_t i = 2; i <= d->json.depth; i++) d->frames[i].place = PLACE_SKIP;
    return true;
}

static bool parse_number(struct decoder *d, enum json_event event, double *ret_value, const char *reason) {
    struct view text = json_text(&d->json);
    if (event != JSON_STRING || !decimal_parse(text.ptr, text.len, ret_value)) return decode_wrong_data(d, reason);
    return true;
}

static bool on_result_type(struct decoder *d, enum json_event event) {
    static const char *const names[] = {
        [RESULT_MATRIX] = "matrix", [RESULT_VECTOR] = "vector", [RESULT_SCALAR] = "scalar", [RESULT_STRING] = "string"};
    for (int i = RESULT_MATRIX; event == JSON_STRING && i <= RESULT_STRING; i++) {
        if (!view_is(json_text(&d->json), names[i])) continue;
        d->set->type = (enum result_type)i;
        d->seen |= decode_bit(FIELD_RESULT_TYPE);
        return true;
    }
    return decode_wrong_data(d, "resultType is none of matrix, vector, scalar, string");
}

static bool on_data(struct decoder *d, enum json_event event) {
    enum field field = d->frames[2].field;
    if (field == FIELD_RESULT_TYPE) return on_result_type(d, event);
    if (field == FIELD_WARNINGS || field == FIELD_INFOS) return decode_texts_key(d, event, field);
    if (field == FIELD_PARTIAL) return decode_partial(d, event);
    if (field != FIELD_RESULT) return true;
    d->seen |= decode_bit(FIELD_RESULT);
    d->result_shape = SHAPE_EMPTY;
    return decode_enter(d, event, JSON_ARRAY, PLACE_RESULT, "result is not a list");
}

bool decode_add_series(struct decoder *d) {
    if (d->set->count >= d->limits.series) return decoder_fail(d, ERROR_LIMIT, "more series than the limit");
    series_set_add(d->set);
    d->series_seen = 0;
    d->staged = 0;
    d->last_ms = INT64_MIN;
    return true;
}

// A list of series, or the two items of a scalar or string.
static bool on_result(struct decoder *d, enum json_event event) {
    uint64_t index = d->frames[3].count;
    struct view text = json_text(&d->json);
    if (event == JSON_OBJECT && d->result_shape != SHAPE_POINT) {
        d->frames[d->json.depth].place = PLACE_SERIES;
        return decode_add_series(d);
    }
    if (event == JSON_NUMBER && index == 0) {
        d->result_shape = SHAPE_POINT;
        return decode_time_ms(text, &d->point_ms) || decode_wrong_data(d, "a time is beyond 64-bit milliseconds");
    }
    if (event != JSON_STRING || index != 1 || d->result_shape != SHAPE_POINT) {
        return decode_wrong_data(d, "result holds neither series nor one time and one value");
    }
    d->point_text = decode_keep_text(d);
    return true;
}

static bool on_series(struct decoder *d, enum json_event event) {
    enum field field = d->frames[4].field;
    d->series_seen |= decode_bit(field);
    d->label_count = 0;
    if (field == FIELD_METRIC) return decode_enter(d, event, JSON_OBJECT, PLACE_METRIC, "metric is not an object");
    if (field == FIELD_VALUES) return decode_enter(d, event, JSON_ARRAY, PLACE_SAMPLES, "values is not a list");
    if (field == FIELD_VALUE) return decode_enter(d, event, JSON_ARRAY, PLACE_SAMPLE, "value is not a list");
    if (field == FIELD_HISTOGRAMS) return decode_enter(d, event, JSON_ARRAY, PLACE_HISTOGRAM_SAMPLES, "histograms is not a list");
    if (field == FIELD_HISTOGRAM) return decode_enter(d, event, JSON_ARRAY, PLACE_HISTOGRAM_SAMPLE, "histogram is not a list");
    return true;
}

bool decode_label_name(struct decoder *d) {
    if (d->label_count == LABELS_MAX) return decoder_fail(d, ERROR_LIMIT, "a series with more than 4,096 labels");
    void *labels = d->labels;
    mem_grow(&labels, &d->label_cap, d->label_count, sizeof *d->labels);
    d->labels = labels;
    d->labels[d->label_count].name = decode_keep_text(d);
    return true;
}

bool decode_label_value(struct decoder *d, enum json_event event) {
    if (event != JSON_STRING) return decode_wrong_data(d, "a label value is not a string");
    d->labels[d->label_count++].value = decode_keep_text(d);
    return true;
}

struct labels decode_labels(struct decoder *d) {
    struct labels labels = {arena_array(&d->set->arena, d->label_count, sizeof *labels.items), d->label_count};
    if (d->label_count > 0) memcpy(labels.items, d->labels, d->label_count * sizeof *d->labels);
    labels_sort(&labels);
    return labels;
}

static bool end_metric(struct decoder *d) {
    decode_series(d)->labels = decode_labels(d);
    return true;
}

static bool on_samples(struct decoder *d, enum json_event event) {
    return decode_enter(d, event, JSON_ARRAY, PLACE_SAMPLE, "a sample is not a list of time and value");
}

static bool on_histogram_samples(struct decoder *d, enum json_event event) {
    return decode_enter(d, event, JSON_ARRAY, PLACE_HISTOGRAM_SAMPLE, "a histogram sample is not a list of time and histogram");
}

static bool on_sample_time(struct decoder *d, enum json_event event) {
    if (event != JSON_NUMBER) return decode_wrong_data(d, "the time of a sample is not a number");
    if (!decode_time_ms(json_text(&d->json), &d->sample_ms)) return decode_wrong_data(d, "a time is beyond 64-bit milliseconds");
    return true;
}

static bool on_sample(struct decoder *d, enum json_event event) {
    uint64_t index = d->frames[d->json.depth - !decode_is_scalar(event)].count;
    if (index == 0) return on_sample_time(d, event);
    if (index > 1) return decode_wrong_data(d, "a sample has more than a time and a value");
    return parse_number(d, event, &d->sample_value, "the value of a sample is not a decimal number in quotes");
}

static bool end_sample(struct decoder *d) {
    if (d->frames[d->json.depth + 1].count != 2) return decode_wrong_data(d, "a sample is not a list of time and value");
    return decode_add_sample(d, d->sample_ms, d->sample_value);
}

static bool on_histogram_sample(struct decoder *d, enum json_event event) {
    uint64_t index = d->frames[d->json.depth - !decode_is_scalar(event)].count;
    if (index == 0) return on_sample_time(d, event);
    if (index > 1) return decode_wrong_data(d, "a histogram sample has more than a time and a histogram");
    d->histogram = (struct histogram){.time_ms = d->sample_ms};
    d->histogram_seen = 0;
    d->bucket_count = 0;
    return decode_enter(d, event, JSON_OBJECT, PLACE_HISTOGRAM, "a native histogram is not an object");
}

static bool end_histogram_sample(struct decoder *d) {
    struct series *series = decode_series(d);
    if (d->frames[d->json.depth + 1].count != 2) return decode_wrong_data(d, "a histogram sample is not a list of time and histogram");
    if (series->histogram_count > 0 && series->histograms[series->histogram_count - 1].time_ms >= d->histogram.time_ms) {
        return decode_wrong_data(d, "the times of the histograms of a series do not rise");
    }
    if (!decode_count_samples(d, d->bucket_count + 1)) return false;
    d->samples += d->bucket_count + 1;
    void *items = series->histograms;
    mem_grow(&items, &series->histogram_cap, series->histogram_count, sizeof *series->histograms);
    series->histograms = items;
    d->histogram.bucket_count = d->bucket_count;
    d->histogram.buckets = arena_array(&d->set->arena, d->bucket_count, sizeof *d->buckets);
    if (d->bucket_count > 0) memcpy(d->histogram.buckets, d->buckets, d->bucket_count * sizeof *d->buckets);
    series->histograms[series->histogram_count++] = d->histogram;
    return true;
}

static bool on_histogram(struct decoder *d, enum json_event event) {
    enum field field = d->frames[d->json.depth - !decode_is_scalar(event)].field;
    d->histogram_seen |= decode_bit(field);
    if (field == FIELD_COUNT)
        return parse_number(d, event, &d->histogram.count, "the count of a histogram is not a decimal number in quotes");
    if (field == FIELD_SUM) return parse_number(d, event, &d->histogram.sum, "the sum of a histogram is not a decimal number in quotes");
    return field != FIELD_BUCKETS || decode_enter(d, event, JSON_ARRAY, PLACE_BUCKETS, "buckets is not a list");
}

static bool end_histogram(struct decoder *d) {
    unsigned need = decode_bit(FIELD_COUNT) | decode_bit(FIELD_SUM);
    if ((d->histogram_seen & need) != need) return decode_wrong_data(d, "a native histogram without count or sum");
    if (d->histogram.count < 0) return decode_wrong_data(d, "a native histogram with a negative count");
    return true;
}

static bool on_buckets(struct decoder *d, enum json_event event) {
    return decode_enter(d, event, JSON_ARRAY, PLACE_BUCKET, "a bucket is not a list");
}

static bool on_bucket(struct decoder *d, enum json_event event) {
    uint64_t index = d->frames[d->json.depth - !decode_is_scalar(event)].count;
    double *const numbers[] = {NULL, &d->bucket.left, &d->bucket.right, &d->bucket.count};
    if (index > 3) return decode_wrong_data(d, "a bucket has more than four items");
    if (index > 0) return parse_number(d, event, numbers[index], "a border or count of a bucket is not a decimal number in quotes");
    struct view text = json_text(&d->json);
    if (event != JSON_NUMBER || text.len != 1 || text.ptr[0] < '0' || text.ptr[0] > '3') {
        return decode_wrong_data(d, "the boundary rule of a bucket is none of 0, 1, 2, 3");
    }
    d->bucket.rule = text.ptr[0] - '0';
    return true;
}

static bool end_bucket(struct decoder *d) {
    if (d->frames[d->json.depth + 1].count != 4) return decode_wrong_data(d, "a bucket has less than four items");
    if (!(d->bucket.left <= d->bucket.right)) return decode_wrong_data(d, "the borders of a bucket are not in order");
    if (d->bucket.count < 0) return decode_wrong_data(d, "a bucket with a negative count");
    if (!decode_count_samples(d, d->bucket_count + 1)) return false;
    void *buckets = d->buckets;
    mem_grow(&buckets, &d->bucket_cap, d->bucket_count, sizeof *d->buckets);
    d->buckets = buckets;
    d->buckets[d->bucket_count++] = d->bucket;
    return true;
}

// A float and a histogram at the same time cannot both be true.
static bool times_are_shared(const struct series *series) {
    for (size_t i = 0, k = 0; i < series->count && k < series->histogram_count;) {
        int64_t a = series->time_ms[i], b = series->histograms[k].time_ms;
        if (a == b) return true;
        if (a < b) {
            i++;
        } else {
            k++;
        }
    }
    return false;
}

static bool end_series(struct decoder *d) {
    decode_end_samples(d);
    unsigned seen = d->series_seen;
    bool value = (seen & decode_bit(FIELD_VALUE)) != 0, histogram = (seen & decode_bit(FIELD_HISTOGRAM)) != 0;
    bool many = (seen & (decode_bit(FIELD_VALUES) | decode_bit(FIELD_HISTOGRAMS))) != 0;
    if ((seen & decode_bit(FIELD_METRIC)) == 0) return decode_wrong_data(d, "a series without metric");
    if (value + histogram + many != 1)
        return decode_wrong_data(d, "a series must have a value, a histogram, or lists of them, and only one of these");
    enum result_shape shape = many ? SHAPE_MATRIX : SHAPE_VECTOR;
    if (d->result_shape != SHAPE_EMPTY && d->result_shape != shape)
        return decode_wrong_data(d, "series with lists beside series with one value");
    d->result_shape = shape;
    if (times_are_shared(decode_series(d))) return decode_wrong_data(d, "a float and a histogram at the same time in one series");
    return true;
}

static bool end_result(struct decoder *d) {
    if (d->result_shape != SHAPE_POINT || d->frames[d->json.depth + 1].count == 2) return true;
    return decode_wrong_data(d, "a scalar or string result is not a list of time and value");
}

struct place_rules {
    bool (*value)(struct decoder *d, enum json_event event); // NULL: anything goes
    bool (*end)(struct decoder *d);                          // NULL: nothing to check
};

static const struct place_rules rules[PLACE_METADATA] = {
    [PLACE_TOP] = {decode_top, NULL},
    [PLACE_ENVELOPE] = {decode_envelope, NULL},
    [PLACE_TEXTS] = {decode_texts, NULL},
    [PLACE_DATA] = {on_data, NULL},
    [PLACE_RESULT] = {on_result, end_result},
    [PLACE_SERIES] = {on_series, end_series},
    [PLACE_METRIC] = {decode_label_value, end_metric},
    [PLACE_SAMPLES] = {on_samples, NULL},
    [PLACE_SAMPLE] = {on_sample, end_sample},
    [PLACE_HISTOGRAM_SAMPLES] = {on_histogram_samples, NULL},
    [PLACE_HISTOGRAM_SAMPLE] = {on_histogram_sample, end_histogram_sample},
    [PLACE_HISTOGRAM] = {on_histogram, end_histogram},
    [PLACE_BUCKETS] = {on_buckets, NULL},
    [PLACE_BUCKET] = {on_bucket, end_bucket},
};

static bool on_key(struct decoder *d) {
    struct frame *frame = &d->frames[d->json.depth];
    if (frame->place >= PLACE_METADATA && decode_metadata_key(d, frame->place)) return !d->failed;
    if (frame->place == PLACE_METRIC) return decode_label_name(d);
    frame->field = frame->place == PLACE_SKIP ? FIELD_UNKNOWN : find_field(json_text(&d->json));
    return true;
}

bool decode_event(struct decoder *d, enum json_event event) {
    if (event == JSON_KEY) return on_key(d);
    if (event == JSON_OBJECT_END || event == JSON_ARRAY_END) {
        enum place place = d->frames[d->json.depth + 1].place;
        if (place >= PLACE_METADATA) return decode_metadata_end(d, place);
        return rules[place].end == NULL || rules[place].end(d);
    }
    unsigned depth = d->json.depth; // of the container the value stands in
    if (!decode_is_scalar(event)) {
        d->frames[depth] = (struct frame){.place = PLACE_SKIP};
        depth--;
    }
    enum place place = d->frames[depth].place;
    bool good =
        place >= PLACE_METADATA ? decode_metadata_value(d, place, event) : rules[place].value == NULL || rules[place].value(d, event);
    d->frames[depth].count++;
    return good;
}
