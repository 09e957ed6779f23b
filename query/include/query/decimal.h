// SPDX-License-Identifier: GPL-3.0-or-later
// Decimal text to double, correctly rounded and without regard to the locale.
// Clinger's exact fast path (1990), then Eisel and Lemire's 128-bit product (Lemire, "Number parsing at a gigabyte per
// second", 2021), then strtod in the C locale for the few texts those cannot decide.
#ifndef QUERY_DECIMAL_H
#define QUERY_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>

// Reads the whole text: digits, optional point, optional exponent, optional sign; "NaN", "+Inf", "-Inf", "Inf".
// False for anything else: blanks, hexadecimal, empty text, trailing bytes. *ret_value is then untouched.
bool decimal_parse(const char *text, size_t len, double *ret_value);

#endif
