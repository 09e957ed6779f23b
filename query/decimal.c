// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/decimal.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "decimal_core.h"

#define MANTISSA_BITS 52
#define EXPONENT_BIAS 1023
#define EXPONENT_INFINITE 0x7FF
#define MANTISSA_DIGITS 19 // always fit 64 bits
#define EXPONENT_CLAMP 1000000

struct product {
    uint64_t high, low;
};

static inline struct product multiply_full(uint64_t a, uint64_t b) {
#if defined(__SIZEOF_INT128__)
    __extension__ typedef unsigned __int128 wide;
    wide p = (wide)a * b;
    return (struct product){(uint64_t)(p >> 64), (uint64_t)p};
#else
    uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
    uint64_t ll = al * bl, lh = al * bh, hl = ah * bl, hh = ah * bh;
    uint64_t middle = (ll >> 32) + (uint32_t)lh + (uint32_t)hl;
    return (struct product){hh + (lh >> 32) + (hl >> 32) + (middle >> 32), (middle << 32) | (uint32_t)ll};
#endif
}

static inline int leading_zeros(uint64_t x) {
#if defined(__GNUC__)
    return __builtin_clzll(x);
#else
    int n = 0;
    for (; (x >> 63) == 0; x <<= 1) n++;
    return n;
#endif
}

// floor(log2(10^q)) + 63, exact over the table's range; the offset keeps the shifted number positive.
static inline int binary_exponent(int q) {
    return (int)((uint32_t)(217706 * q + (2048 << 16)) >> 16) - 2048 + 63;
}

