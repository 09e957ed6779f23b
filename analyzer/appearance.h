// SPDX-License-Identifier: GPL-3.0-or-later
// Values that the baseline never shows: it is 0 at every step and the canary is not, as with a new kind of error. There is no
// level then that a change could be relative to, so the steps with a value are counted.
#ifndef ANALYZER_APPEARANCE_H
#define ANALYZER_APPEARANCE_H

#include "evidence_battery.h"
#include "paired.h"

#define APPEARANCE_SHORT ((size_t)8) // values of the smaller side from which tests for any chance of a value have power

struct appearance {
    const double *values, *steps; // of the canary, and when they were seen
    size_t count;
    size_t silent; // steps at which the baseline is 0: all it has
};

// Whether the baseline is 0 throughout and the canary now and then is not.
bool appearance_applies(const struct paired *paired);

struct appearance appearance_of(const struct paired *paired);

// The same before values are paired: false unless no side has a value below 0, each has at least 4, the smaller fewer than
// APPEARANCE_SHORT, and the baseline nothing but 0. In the arena.
bool appearance_find(const struct series_columns *columns, struct arena *arena, struct appearance *ret);

// Adds a part: the exact unconditional test (Barnard 1945) of k steps with a value on the canary against none on the baseline;
// Fisher's, which fixes how many there are in all, would need 6 of 10 instead of 5 at 1 %. In a window shorter than
// APPEARANCE_SHORT that test can hardly ever be sure, and Laplace's predictive chance stands in for it, with at least 3 steps.
// `absolute` is in the unit of the values: either counts only when the canary's mean exceeds it, and anything that shows blocks a
// pass unless the upper limit of that mean lies below it. *ret_first is the first step with a value.
void appearance_add(struct battery *battery, const struct appearance *appearance, double absolute, struct arena *arena, size_t *ret_first);

// Adds the burst, which is policy: `run` steps in a row.
void appearance_add_burst(struct battery *battery, const struct appearance *appearance, double absolute, size_t run);

#endif
