// SPDX-License-Identifier: GPL-3.0-or-later
// Laplace's rule of succession (1774) for two sides that see steps of one and the same unknown chance of being active, all chances
// from 0 to 1 equally likely beforehand: the predictive chance that one side is silent throughout and the other is not.
#ifndef STATS_SUCCESSION_H
#define STATS_SUCCESSION_H

#include <stdint.h>

// P(none of `silent` steps and at least `active` of `steps` others are active), which is the sum over j from `active` to `steps` of
// C(steps, j) / ((silent + steps + 1) C(silent + steps, j)). 0 when active > steps. Relative error below 1e-14 times the number of
// terms; as many multiplications as steps.
double succession_silent(uint64_t silent, uint64_t active, uint64_t steps);

#endif
