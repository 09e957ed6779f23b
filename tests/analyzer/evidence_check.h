// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of evidence that show what was found.
#ifndef TESTS_ANALYZER_EVIDENCE_CHECK_H
#define TESTS_ANALYZER_EVIDENCE_CHECK_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/evidence.h"

static inline void check_near(const char *what, double got, double want, double tolerance) {
    if ((isnan(got) && isnan(want)) || got == want || fabs(got - want) <= tolerance) return;
    fail_msg("%s: want %.17g, got %.17g", what, want, got);
}

// Verdict and reason; the reason NULL is not looked at.
static inline void check_verdict(const struct evidence *e, enum evidence_status status, const char *reason) {
    if (e->status != status)
        fail_msg("want %s, got %s by %s, p %g", evidence_status_name(status), evidence_status_name(e->status), evidence_reason_name(e), e->p);
    if (reason != NULL) assert_string_equal(evidence_reason_name(e), reason);
    assert_true((e->p < 0.01) == (status == EVIDENCE_FAIL));
}

static inline bool has_part(const struct evidence *e, enum evidence_kind kind) {
    for (size_t i = 0; i < e->part_count; i++) {
        if (e->parts[i].kind == kind) return true;
    }
    return false;
}

static inline struct evidence_part find_part(const struct evidence *e, enum evidence_kind kind) { // the first of them
    for (size_t i = 0; i < e->part_count; i++) {
        if (e->parts[i].kind == kind) return e->parts[i];
    }
    fail_msg("no part %s", evidence_kind_name(kind));
    return (struct evidence_part){0};
}

struct part_want {
    enum evidence_kind kind;
    double estimate, se, df, low, high, p;
    bool large, fails, blocks;
};

static inline void check_part(const struct evidence *e, const struct part_want *want) {
    struct evidence_part part = find_part(e, want->kind);
    check_near("estimate", part.estimate, want->estimate, 1e-9 * fabs(want->estimate));
    check_near("se", part.se, want->se, 1e-9 * want->se);
    check_near("df", part.df, want->df, 1e-9 * want->df);
    check_near("low", part.low, want->low, 1e-9 * fabs(want->low));
    check_near("high", part.high, want->high, 1e-9 * fabs(want->high));
    check_near("p", part.p, want->p, 1e-8 * want->p);
    assert_int_equal(part.large, want->large);
    assert_int_equal(part.fails, want->fails);
    assert_int_equal(part.blocks, want->blocks);
}

#endif
