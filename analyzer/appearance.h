// SPDX-License-Identifier: GPL-3.0-or-later
// Values that the baseline never shows: it is 0 at every step and the canary is not, as with a new kind of error. There is no
// level then that a change could be relative to, so the steps with a value are counted.
#ifndef ANALYZER_APPEARANCE_H
#define ANALYZER_APPEARANCE_H

#include "evidence_battery.h"
#include "paired.h"

// Whether the baseline is 0 throughout and the canary now and then is not.
bool appearance_applies(const struct paired *paired);

// Adds a part: the exact unconditional test (Barnard 1945) of k steps with a value among n on the canary against none among n;
// Fisher's, which fixes how many there are in all, would need 6 of 10 instead of 5 at 1 %. And the burst, which is policy: `run`
// steps in a row. Either counts only when the canary's mean exceeds the absolute tolerance, and anything that
// shows blocks a pass unless the upper limit of that mean lies below it. *ret_first is the first step with a value.
void appearance_add(struct battery *battery, const struct paired *paired, size_t run, struct arena *arena, size_t *ret_first);

#endif
