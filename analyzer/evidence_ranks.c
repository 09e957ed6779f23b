// SPDX-License-Identifier: GPL-3.0-or-later
#include "evidence_ranks.h"

#include "stats/hodges_lehmann.h"
#include "stats/mann_whitney.h"

struct evidence_ranks evidence_ranks(const double *baseline, const double *canary, size_t count, double confidence, struct arena *arena) {
    double *room = arena_array(arena, 2 * count, sizeof *room);
    struct column b = column_sort(baseline, count, room), c = column_sort(canary, count, room + count);
    struct mann_whitney test;
    struct hodges_lehmann shift;
    mann_whitney_test(c, b, true, &test);
    double *scratch = arena_array(arena, hodges_lehmann_scratch(c.count, b.count), sizeof *scratch);
    hodges_lehmann_normal(c, b, confidence, scratch, &shift);
    return (struct evidence_ranks){test.p.two_sided, test.a12, shift.estimate, shift.low, shift.high};
}
