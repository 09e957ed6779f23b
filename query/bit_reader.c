// SPDX-License-Identifier: GPL-3.0-or-later
#include "bit_reader.h"

#define MOST_VARINT_BYTES 10

uint64_t bit_peek_tail(const struct bit_reader *r) {
    uint64_t word = 0;
    size_t byte = r->at >> 3;
    for (unsigned i = 0; i < 8; i++) word = word << 8 | (byte < r->len && i < r->len - byte ? r->data[byte + i] : 0);
    return word << (r->at & 7);
}

bool bit_read_uvarint(struct bit_reader *r, uint64_t *ret) {
    uint64_t value = 0;
    for (unsigned i = 0; i < MOST_VARINT_BYTES; i++) {
        uint64_t byte = bit_read(r, 8);
        if (i == MOST_VARINT_BYTES - 1 && byte > 1) return false;
        value |= (byte & 0x7F) << (7 * i);
        if (byte < 0x80) {
            *ret = value;
            return true;
        }
    }
    return false;
}

bool bit_read_varint(struct bit_reader *r, int64_t *ret) {
    uint64_t value;
    if (!bit_read_uvarint(r, &value)) return false;
    *ret = (int64_t)(value >> 1 ^ (~(value & 1) + 1));
    return true;
}

// How many bits follow the prefix, which is consumed.
static unsigned read_size(struct bit_reader *r) {
    static const unsigned char sizes[] = {0, 3, 6, 9, 12, 18, 25, 56, 64};
    uint64_t word = bit_peek(r);
    unsigned ones = 0;
    while (ones < 8 && (word << ones) >> 63 == 1) ones++;
    r->at += ones < 8 ? ones + 1 : 8;
    return sizes[ones];
}

uint64_t bit_read_varbit_uint(struct bit_reader *r) {
    unsigned size = read_size(r);
    return size > 0 ? bit_read(r, size) : 0;
}

int64_t bit_read_varbit_int(struct bit_reader *r) {
    unsigned size = read_size(r);
    return size > 0 ? bit_signed(bit_read(r, size), size) : 0;
}

void bit_read_delta(struct bit_reader *r, struct delta_field *field, size_t k) {
    uint64_t read = (uint64_t)bit_read_varbit_int(r), delta = (uint64_t)field->delta;
    if (k == 0) {
        field->value = (int64_t)read;
        return;
    }
    delta = k == 1 ? read : delta + read;
    field->delta = (int64_t)delta;
    field->value = (int64_t)((uint64_t)field->value + delta);
}
