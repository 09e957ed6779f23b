// SPDX-License-Identifier: GPL-3.0-or-later
// The p-values of one test against the three usual alternatives. Throughout this room x is the side named first.
#ifndef STATS_P_VALUES_H
#define STATS_P_VALUES_H

struct p_values {
    double two_sided;
    double less;    // small when x tends to be smaller (or its rate lower) than y
    double greater; // small when x tends to be larger
};

// Twice the smaller tail, at most 1.
static inline double p_two_sided(double less, double greater) {
    double smaller = less < greater ? less : greater;
    return 2 * smaller < 1 ? 2 * smaller : 1;
}

#endif
