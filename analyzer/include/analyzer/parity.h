// SPDX-License-Identifier: GPL-3.0-or-later
// How alike the telemetry of both sides is: a score from 0 to 100, and what is missing or differs, by what it costs. A regression
// that only one side could have shown is no finding, so a verdict is worth what both sides measure alike. Pure: looks at answers only.
#ifndef ANALYZER_PARITY_H
#define ANALYZER_PARITY_H

#include <jansson.h>

#include "analyzer/config.h"
#include "query/series.h"

enum parity_check {
    PARITY_DATA,     // series on both sides; without it nothing else is compared
    PARITY_LABELS,   // names of labels
    PARITY_VALUES,   // values of the labels that tell the series of one target apart
    PARITY_INTERVAL, // scrape interval; not of expressions
    PARITY_DENSITY,  // samples of those that the interval lets expect
    PARITY_OLDEST,   // how far back samples reach
    PARITY_BUCKETS,  // bounds of classic and custom buckets, schema of native ones
};
#define PARITY_CHECK_COUNT 7

const char *parity_check_name(enum parity_check check);

struct parity_side {
    const struct series_set *set;
    int64_t start_ms, end_ms; // of the window that samples are expected for
};

struct parity_probe { // what was read on both sides in the same way
    const char *metric; // of the config; probes of one metric follow one another and share the pointer
    const char *series; // name of the series; NULL: of an expression
    int64_t step_ms;    // of an expression; 0: the samples are as the source has them
    struct parity_side sides[SIDE_COUNT];
};

struct parity_gap {
    const char *metric, *series;
    enum parity_check check;
    size_t side_series[SIDE_COUNT];
    uint64_t side_samples[SIDE_COUNT];
    double impact;    // points of the score
    size_t found;     // its place before gaps were sorted
    const char *text; // "scraped every 15s on the baseline side, every 1m on the canary side"
};

struct parity {
    double score;           // 0 to 100; NaN when no metric could be compared
    size_t metrics;         // compared
    struct texts silent;    // names of those without data on either side, which count for nothing
    struct parity_gap *gaps; // most impact first; the impacts add up to what the score lacks
    size_t gap_count;
};

#define PARITY_MOST_LISTED ((size_t)20) // gaps in a document that has more to say

// `apart` are names of labels that differ on purpose: those of the scopes. All in the arena, but texts of probes are borrowed.
void parity_compare(const struct parity_probe *probes, size_t count, const struct texts *apart, struct arena *arena, struct parity *ret);

// An object with score, metrics, silent, gap_count, and at most `most` names of silent metrics and gaps. The caller releases it.
json_t *parity_json(const struct parity *parity, size_t most);

#endif
