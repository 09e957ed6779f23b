// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of reading decimals that the decoder's tuple loop inlines: eight digits at a time, and the exact fast path.
#ifndef QUERY_DECIMAL_CORE_H
#define QUERY_DECIMAL_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define DECIMAL_POWER_MIN (-342)
#define DECIMAL_POWER_MAX 308
#define DECIMAL_POWER_COUNT (DECIMAL_POWER_MAX - DECIMAL_POWER_MIN + 1)

struct decimal_power {
    uint64_t high, low;
};

extern const struct decimal_power decimal_powers[DECIMAL_POWER_COUNT];

// mantissa * 10^exponent by Eisel and Lemire; false for the few it cannot decide. Exponents of any size are fine.
bool decimal_multiply(uint64_t mantissa, int64_t exponent, bool negative, double *ret_value);

// Reads eight bytes as digits; false when one of them is none (or on a big-endian machine, where it gains nothing).
static inline bool decimal_eight(const char *text, uint32_t *ret) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t chunk;
    memcpy(&chunk, text, sizeof chunk);
    if ((((chunk + 0x4646464646464646u) | (chunk - 0x3030303030303030u)) & 0x8080808080808080u) != 0) return false;
    chunk -= 0x3030303030303030u;
    chunk = chunk * 10 + (chunk >> 8); // pairs of digits in every second byte
    const uint64_t mask = 0x000000FF000000FFu;
    *ret = (uint32_t)((((chunk & mask) * 0x000F424000000064u) + (((chunk >> 16) & mask) * 0x0000271000000001u)) >> 32);
    return true;
#else
    (void)text;
    (void)ret;
    return false;
#endif
}

static inline bool decimal_is_digit(char c) {
    return (unsigned char)(c - '0') < 10;
}

// mantissa * 10^exponent, the mantissa of at most 19 digits. Clinger's case first: both factors are exact.
static inline bool decimal_combine(uint64_t mantissa, int64_t exponent, bool negative, double *ret_value) {
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (mantissa > (UINT64_C(1) << 53) || exponent < -22 || exponent > 22) {
        return decimal_multiply(mantissa, exponent, negative, ret_value);
    }
    double value = (double)mantissa;
    value = exponent < 0 ? value / tens[-exponent] : value * tens[exponent];
    *ret_value = negative ? -value : value;
    return true;
}

#endif
