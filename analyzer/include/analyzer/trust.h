// SPDX-License-Identifier: GPL-3.0-or-later
// What a verdict is worth beyond its numbers: how alike the telemetry of both sides is, how much of the baseline's load the canary bore,
// and how old the data were. Told of every analysis that could be judged; a guard can make a verdict depend on the first.
#ifndef ANALYZER_TRUST_H
#define ANALYZER_TRUST_H

#include <jansson.h>

#include "analyzer/parity.h"
#include "analyzer/samples.h"

struct trust {
    struct parity parity;
    double load;       // events on the canary side by those on the baseline side, of the metric that counts most; NaN: none counts
    double data_age_s; // from the newest sample of the side that lags behind to the window's end; NaN: nothing is read raw
};

// `answers` as for samples_build(). In the arena.
const struct trust *trust_make(const struct plan *plan, const struct samples *samples, const struct answer *const *answers,
                               struct arena *arena);

json_t *trust_json(const struct trust *trust); // null for NULL; the caller releases it

#endif
