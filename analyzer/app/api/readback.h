// SPDX-License-Identifier: GPL-3.0-or-later
// The part of Prometheus's query API that lets controllers of deployment tools read verdicts as a metric: two series, min, max, numbers.
//
//   serin_verdict{canary="shop"}      1 pass, 0 not decided, -1 fail; absent after an error or a cancellation, and a day after the end
//   serin_score{canary="shop"}        the score; absent while there is none, and a day after the end
//   min(...), max(...), vector(1), 1
//
// Labels: canary, version (if the analysis has one), run_key ("namespace/name", of analyses that hooks of Flagger started). Of the matching
// analyses of one canary and run_key only the newest is shown, so that a client finds one series and not the verdict of an old release.
#ifndef API_READBACK_H
#define API_READBACK_H

#include <jansson.h>

#include "analyzer/store_row.h"
#include "query/selector.h"

enum readback_what { READBACK_NUMBER, READBACK_VECTOR, READBACK_VERDICT, READBACK_SCORE };
enum readback_fold { READBACK_EACH, READBACK_MIN, READBACK_MAX };

struct readback { // a parsed query; in the arena it was parsed into
    enum readback_what what;
    enum readback_fold fold;
    double number;
    struct matcher *matchers; // without __name__
    size_t count;
};

// False with err (ERROR_USAGE) for anything but the above.
bool readback_parse(struct view text, struct arena *arena, struct readback *ret, struct error *err);

// The value that an equality matcher such as canary="..." demands of the label; NULL when there is none. In the arena.
const char *readback_demand(const struct readback *query, const char *label, struct arena *arena);

// The answer {"resultType", "result"} at one time, or from start to end by a step. `rows` are the analyses, newest first. At most 100,000
// points: further series are left out. The caller releases it.
json_t *readback_instant(const struct readback *query, const struct store_analyses *rows, int64_t at_ms);
json_t *readback_range(const struct readback *query, const struct store_analyses *rows, int64_t start_ms, int64_t end_ms, int64_t step_ms);

#endif