static double from_bits(uint64_t mantissa, int exponent, bool negative) {
    uint64_t bits = mantissa | ((uint64_t)exponent << MANTISSA_BITS) | ((uint64_t)negative << 63);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static double subnormal(uint64_t mantissa, int power2, bool negative) {
    if (-power2 + 1 >= 64) return from_bits(0, 0, negative);
    mantissa >>= -power2 + 1;
    mantissa += mantissa & 1;
    mantissa >>= 1;
    bool normal = mantissa >> MANTISSA_BITS != 0; // rounded up into the normal range
    return from_bits(mantissa & ((UINT64_C(1) << MANTISSA_BITS) - 1), normal ? 1 : 0, negative);
}

// The 128-bit product of w and 5^q, precise enough for 55 bits unless the low half says otherwise.
static inline struct product approximate(uint64_t w, int q) {
    const struct decimal_power *power = &decimal_powers[q - DECIMAL_POWER_MIN];
    const uint64_t mask = UINT64_MAX >> (MANTISSA_BITS + 3);
    struct product p = multiply_full(w, power->high);
    if ((p.high & mask) == mask) {
        struct product more = multiply_full(w, power->low);
        p.low += more.high;
        if (more.high > p.low) p.high++;
    }
    return p;
}

bool decimal_multiply(uint64_t w, int64_t exponent, bool negative, double *ret_value) {
    if (w == 0 || exponent < DECIMAL_POWER_MIN) {
        *ret_value = from_bits(0, 0, negative);
        return true;
    }
    if (exponent > DECIMAL_POWER_MAX) {
        *ret_value = from_bits(0, EXPONENT_INFINITE, negative);
        return true;
    }
    int q = (int)exponent;
    int zeros = leading_zeros(w);
    struct product p = approximate(w << zeros, q);
    if (p.low == UINT64_MAX && (q < -27 || q > 55)) return false; // the cut-off tail of 5^q could matter
    int upper = (int)(p.high >> 63);
    int shift = upper + 64 - MANTISSA_BITS - 3;
    uint64_t mantissa = p.high >> shift;
    int power2 = binary_exponent(q) + upper - zeros + EXPONENT_BIAS;
    if (power2 <= 0) {
        *ret_value = subnormal(mantissa, power2, negative);
        return true;
    }
    bool tie = p.low <= 1 && q >= -4 && q <= 23 && (mantissa & 3) == 1 && mantissa << shift == p.high;
    if (tie) mantissa &= ~UINT64_C(1); // exactly half way: to even
    mantissa += mantissa & 1;
    mantissa >>= 1;
    if (mantissa >> (MANTISSA_BITS + 1) != 0) {
        mantissa = UINT64_C(1) << MANTISSA_BITS;
        power2++;
    }
    mantissa &= ~(UINT64_C(1) << MANTISSA_BITS);
    *ret_value = power2 >= EXPONENT_INFINITE ? from_bits(0, EXPONENT_INFINITE, negative) : from_bits(mantissa, power2, negative);
    return true;
}

// strtod with the decimal point of the C locale, whatever the program's locale is. The text is known to be a decimal.
static double convert_in_c_locale(const char *text, size_t len) {
    char small[128];
    char *copy = len < sizeof small ? small : mem_alloc(len + 1);
    memcpy(copy, text, len);
    copy[len] = '\0';
    locale_t c_locale = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    locale_t old = uselocale(c_locale);
    double value = strtod(copy, NULL);
    uselocale(old);
    if (c_locale != (locale_t)0) freelocale(c_locale);
    if (copy != small) free(copy);
    return value;
}

struct scan {
    const char *p, *end;
    uint64_t mantissa; // the first 19 significant digits
    int64_t exponent;
    size_t significant; // digits from the first that is not zero
    bool cut;           // digits other than zero were left out of the mantissa
};

static void take_digit(struct scan *s, char c, bool fraction) {
    if (s->significant == 0 && c == '0') {
        s->exponent -= fraction;
    } else if (s->significant++ < MANTISSA_DIGITS) {
        s->mantissa = s->mantissa * 10 + (uint64_t)(c - '0');
        s->exponent -= fraction;
    } else {
        s->cut = s->cut || c != '0';
        s->exponent += !fraction;
    }
}

static size_t take_digits(struct scan *s, bool fraction) {
    const char *start = s->p;
    while (s->p < s->end && decimal_is_digit(*s->p)) take_digit(s, *s->p++, fraction);
    return (size_t)(s->p - start);
}

static bool take_exponent(struct scan *s) {
    if (s->p == s->end || (*s->p != 'e' && *s->p != 'E')) return true;
    s->p++;
    bool negative = s->p < s->end && *s->p == '-';
    if (s->p < s->end && (*s->p == '-' || *s->p == '+')) s->p++;
    if (s->p == s->end || !decimal_is_digit(*s->p)) return false;
    int64_t exponent = 0;
    for (; s->p < s->end && decimal_is_digit(*s->p); s->p++) {
        if (exponent < EXPONENT_CLAMP) exponent = exponent * 10 + (*s->p - '0');
    }
    // An exponent that was clamped still beats any number of digits that fit in memory limits of a value.
    s->exponent += negative ? -exponent : exponent;
    return true;
}

static bool parse_special(const char *text, size_t len, double *ret_value) {
    if (len == 3 && memcmp(text, "NaN", 3) == 0) {
        *ret_value = (double)NAN;
    } else if ((len == 4 && memcmp(text, "+Inf", 4) == 0) || (len == 3 && memcmp(text, "Inf", 3) == 0)) {
        *ret_value = (double)INFINITY;
    } else if (len == 4 && memcmp(text, "-Inf", 4) == 0) {
        *ret_value = -(double)INFINITY;
    } else {
        return false;
    }
    return true;
}

// Digits up to end into *mantissa, which wraps when they are more than 19.
static inline const char *plain_digits(const char *p, const char *end, uint64_t *mantissa) {
    uint64_t m = *mantissa;
    uint32_t eight;
    for (; end - p >= 8 && decimal_eight(p, &eight); p += 8) m = m * 100000000 + eight;
    for (; p < end && decimal_is_digit(*p); p++) m = m * 10 + (uint64_t)(*p - '0');
    *mantissa = m;
    return p;
}

// The usual text: at most 19 digits, no exponent. False when it is another one, or undecided.
static inline bool parse_plain(const char *text, size_t len, double *ret_value) {
    const char *end = text + len;
    bool negative = len > 0 && *text == '-';
    const char *start = text + negative;
    uint64_t mantissa = 0;
    const char *p = plain_digits(start, end, &mantissa);
    int64_t digits = p - start, decimals = 0;
    if (p < end && *p == '.') {
        const char *point = ++p;
        p = plain_digits(p, end, &mantissa);
        decimals = p - point;
    }
    digits += decimals;
    return p == end && digits > 0 && digits <= MANTISSA_DIGITS && decimal_combine(mantissa, -decimals, negative, ret_value);
}

bool decimal_parse(const char *text, size_t len, double *ret_value) {
    if (parse_plain(text, len, ret_value)) return true;
    struct scan s = {.p = text, .end = text + len};
    bool negative = len > 0 && *text == '-';
    if (len > 0 && (*text == '-' || *text == '+')) s.p++;
    size_t digits = take_digits(&s, false);
    if (s.p < s.end && *s.p == '.') {
        s.p++;
        digits += take_digits(&s, true);
    }
    if (digits == 0) return parse_special(text, len, ret_value);
    if (!take_exponent(&s) || s.p != s.end) return false;
    double value, above;
    bool sure = decimal_combine(s.mantissa, s.exponent, negative, &value);
    if (sure && s.cut) { // sure only when the next mantissa gives the same double
        sure = decimal_multiply(s.mantissa + 1, s.exponent, negative, &above) && above == value;
    }
    *ret_value = sure ? value : convert_in_c_locale(text, len);
    return true;
}
