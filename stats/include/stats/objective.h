// SPDX-License-Identifier: GPL-3.0-or-later
// Objectives are written in percent and meant as exact decimals: 99.9 leaves a budget of one in a thousand, and in doubles
// neither 1 - 0.999 nor (100 - 99.9) / 100 is that.
#ifndef STATS_OBJECTIVE_H
#define STATS_OBJECTIVE_H

// The share of events that may fail, the double nearest to the decimal: 0.001 for 99.9. Exact for objectives of at most 12
// decimals; for others the plain difference. NaN outside 0 to 100; 0 for 100.
double objective_budget(double objective_percent);

#endif
