// SPDX-License-Identifier: GPL-3.0-or-later
// The shortest decimal of a double, for those numbers where two exact products tell it.
#ifndef BASE_SHORTEST_H
#define BASE_SHORTEST_H

#include <stddef.h>

enum { SHORTEST_MOST = 32 };

// Writes what "%.15g", "%.16g" or "%.17g" writes, the first of them that reads back as `value`, without NUL and in no locale, and
// returns its length. 0, and nothing is written, where this way cannot tell: magnitudes outside 1e-4 to 1e15, NaN, and numbers too
// close to where a digit more or less decides. Pure.
size_t shortest_text(double value, char text[SHORTEST_MOST]);

#endif
