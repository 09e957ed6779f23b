// SPDX-License-Identifier: GPL-3.0-or-later
// How soon the next request may go to a source: evenly spaced at the configured rate, and not before a pause that the server asked
// for is over. Zeroes are no limit. Pure: the clock is an argument.
#ifndef QUERY_PACE_H
#define QUERY_PACE_H

#include <stdint.h>

struct pace {
    double rate;             // requests per second; 0: no limit
    int64_t next_mono_us;    // of the rate
    int64_t paused_mono_ms;  // nothing before it
};

int64_t pace_due_ms(const struct pace *pace, int64_t now_mono_ms); // now or later
void pace_take(struct pace *pace, int64_t now_mono_ms);            // a request goes now
void pace_pause(struct pace *pace, int64_t until_mono_ms);

#endif
