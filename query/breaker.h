// SPDX-License-Identifier: GPL-3.0-or-later
// A circuit breaker: after so many queries in a row that failed for good in transport or with 5xx, a source is left in peace for a
// while; then one query probes it, and the others wait for how that ends. Zeroes are a closed breaker. Pure: the clock is an
// argument.
#ifndef QUERY_BREAKER_H
#define QUERY_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#define BREAKER_FAILURES 3
#define BREAKER_OPEN_MS INT64_C(10000)

struct breaker {
    int failed;            // in a row, each after all of its tries
    bool open, probing;
    int64_t until_mono_ms; // while open: when a probe may go
    char why[512];         // the failure that opened it
};

enum breaker_advice {
    BREAKER_GO,     // an open breaker lets one go, which then must be reported or forgotten
    BREAKER_WAIT,   // a probe is on its way
    BREAKER_REFUSE,
};

enum breaker_advice breaker_ask(struct breaker *breaker, int64_t now_mono_ms);
void breaker_report(struct breaker *breaker, bool good, const char *why, int64_t now_mono_ms); // how a query ended
void breaker_forget(struct breaker *breaker); // the probe, if any, was never sent

#endif
