// SPDX-License-Identifier: GPL-3.0-or-later
// Chunks of native histograms. All samples of a chunk share one layout: the schema and the indexes of the buckets, listed once as spans.
// Whole counts are stored as differences of differences, and a bucket as the difference to the one before it; fractional ones as XOR
// streams, one for each field.
#include "chunk_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "query/histogram.h"

#define SPAN_BITS 2                    // a span is two numbers of a bit or more
#define BORDER_BITS 5                  // of custom borders, which rise: at most one of them is stored in less
#define MOST_BUCKETS ((size_t)1 << 20) // the finest schema has 2^19 from the smallest double to the greatest

// What a histogram and each of its buckets count against the limit of samples: as much as they take memory.
#define HISTOGRAM_WEIGHT 8
#define BUCKET_WEIGHT 3

struct field { // a number of every sample: a whole one or a double
    struct delta_field delta;
    struct xor_field xored;
};

struct slot { // a bucket of the layout
    int32_t index;
    struct field field;
};

struct slots {
    struct slot *items;
    size_t count, cap;
};

struct histograms { // one chunk on its way into the series
    struct bit_reader *r;
    struct chunk_target *target;
    const char *reason;
    bool fractional;
    int schema;
    double zero_threshold;
    struct slots positive, negative;
    const double *custom;
    size_t custom_count;
    struct delta_field time_ms;
    struct field count, zero, sum;
};

static bool fail(struct histograms *h, const char *reason) {
    h->reason = reason;
    return false;
}

