// SPDX-License-Identifier: GPL-3.0-or-later
// A canary config over windows of the past, releases for instance: what it would have said, and when.
#ifndef ANALYZER_BACKTEST_H
#define ANALYZER_BACKTEST_H

#include <jansson.h>

#include "analyzer/history.h"

#define BACKTEST_MOST_WINDOWS ((size_t)10000)

struct backtest_options {
    const int64_t *starts_ms; // of each window, warm-up included; rising or not, each window within the history
    size_t count;
    bool looks;               // judge serin: looks inside each window as --watch has them; the first fail counts
    const volatile int *interrupted; // may be NULL
};

// The starts of windows every so often (0: one behind the other) from one time to another. In the arena; ERROR_USAGE when none fits or
// they are too many.
bool backtest_every(const struct canary_config *config, int64_t from_ms, int64_t to_ms, int64_t every_ms, struct arena *arena,
                    const int64_t **ret_starts_ms, size_t *ret_count, struct error *err);

// The document "serin.backtest/1"; the caller releases it. NULL with err when a window lies outside the history, cannot be judged for a
// reason that is not its data, or when interrupted.
json_t *backtest_run(const struct history *history, const struct backtest_options *options, struct error *err);

#endif
