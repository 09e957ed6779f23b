// SPDX-License-Identifier: GPL-3.0-or-later
// Bits of a chunk, highest first, with the variable-length numbers that chunks use. Reading beyond the end gives zeros and is told by
// bit_reader_over(): a loop checks once a sample and not once a bit.
#ifndef QUERY_BIT_READER_H
#define QUERY_BIT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/view.h"

#define BIT_PEEK 57 // bits of a peek that are sure to be there

struct bit_reader {
    const unsigned char *data;
    size_t len; // bytes
    size_t at;  // bits read; beyond 8 * len when more was read than there is
};

// The last value of a stream of doubles that are stored as differences (XOR), and the bits in which the one before differed.
struct xor_field {
    uint64_t bits;
    unsigned trailing, width; // zeroes: all 64 bits
};

// A number stored as first value, difference, differences of differences. Wraps around as two's complement does.
struct delta_field {
    int64_t value, delta;
};

uint64_t bit_peek_tail(const struct bit_reader *r); // private to bit_peek()

static inline bool bit_reader_over(const struct bit_reader *r) {
    return r->at > 8 * r->len;
}

static inline size_t bit_reader_left(const struct bit_reader *r) {
    return bit_reader_over(r) ? 0 : 8 * r->len - r->at;
}

// The next BIT_PEEK bits or more, from the highest down; nothing is consumed.
static inline uint64_t bit_peek(const struct bit_reader *r) {
    size_t byte = r->at >> 3;
    if (byte + 8 > r->len) return bit_peek_tail(r);
    const unsigned char *p = r->data + byte;
    uint64_t word = (uint64_t)p[0] << 56 | (uint64_t)p[1] << 48 | (uint64_t)p[2] << 40 | (uint64_t)p[3] << 32 | (uint64_t)p[4] << 24 |
                    (uint64_t)p[5] << 16 | (uint64_t)p[6] << 8 | (uint64_t)p[7];
    return word << (r->at & 7);
}

// 1 to 64 bits as a number.
static inline uint64_t bit_read(struct bit_reader *r, unsigned count) {
    uint64_t high = 0;
    if (count > 32) {
        high = bit_peek(r) >> (64 - (count - 32));
        r->at += count - 32;
        high <<= 32;
        count = 32;
    }
    uint64_t low = bit_peek(r) >> (64 - count);
    r->at += count;
    return high | low;
}

// What n bits mean where the upper half stands for negative numbers: one more positive number than two's complement has.
static inline int64_t bit_signed(uint64_t value, unsigned count) {
    if (count == 64) return (int64_t)value;
    return value > UINT64_C(1) << (count - 1) ? (int64_t)value - (INT64_C(1) << count) : (int64_t)value;
}

// Base 128, low groups first, in whole bytes at any bit. False when longer than 10 bytes or beyond 64 bits.
bool bit_read_uvarint(struct bit_reader *r, uint64_t *ret);
bool bit_read_varint(struct bit_reader *r, int64_t *ret); // the same, zigzag

// Variable bits: 0, 3, 6, 9, 12, 18, 25, 56 or 64 of them after a prefix of ones.
uint64_t bit_read_varbit_uint(struct bit_reader *r);
int64_t bit_read_varbit_int(struct bit_reader *r);

// Moves the field on to the next value.
static inline void bit_read_xor(struct bit_reader *r, struct xor_field *field) {
    uint64_t word = bit_peek(r);
    if (word >> 63 == 0) {
        r->at++;
        return;
    }
    if ((word >> 62 & 1) == 0) {
        r->at += 2;
        if (field->width == 0) field->width = 64;
    } else {
        unsigned leading = (unsigned)(word >> 57 & 31), width = (unsigned)(word >> 51 & 63);
        r->at += 13;
        field->width = width > 0 ? width : 64;
        if (leading + field->width > 64) {
            r->at = SIZE_MAX / 2; // more bits than a double has: as bad as the end
            return;
        }
        field->trailing = 64 - leading - field->width;
    }
    field->bits ^= bit_read(r, field->width) << field->trailing;
}

// The sample number `k` of the field, counted from 0.
void bit_read_delta(struct bit_reader *r, struct delta_field *field, size_t k);

#endif
