// SPDX-License-Identifier: GPL-3.0-or-later
// Samples of the decoder, the hot path. A tuple as servers write it, [1735689600.123,"0.5"], is read in one go; whatever
// else is legal (blanks, escapes, exponents in times, a tuple cut by the end of a piece) is left to the JSON reader, and
// so is everything that is wrong, which then gets its proper error.
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "decimal_core.h"
#include "decode_private.h"

#define TUPLE_MAX 128      // no byte beyond this is looked at for a tuple
#define MANTISSA_DIGITS 19 // always fit 64 bits

struct tuple {
    int64_t time_ms;
    double value;
};

// Reads digits into *mantissa; at most 31 are looked at, and 20 or more are for the caller to refuse.
static inline const char *read_digits(const char *p, uint64_t *mantissa) {
    uint64_t m = *mantissa;
    uint32_t eight;
    for (int i = 0; i < 3 && decimal_eight(p, &eight); i++, p += 8) m = m * 100000000 + eight;
    for (int i = 0; i < 7 && decimal_is_digit(*p); i++) m = m * 10 + (uint64_t)(*p++ - '0');
    *mantissa = m;
    return p;
}

// Unix seconds with at most 15 digits and at most three decimals; NULL when written otherwise.
static inline const char *read_time(const char *p, int64_t *ret_ms) {
    static const int64_t scale[] = {1000, 100, 10, 1};
    const char *start = p;
    uint64_t whole = 0, fraction = 0;
    p = read_digits(p, &whole);
    if (p == start || p - start > 15 || (*start == '0' && p - start > 1)) return NULL;
    int64_t decimals = 0;
    if (*p == '.') {
        const char *point = ++p;
        while (p - point < 3 && decimal_is_digit(*p)) fraction = fraction * 10 + (uint64_t)(*p++ - '0');
        decimals = p - point;
        if (decimals == 0) return NULL;
    }
    *ret_ms = (int64_t)whole * 1000 + (int64_t)fraction * scale[decimals];
    return p;
}

static const char *read_special(const char *p, double *ret_value) {
    if (memcmp(p, "NaN\"", 4) == 0) {
        *ret_value = (double)NAN;
        return p + 3;
    }
    if (memcmp(p, "+Inf\"", 5) == 0 || memcmp(p, "-Inf\"", 5) == 0) {
        *ret_value = *p == '-' ? -(double)INFINITY : (double)INFINITY;
        return p + 4;
    }
    return NULL;
}

static inline const char *read_exponent(const char *p, int64_t *exponent) {
    bool negative = *++p == '-';
    if (*p == '-' || *p == '+') p++;
    const char *start = p;
    int64_t e = 0;
    while (p - start < 4 && decimal_is_digit(*p)) e = e * 10 + (*p++ - '0');
    *exponent += negative ? -e : e;
    return p == start ? NULL : p;
}

// Zeroes before the first significant digit of a number known to have at least twenty digits.
static int64_t leading_zeros(const char *p) {
    int64_t zeros = 0;
    for (; *p == '0' || *p == '.'; p++) zeros += *p == '0';
    return zeros;
}

// A decimal of at most 19 significant digits; NULL when written otherwise or for the few that need more than a product.
static inline const char *read_value(const char *p, double *ret_value) {
    bool negative = *p == '-';
    const char *start = p + negative;
    uint64_t mantissa = 0;
    p = read_digits(start, &mantissa);
    int64_t digits = p - start, exponent = 0;
    if (digits == 0) return read_special(start - negative, ret_value);
    if (*p == '.') {
        const char *point = ++p;
        p = read_digits(p, &mantissa);
        exponent = point - p;
        digits -= exponent;
    }
    if (digits > MANTISSA_DIGITS && digits - leading_zeros(start) > MANTISSA_DIGITS) return NULL;
    if (*p == 'e' || *p == 'E') {
        p = read_exponent(p, &exponent);
        if (p == NULL) return NULL;
    }
    return *p == '"' && decimal_combine(mantissa, exponent, negative, ret_value) ? p : NULL;
}

static inline const char *read_tuple(const char *p, struct tuple *ret) {
    if (*p != '[') return NULL;
    p = read_time(p + 1, &ret->time_ms);
    if (p == NULL || p[0] != ',' || p[1] != '"') return NULL;
    p = read_value(p + 2, &ret->value);
    return p != NULL && p[1] == ']' ? p + 2 : NULL;
}

// Tuples as long as TUPLE_MAX bytes can be looked at and the stage has room.
static const char *read_tuples(struct decoder *d, const char *p, const char *last, size_t room) {
    bool first = d->json.state == JSON_AT_FIRST_ITEM;
    int64_t last_ms = d->last_ms;
    size_t n = d->staged;
    for (struct tuple tuple; p <= last && n < room; n++) {
        if (!first && *p != ',') break;
        const char *next = read_tuple(p + !first, &tuple);
        if (next == NULL || tuple.time_ms <= last_ms) break;
        d->stage_ms[n] = last_ms = tuple.time_ms;
        d->stage_value[n] = tuple.value;
        first = false;
        p = next;
    }
    if (!first) d->json.state = JSON_AFTER_VALUE;
    d->last_ms = last_ms;
    d->staged = n;
    return p;
}

