// SPDX-License-Identifier: GPL-3.0-or-later
// What became of a question to this room. Every method answers with a status and always fills in its result: what cannot
// be said of the input is NaN there. Where several hold, the first of invalid, nodata, nonfinite, degenerate is given.
#ifndef STATS_STATUS_H
#define STATS_STATUS_H

enum stats_status {
    STATS_OK,
    STATS_NODATA,     // a side has no value, or no exposure
    STATS_DEGENERATE, // nothing varies: all values equal, or too few of them for the method
    STATS_NONFINITE,  // an infinite value where the method needs finite ones
    STATS_INVALID,    // an argument outside its domain: a negative count, a share above 1, sizes beyond what the method takes
};

// "ok", "nodata", "degenerate", "nonfinite", "invalid".
const char *stats_status_text(enum stats_status status);

#endif
