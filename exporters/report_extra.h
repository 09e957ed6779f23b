// SPDX-License-Identifier: GPL-3.0-or-later
// What a result document may hold beyond the least that every report needs: which judge was used decides which of it there is.
// Nothing here is required; what is absent or of another type is not known.
#ifndef EXPORTERS_REPORT_EXTRA_H
#define EXPORTERS_REPORT_EXTRA_H

#include "report_doc.h"

struct report_stats {
    struct report_number min, max, mean, std;
};

struct report_extra { // of one metric; texts are clean, "" when not known
    const char *name; // without the tags
    const char *tags; // "handler=/pay,pod=x"
    const char *kind, *direction;
    struct report_number estimate, confidence; // of the shift
    const char *measure;                       // of the effect
    struct report_number effect;
    struct report_number relative, absolute, harm; // tolerance: relative to the baseline, in the unit, smallest harmful relative change
    struct report_stats baseline, canary;
};

// The i-th metric of the document.
void report_extra_read(const json_t *result, size_t i, struct arena *arena, struct report_extra *ret);

struct report_quantile {
    double quantile;
    struct report_number baseline, canary;
};

// The quantiles of the i-th metric; returns how many, the list is in the arena.
size_t report_quantiles_read(const json_t *result, size_t i, struct arena *arena, struct report_quantile **ret);

struct report_test { // one of those that the judge serin put a metric to
    const char *name;
    struct report_number edge, share, p; // edge: of a tail; share of the level
    bool fails, blocks;                  // blocks: keeps it from passing
};

// The tests of the i-th metric; returns how many, the list is in the arena.
size_t report_tests_read(const json_t *result, size_t i, struct arena *arena, struct report_test **ret);

const char *report_extra_text(const json_t *node, const char *key, struct arena *arena); // a member's clean text, "" without any

// A member that is a number or its name: "NaN", "+Inf", "-Inf".
struct report_number report_extra_number(const json_t *node, const char *key);

#endif