static void flush_stage(struct decoder *d, bool last) {
    struct series *series = decode_series(d);
    size_t need = series->count + d->staged;
    if (need > series->cap || (last && need < series->cap)) {
        series->cap = last ? need : need * 2;
        series->time_ms = mem_resize(series->time_ms, series->cap, sizeof *series->time_ms);
        series->value = mem_resize(series->value, series->cap, sizeof *series->value);
    }
    if (d->staged > 0) {
        memcpy(series->time_ms + series->count, d->stage_ms, d->staged * sizeof *d->stage_ms);
        memcpy(series->value + series->count, d->stage_value, d->staged * sizeof *d->stage_value);
    }
    series->count = need;
    d->samples += d->staged;
    d->staged = 0;
}

// The stage is full: it grows up to its bound, then its samples move into the columns.
static void make_room(struct decoder *d) {
    if (d->stage_cap == STAGE_SAMPLES) {
        flush_stage(d, false);
        return;
    }
    d->stage_cap *= 2;
    d->stage_ms = mem_resize(d->stage_ms, d->stage_cap, sizeof *d->stage_ms);
    d->stage_value = mem_resize(d->stage_value, d->stage_cap, sizeof *d->stage_value);
}

const char *decode_samples(struct decoder *d, const char *p, const char *end) {
    for (;;) {
        if (d->staged == d->stage_cap) make_room(d);
        uint64_t left = d->limits.samples - d->samples;
        size_t room = left < d->stage_cap ? (size_t)left : d->stage_cap;
        if (end - p >= TUPLE_MAX) {
            p = read_tuples(d, p, end - TUPLE_MAX, room);
            if (d->staged == d->stage_cap) continue;
            if (end - p >= TUPLE_MAX) return p; // something else than a plain tuple
        }
        char tail[2 * TUPLE_MAX] = {0}; // the zeroes match nothing, so a cut tuple is not taken
        size_t len = (size_t)(end - p);
        memcpy(tail, p, len);
        const char *stop = read_tuples(d, tail, tail + len, room);
        p += stop - tail;
        if (d->staged < d->stage_cap || stop == tail) return p;
    }
}

bool decode_count_samples(struct decoder *d, uint64_t more) {
    if (more > d->limits.samples - d->samples - d->staged) return decoder_fail(d, ERROR_LIMIT, "more samples than the limit");
    return true;
}

bool decode_add_sample(struct decoder *d, int64_t time_ms, double value) {
    if (!decode_count_samples(d, 1)) return false;
    if (time_ms <= d->last_ms) return decode_wrong_data(d, "the times of a series do not rise");
    if (d->staged == d->stage_cap) make_room(d);
    d->last_ms = d->stage_ms[d->staged] = time_ms;
    d->stage_value[d->staged++] = value;
    return true;
}

void decode_end_samples(struct decoder *d) {
    struct series *series = decode_series(d);
    if (series->count + d->staged > 0) flush_stage(d, true);
}

// Adds one decimal digit; false when the sum leaves int64.
static bool push_digit(uint64_t *value, unsigned digit) {
    if (*value > ((uint64_t)INT64_MAX - digit) / 10) return false;
    *value = *value * 10 + digit;
    return true;
}

static int64_t parse_small_exponent(const char *p, const char *end) {
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    int64_t exponent = 0;
    for (; p < end; p++) {
        if (exponent < 1000000000) exponent = exponent * 10 + (*p - '0');
    }
    return negative ? -exponent : exponent;
}

bool decode_time_ms(struct view number, int64_t *ret_ms) {
    const char *p = number.ptr, *end = p + number.len;
    bool negative = *p == '-', point = false, nonzero = false;
    p += negative;
    const char *e = p;
    while (e < end && *e != 'e' && *e != 'E') e++;
    int64_t scale = 3; // digits that still belong to whole milliseconds
    if (e < end) scale += parse_small_exponent(e + 1, end);
    const char *digits = p;
    while (p < e && *p != '.') p++;
    int64_t whole = (p - digits) + scale; // the digits before this place count
    uint64_t value = 0;
    for (p = digits; p < e; p++) {
        if (*p == '.') {
            point = true;
            continue;
        }
        unsigned digit = (unsigned)(*p - '0');
        int64_t place = p - digits - point;
        nonzero = nonzero || digit != 0;
        if (place < whole && !push_digit(&value, digit)) return false;
        if (place == whole && digit >= 5 && ++value > (uint64_t)INT64_MAX) return false;
    }
    for (int64_t place = e - digits - point; nonzero && place < whole; place++) {
        if (!push_digit(&value, 0)) return false;
    }
    *ret_ms = negative ? -(int64_t)value : (int64_t)value;
    return true;
}