static double as_double(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static bool read_zero_threshold(struct histograms *h) {
    uint64_t byte = bit_read(h->r, 8);
    h->zero_threshold = byte == 0 ? 0 : byte < 255 ? ldexp(1, (int)byte - 244) : as_double(bit_read(h->r, 64));
    return h->zero_threshold >= 0 || fail(h, "the zero threshold of a histogram is below 0 or NaN");
}

// One span more: `length` buckets, `gap` after the last one (the first span: from 0).
static bool add_span(struct histograms *h, struct slots *slots, uint64_t length, int64_t gap) {
    int64_t next = slots->count > 0 ? (int64_t)slots->items[slots->count - 1].index + 1 : 0;
    // A bucket takes a bit of each sample or more, a fractional one 64 of the first.
    size_t room = bit_reader_left(h->r) / (h->fractional ? 64 : 1);
    if (room > MOST_BUCKETS) room = MOST_BUCKETS;
    if (length > room || slots->count + length > room) return fail(h, "the spans of a histogram chunk hold more buckets than its bits can");
    if (gap < INT32_MIN || gap > INT32_MAX) return fail(h, "a bucket index does not fit 32 bits");
    next += gap;
    for (uint64_t i = 0; i < length; i++, next++) {
        if (next < INT32_MIN + 1 || next > INT32_MAX - 1) return fail(h, "a bucket index does not fit 32 bits");
        void *items = slots->items;
        mem_grow(&items, &slots->cap, slots->count, sizeof *slots->items);
        slots->items = items;
        slots->items[slots->count++] = (struct slot){.index = (int32_t)next};
    }
    return true;
}

static bool read_spans(struct histograms *h, struct slots *slots) {
    uint64_t spans = bit_read_varbit_uint(h->r);
    int64_t skipped = 0; // gaps of spans without buckets
    if (spans > bit_reader_left(h->r) / SPAN_BITS) return fail(h, "a histogram chunk announces more spans than its bits can hold");
    for (uint64_t i = 0; i < spans; i++) {
        uint64_t length = bit_read_varbit_uint(h->r);
        int64_t gap = bit_read_varbit_int(h->r);
        if (bit_reader_over(h->r)) return fail(h, CHUNK_CUT);
        if (i > 0 && gap < 0) return fail(h, "the spans of a histogram chunk overlap");
        if (gap < INT32_MIN || gap > INT32_MAX || skipped > INT32_MAX) return fail(h, "a bucket index does not fit 32 bits");
        skipped += gap;
        if (!add_span(h, slots, length, skipped)) return false;
        if (length > 0) skipped = 0;
    }
    return true;
}

// Thousandths that are whole numbers are stored so, others as they are.
static bool read_custom(struct histograms *h) {
    uint64_t count = bit_read_varbit_uint(h->r);
    if (count > bit_reader_left(h->r) / BORDER_BITS + 1) return fail(h, "a histogram chunk announces more borders than its bits can hold");
    double *borders = arena_array(h->target->arena, (size_t)count, sizeof *borders);
    for (size_t i = 0; i < count; i++) {
        uint64_t thousandths = bit_read_varbit_uint(h->r);
        borders[i] = thousandths > 0 ? (double)(thousandths - 1) / 1000 : as_double(bit_read(h->r, 64));
        if (isnan(borders[i]) || (i > 0 && borders[i] <= borders[i - 1])) return fail(h, "the borders of a histogram do not rise");
    }
    h->custom = borders;
    h->custom_count = (size_t)count;
    return true;
}

static bool custom_fits(struct histograms *h) {
    const struct slots *s = &h->positive;
    bool outside = s->count > 0 && (s->items[0].index < 0 || (size_t)s->items[s->count - 1].index > h->custom_count);
    return (!outside && h->negative.count == 0) || fail(h, "a bucket of a histogram lies outside its borders");
}

static bool read_layout(struct histograms *h) {
    if (!read_zero_threshold(h)) return false;
    int64_t schema = bit_read_varbit_int(h->r);
    if (bit_reader_over(h->r)) return fail(h, CHUNK_CUT);
    if (!histogram_is_schema(schema)) return fail(h, "the schema of a histogram is none of -4 to 8 and -53");
    h->schema = (int)schema;
    if (!read_spans(h, &h->positive) || !read_spans(h, &h->negative)) return false;
    return schema != HISTOGRAM_CUSTOM || (read_custom(h) && custom_fits(h));
}

static void read_double(struct histograms *h, struct field *field, size_t k) {
    if (k == 0) {
        field->xored.bits = bit_read(h->r, 64);
    } else {
        bit_read_xor(h->r, &field->xored);
    }
}

static void read_number(struct histograms *h, struct field *field, size_t k) {
    if (h->fractional) {
        read_double(h, field, k);
    } else {
        bit_read_delta(h->r, &field->delta, k);
    }
}

// The counts of all observations and of the zero bucket begin as unsigned numbers.
static void read_total(struct histograms *h, struct field *field, size_t k) {
    if (k == 0 && !h->fractional) {
        field->delta.value = (int64_t)bit_read_varbit_uint(h->r);
    } else {
        read_number(h, field, k);
    }
}

static double total(const struct histograms *h, const struct field *field) {
    return h->fractional ? as_double(field->xored.bits) : (double)(uint64_t)field->delta.value;
}

// The count in bucket i; `whole` is that of the one before it.
static double bucket_count(const struct histograms *h, const struct slots *slots, size_t i, int64_t *whole) {
    const struct field *field = &slots->items[i].field;
    *whole = (int64_t)((uint64_t)*whole + (uint64_t)field->delta.value);
    return h->fractional ? as_double(field->xored.bits) : (double)*whole;
}

// Reads the buckets of one sample and says how many are not empty.
static bool read_buckets(struct histograms *h, struct slots *slots, size_t k, size_t *ret_count) {
    int64_t whole = 0;
    size_t count = 0;
    for (size_t i = 0; i < slots->count; i++) read_number(h, &slots->items[i].field, k);
    if (bit_reader_over(h->r)) return fail(h, CHUNK_CUT);
    for (size_t i = 0; i < slots->count; i++) {
        double value = bucket_count(h, slots, i, &whole);
        if (!(value >= 0)) return fail(h, "a bucket of a histogram counts less than 0");
        count += value > 0;
    }
    *ret_count = count;
    return true;
}

static struct index_bucket *keep_buckets(const struct histograms *h, const struct slots *slots, size_t count) {
    struct index_bucket *kept = arena_array(h->target->arena, count, sizeof *kept), *next = kept;
    int64_t whole = 0;
    for (size_t i = 0; i < slots->count; i++) {
        double value = bucket_count(h, slots, i, &whole);
        if (value > 0) *next++ = (struct index_bucket){slots->items[i].index, value};
    }
    return kept;
}

static void add_stale(struct histograms *h) {
    struct histogram sample = {.time_ms = h->time_ms.value, .sum = as_double(STALE_BITS)};
    if (h->target->keep_stale) series_append_histogram(h->target->series, &sample);
}

static bool add_sample(struct histograms *h, size_t positive, size_t negative) {
    struct chunk_target *t = h->target;
    uint64_t weight = HISTOGRAM_WEIGHT + BUCKET_WEIGHT * (uint64_t)(positive + negative);
    if (weight > t->samples_left) return fail(h, CHUNK_FULL);
    t->samples_left -= weight;
    struct native_buckets *native = arena_alloc(t->arena, sizeof *native);
    *native = (struct native_buckets){.schema = h->schema,
                                      .zero_threshold = h->zero_threshold,
                                      .zero_count = total(h, &h->zero),
                                      .positive = keep_buckets(h, &h->positive, positive),
                                      .positive_count = positive,
                                      .negative = keep_buckets(h, &h->negative, negative),
                                      .negative_count = negative,
                                      .custom = h->custom,
                                      .custom_count = h->custom_count};
    struct histogram sample = {
        .time_ms = h->time_ms.value, .count = total(h, &h->count), .sum = as_double(h->sum.xored.bits), .native = native};
    histogram_set_borders(&sample, t->arena);
    series_append_histogram(t->series, &sample);
    return true;
}

static bool read_time(struct histograms *h, size_t k) {
    struct chunk_target *t = h->target;
    bit_read_delta(h->r, &h->time_ms, k);
    if (bit_reader_over(h->r)) return fail(h, CHUNK_CUT);
    if (k > 0 && h->time_ms.delta > 0 && h->time_ms.value <= t->last_ms) return fail(h, CHUNK_TIME);
    if ((k > 0 && h->time_ms.delta <= 0) || (t->any && h->time_ms.value <= t->last_ms)) return fail(h, CHUNK_ORDER);
    t->any = true;
    t->last_ms = h->time_ms.value;
    return true;
}

static bool read_sample(struct histograms *h, size_t k) {
    size_t positive = 0, negative = 0;
    if (!read_time(h, k)) return false;
    read_total(h, &h->count, k);
    read_total(h, &h->zero, k);
    read_double(h, &h->sum, k);
    bool stale = h->sum.xored.bits == STALE_BITS;
    if (k == 0 || !stale) { // the buckets of a stale marker are not written; where it comes first there are none
        if (!read_buckets(h, &h->positive, k, &positive) || !read_buckets(h, &h->negative, k, &negative)) return false;
    }
    if (bit_reader_over(h->r)) return fail(h, CHUNK_CUT);
    if (!(total(h, &h->zero) >= 0) || !(total(h, &h->count) >= 0)) return fail(h, "a count of a histogram is below 0 or NaN");
    if (!stale) return add_sample(h, positive, negative);
    add_stale(h);
    return true;
}

bool chunk_decode_histograms(int encoding, struct bit_reader *r, size_t count, struct chunk_target *target, const char **ret_reason) {
    struct histograms h = {.r = r, .target = target, .fractional = encoding == CHUNK_FLOAT_HISTOGRAM};
    bool good = read_layout(&h);
    for (size_t k = 0; good && k < count; k++) good = read_sample(&h, k);
    if (!good) *ret_reason = h.reason;
    free(h.positive.items);
    free(h.negative.items);
    return good;
}
