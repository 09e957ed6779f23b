// SPDX-License-Identifier: GPL-3.0-or-later
// A comparison of doubles that shows both with all digits.
#ifndef TESTS_STATS_CHECK_H
#define TESTS_STATS_CHECK_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stats/errors.h"

// Equal within `tolerance`, which may be 0; NaN equals NaN, and an infinity itself.
static inline void check_double(const char *what, double got, double want, double tolerance) {
    if ((isnan(got) && isnan(want)) || got == want || fabs(got - want) <= tolerance) return;
    fail_msg("%s: want %.17g, got %.17g", what, want, got);
}

// For a group of tests whose methods call GSL: its handler, which would end the program, is off.
static inline int check_setup(void **state) {
    (void)state;
    stats_errors_off();
    return 0;
}

#endif
