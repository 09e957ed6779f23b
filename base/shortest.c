// SPDX-License-Identifier: GPL-3.0-or-later
// A double times a power of ten up to 10^22 is a product and its rounding error, which fma gives exactly: together the first 17 digits
// and all that follows. Whether fewer digits read back is then a comparison with half the gap to the next double, also exact. Only what
// lies within a billionth of such a border is left to others.
#include "shortest.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define DIGITS 17
#define CLOSE 1e-9

static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                              1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

struct scaled {
    int64_t whole; // of 17 digits
    double rest;   // what is to be added to it, below 10 in size
    double half;   // half the gap to the next double
    bool even_gap; // which is the same on both sides
    int power;     // of ten, by which it was multiplied
};

// False where the product is at the border of two numbers of digits.
static bool scale(double size, struct scaled *ret) {
    int two;
    double fraction = frexp(size, &two);
    int power = DIGITS - 1 - (int)floor((two - 1) * 0.30102999566398120);
    double product = size * tens[power];
    if (product >= 1e17) product = size * tens[--power];
    *ret = (struct scaled){.whole = (int64_t)product,
                           .rest = fma(size, tens[power], -product),
                           .half = ldexp(tens[power], two - 54),
                           .even_gap = fraction != 0.5,
                           .power = power};
    return product > 1e16 && product < 1e17;
}

enum fit { FITS, MISSES, UNCLEAR };

// The nearest multiple of `unit`, and whether it reads back.
static enum fit round_to(const struct scaled *s, int64_t unit, int64_t *ret) {
    int64_t low = s->whole - s->whole % unit;
    double beyond = (double)(s->whole - low) + s->rest, steps = floor(beyond / (double)unit + 0.5);
    double off = fabs(beyond - steps * (double)unit);
    if (off > (0.5 - CLOSE) * (double)unit) return UNCLEAR;
    *ret = low + (int64_t)steps * unit;
    if (off < (s->even_gap ? 1 - CLOSE : 0.5 - CLOSE) * s->half) return FITS;
    return s->even_gap && off > (1 + CLOSE) * s->half ? MISSES : UNCLEAR;
}

// Digits of the number without the zeros at its end.
static size_t digits_of(int64_t number, char digits[DIGITS]) {
    size_t count = DIGITS;
    for (size_t i = DIGITS; i-- > 0; number /= 10) digits[i] = (char)('0' + number % 10);
    while (count > 1 && digits[count - 1] == '0') count--;
    return count;
}

static size_t spell(const char *digits, size_t count, int before, char *text) {
    size_t len = 0;
    if (before <= 0) {
        text[len++] = '0';
        text[len++] = '.';
        for (; before < 0; before++) text[len++] = '0';
        memcpy(text + len, digits, count);
        return len + count;
    }
    for (size_t i = 0; i < (size_t)before; i++) text[len++] = i < count ? digits[i] : '0';
    if (count <= (size_t)before) return len;
    text[len++] = '.';
    memcpy(text + len, digits + before, count - (size_t)before);
    return len + count - (size_t)before;
}

size_t shortest_text(double value, char text[SHORTEST_MOST]) {
    char digits[DIGITS];
    struct scaled s;
    int64_t number = 0;
    double size = fabs(value);
    enum fit fit = MISSES;
    if (!(size >= 1e-4 && size < 1e15) || !scale(size, &s)) return 0;
    for (int64_t unit = 100; unit > 0 && fit == MISSES; unit /= 10) fit = round_to(&s, unit, &number);
    if (fit != FITS || number >= (int64_t)100000000000000000) return 0;
    size_t sign = value < 0;
    if (sign) text[0] = '-';
    return sign + spell(digits, digits_of(number, digits), DIGITS - s.power, text + sign);
}
