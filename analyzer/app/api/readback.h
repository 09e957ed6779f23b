// SPDX-License-Identifier: GPL-3.0-or-later
// The little of Prometheus's query API that lets controllers read verdicts back: two series, a number, and the least or greatest of them.
//
//   serin_verdict{canary="shop"}      1 pass, 0 undecided, -1 fail; absent when a source failed, it was called off, or a day has gone by
//   serin_score{canary="shop"}        the score; absent while there is none
//   min(...), max(...), vector(1), 1
//
// Labels: canary, version (when it was given), run_key ("namespace/name", of analyses that hooks of Flagger began). Of the analyses that
// match, the newest one of a canary and run_key counts, so that there is one series and no client picks the wrong one.
#ifndef API_READBACK_H
#define API_READBACK_H

#include <jansson.h>

#include "analyzer/store_row.h"
#include "query/selector.h"

enum readback_what { READBACK_NUMBER, READBACK_VECTOR, READBACK_VERDICT, READBACK_SCORE };
enum readback_fold { READBACK_EACH, READBACK_MIN, READBACK_MAX };

struct readback { // a query, in the arena that it was read into
    enum readback_what what;
    enum readback_fold fold;
    double number;
    struct matcher *matchers; // without the name
    size_t count;
};

// False with err (ERROR_USAGE) for anything but the above.
bool readback_parse(struct view text, struct arena *arena, struct readback *ret, struct error *err);

// The value that a matcher such as canary="..." demands of a label; NULL when there is none.
const char *readback_demand(const struct readback *query, const char *label, struct arena *arena);

// {"resultType", "result"} at one time, or from start to end by a step. `rows` are newest first. At most 100,000 points: series beyond
// them are left out. The caller releases it.
json_t *readback_instant(const struct readback *query, const struct store_analyses *rows, int64_t at_ms);
json_t *readback_range(const struct readback *query, const struct store_analyses *rows, int64_t start_ms, int64_t end_ms, int64_t step_ms);

#endif
