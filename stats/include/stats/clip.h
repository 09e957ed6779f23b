// SPDX-License-Identifier: GPL-3.0-or-later
// The value within limits nearest to a value. For loops: two instructions, where fmin and fmax may be calls.
#ifndef STATS_CLIP_H
#define STATS_CLIP_H

// No NaN among them, and low <= high.
static inline double clip_to(double value, double low, double high) {
    double raised = value > low ? value : low;
    return raised < high ? raised : high;
}

#endif
