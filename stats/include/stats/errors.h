// SPDX-License-Identifier: GPL-3.0-or-later
// GSL ends the program when a function meets a value it cannot take. serin's functions answer with a status instead.
#ifndef STATS_ERRORS_H
#define STATS_ERRORS_H

void stats_errors_off(void); // once, before any other call of this room

#endif
