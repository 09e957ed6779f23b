// SPDX-License-Identifier: GPL-3.0-or-later
// The loop over XOR samples is hot: a peek for each time and each value, columns written in place, one check a sample for the end of
// the bits.
#include "chunk.h"

#include <string.h>

#include "chunk_private.h"

#define CHUNK_XOR 1
#define COUNT_BYTES 2
#define FLAG_BYTES 1        // of histogram chunks: what is known of counter resets
#define FIRST_FLOAT_BITS 72 // a varint of one byte or more, and a double
#define NEXT_FLOAT_BITS 2   // one for the time, one for the value
#define PREFIX_MOST 4

static const char *const names[] = {
    "none", "XOR", "histogram", "float histogram", "XOR2", "histogram with start times", "float histogram with start times"};

bool chunk_is_known(int encoding) {
    return encoding == CHUNK_XOR || encoding == CHUNK_HISTOGRAM || encoding == CHUNK_FLOAT_HISTOGRAM;
}

const char *chunk_encoding_name(int encoding) {
    return encoding >= 0 && (size_t)encoding < sizeof names / sizeof names[0] ? names[encoding] : "unknown";
}

static size_t announced(struct view data) {
    return data.len < COUNT_BYTES ? 0 : (size_t)((unsigned char)data.ptr[0] << 8 | (unsigned char)data.ptr[1]);
}

size_t chunk_count(int encoding, struct view data) {
    size_t count = announced(data), bits = 8 * data.len;
    if (!chunk_is_known(encoding) || count == 0) return 0;
    size_t most = encoding == CHUNK_XOR ? (bits < FIRST_FLOAT_BITS ? 0 : 1 + (bits - FIRST_FLOAT_BITS) / NEXT_FLOAT_BITS) : bits / 4;
    return count < most ? count : most;
}

static bool fail(const char *reason, const char **ret_reason) {
    *ret_reason = reason;
    return false;
}

// The difference of differences of two times.
static inline int64_t read_dod(struct bit_reader *r) {
    static const unsigned char sizes[] = {0, 14, 17, 20, 64};
    uint64_t word = bit_peek(r);
    if (word >> 63 == 0) {
        r->at++;
        return 0;
    }
    unsigned ones = 1;
    while (ones < PREFIX_MOST && (word << ones) >> 63 == 1) ones++;
    unsigned size = sizes[ones];
    r->at += ones < PREFIX_MOST ? ones + 1 : ones;
    return bit_signed(bit_read(r, size), size);
}

struct floats { // one chunk on its way into the columns
    struct bit_reader bits;
    struct xor_field value;
    uint64_t time_ms, delta; // as two's complement
    bool any;
};

// The time of sample number k moved on; false when it does not rise or does not fit.
static inline bool next_time(struct floats *f, size_t k, const char **ret_reason) {
    if (k == 1) {
        if (!bit_read_uvarint(&f->bits, &f->delta)) return fail(CHUNK_TIME, ret_reason);
    } else {
        f->delta += (uint64_t)read_dod(&f->bits);
    }
    int64_t time_ms = (int64_t)f->time_ms, delta = (int64_t)f->delta;
    if (delta <= 0) return fail(k == 1 && delta < 0 ? CHUNK_TIME : CHUNK_ORDER, ret_reason);
    if (time_ms > INT64_MAX - delta) return fail(CHUNK_TIME, ret_reason);
    f->time_ms += f->delta;
    return true;
}

static bool first_sample(struct floats *f, const struct chunk_target *t, const char **ret_reason) {
    int64_t time_ms;
    if (!bit_read_varint(&f->bits, &time_ms)) return fail(CHUNK_TIME, ret_reason);
    f->time_ms = (uint64_t)time_ms;
    f->value.bits = bit_read(&f->bits, 64);
    return !t->any || time_ms > t->last_ms || fail(CHUNK_ORDER, ret_reason);
}

static bool decode_floats(struct floats *f, size_t count, struct chunk_target *t, const char **ret_reason) {
    struct series *series = t->series;
    series_reserve(series, count);
    int64_t *times = series->time_ms + series->count;
    double *values = series->value + series->count;
    size_t kept = 0;
    bool good = true;
    for (size_t k = 0; k < count && good; k++) {
        if (k == 0) {
            good = first_sample(f, t, ret_reason);
        } else {
            good = next_time(f, k, ret_reason);
            bit_read_xor(&f->bits, &f->value);
        }
        if (bit_reader_over(&f->bits)) good = fail(CHUNK_CUT, ret_reason);
        times[kept] = (int64_t)f->time_ms;
        memcpy(&values[kept], &f->value.bits, sizeof f->value.bits); // a stale marker is a signalling NaN: bits, no arithmetic
        kept += f->value.bits != STALE_BITS || t->keep_stale;
    }
    if (!good) return false;
    series->count += kept;
    t->last_ms = (int64_t)f->time_ms;
    t->any = true;
    return true;
}

bool chunk_decode(int encoding, struct view data, struct chunk_target *target, const char **ret_reason) {
    size_t count = announced(data);
    if (!chunk_is_known(encoding)) return fail("the encoding of the chunk is not known", ret_reason);
    if (data.len < COUNT_BYTES + (encoding == CHUNK_XOR ? 0 : FLAG_BYTES)) return fail(CHUNK_CUT, ret_reason);
    if (count == 0) return fail("the chunk has no sample", ret_reason);
    if (chunk_count(encoding, data) < count) return fail("the chunk announces more samples than its bits can hold", ret_reason);
    if (target->samples_left < count) return fail(CHUNK_FULL, ret_reason);
    target->samples_left -= count;
    struct bit_reader bits = {(const unsigned char *)data.ptr, data.len, 8 * COUNT_BYTES};
    struct floats floats = {.bits = bits};
    if (encoding == CHUNK_XOR) {
        if (!decode_floats(&floats, count, target, ret_reason)) return false;
        bits = floats.bits;
    } else {
        bits.at += 8 * FLAG_BYTES;
        if (!chunk_decode_histograms(encoding, &bits, count, target, ret_reason)) return false;
    }
    // A count lower than what was stored would lose samples in silence. Writers begin the next byte when one is just full.
    return bit_reader_left(&bits) <= 8 || fail("the chunk goes on after its last sample", ret_reason);
}
