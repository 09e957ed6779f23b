// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "hand_answers.h"

// What a case changes about an environment in which all is well.
struct deviation {
    const char *what;
    const char *old, *new; // in the config; NULL: nothing
    double bad_rate;       // of the canary, per step of 100 requests; the baseline has 1
    size_t error_samples;  // counter samples of the canary
    double memory;         // mean of the canary; the baseline has 100
    size_t memory_samples;
    double load; // every sample of the canary; NaN: gaps
    size_t load_samples;
    double traffic; // of the guard
    enum verdict_kind want;
    const char *part; // of one of the texts under missing, reasons; NULL: any
};

#define FULL 113
#define GAP ((double)NAN)

static const struct deviation cases[] = {
    {"all is well", NULL, NULL, 1, FULL, 100, FULL, 0.5, FULL, 50, VERDICT_PASS, "reaches 85"},
    {"a critical metric is high", NULL, NULL, 20, FULL, 100, FULL, 0.5, FULL, 50, VERDICT_FAIL, "failures is high and critical"},
    {"a small group is high", NULL, NULL, 1, FULL, 150, FULL, 0.5, FULL, 50, VERDICT_MARGINAL, "below pass"},
    {"a muted metric is high", "    query: 'mem", "    muted: true\n    query: 'mem", 1, FULL, 150, FULL, 0.5, FULL, 50, VERDICT_PASS,
     NULL},
    {"too few samples", NULL, NULL, 1, FULL, 100, 4, 0.5, FULL, 50, VERDICT_INCONCLUSIVE,
     "memory: 4 samples on the canary side, 10 needed"},
    {"no traffic for the critical metric", NULL, NULL, 1, 0, 100, FULL, 0.5, FULL, 50, VERDICT_INCONCLUSIVE, "failures: 0 samples"},
    {"few bad samples of a critical metric", NULL, NULL, 50, 4, 100, FULL, 0.5, FULL, 50, VERDICT_INCONCLUSIVE, "failures: 3 samples"},
    {"the guard is broken", NULL, NULL, 1, FULL, 100, FULL, 0.5, FULL, 0.2, VERDICT_INCONCLUSIVE, "guard traffic"},
    {"a broken guard takes a failure back", NULL, NULL, 20, FULL, 100, FULL, 0.5, FULL, 0.2, VERDICT_INCONCLUSIVE, "no verdict counts"},
    {"a guard that only weakens the verdict is broken", "min: 1}", "min: 1, broken: marginal}", 1, FULL, 100, FULL, 0.5, FULL, 0.2,
     VERDICT_MARGINAL, "the guard traffic is broken, so the verdict is marginal at most"},
    {"a failure stands beside a guard that only weakens", "min: 1}", "min: 1, broken: marginal}", 20, FULL, 100, FULL, 0.5, FULL, 0.2,
     VERDICT_FAIL, "guard traffic: "},
    {"telemetry is alike", "min: 1}", "min: 1}\n  - {name: alike, parity: 100}", 1, FULL, 100, FULL, 0.5, FULL, 50, VERDICT_PASS, NULL},
    {"telemetry is missing", "min: 1}", "min: 1}\n  - {name: alike, parity: 90}", 1, FULL, 100, 0, 0.5, FULL, 50, VERDICT_INCONCLUSIVE,
     "guard alike: parity 50 of 100, at least 90 needed; most of it in memory: missing on the canary side"},
    {"a failure does not count without parity", "min: 1}", "min: 1}\n  - {name: alike, parity: 90}", 20, FULL, 100, 0, 0.5, FULL, 50,
     VERDICT_INCONCLUSIVE, "no verdict counts"},
    {"a failure stands beside missing data", NULL, NULL, 20, FULL, 100, 0, 0.5, FULL, 50, VERDICT_FAIL, "memory: 0 samples"},
    {"nothing at all", NULL, NULL, 1, 0, 100, 0, 0.5, 0, 50, VERDICT_INCONCLUSIVE, "load: 0 samples"},
    {"absent data do not fail what else is marginal", "marginal: 70", "marginal: 50", 1, 0, 150, FULL, 0.5, 0, 50, VERDICT_INCONCLUSIVE,
     NULL},
    {"a limit is passed", NULL, NULL, 1, FULL, 100, FULL, 0.95, FULL, 50, VERDICT_MARGINAL, NULL},
    {"a critical limit is passed", "    threshold", "    critical: true\n    threshold", 1, FULL, 100, FULL, 0.95, FULL, 50, VERDICT_FAIL,
     "load is high and critical"},
    {"as many as allowed are outside", "max: 0.9", "max: 0.9, allowed: 113", 1, FULL, 100, FULL, 0.95, FULL, 50, VERDICT_PASS, NULL},
    {"below a lower limit", "max: 0.9}", "min: 0.6}\n    critical: true", 1, FULL, 100, FULL, 0.5, FULL, 50, VERDICT_FAIL, "load is low"},
    {"a limit without samples", NULL, NULL, 1, FULL, 100, FULL, 0.5, 0, 50, VERDICT_INCONCLUSIVE, "load: 0 samples on the canary side"},
    {"a limit with gaps only", NULL, NULL, 1, FULL, 100, FULL, GAP, FULL, 50, VERDICT_INCONCLUSIVE, "load: 0 samples"},
    {"gaps read as zero lie under a limit", "max: 0.9}", "min: 0.6}\n    gaps: zero\n    critical: true", 1, FULL, 100, FULL, GAP, FULL, 50,
     VERDICT_FAIL, "load is low"},
    {"a limit that must have data", "    threshold", "    must_have_data: true\n    critical: true\n    threshold", 1, FULL, 100, FULL, 0.5,
     0, 50, VERDICT_FAIL, "load has no data"},
    {"a metric that must have data", "    query: 'mem", "    must_have_data: true\n    critical: true\n    query: 'mem", 1, FULL, 100, 0,
     0.5, FULL, 50, VERDICT_FAIL, "memory has no data"},
};

static bool told(const struct texts *texts, const char *part) {
    for (size_t i = 0; i < texts->count; i++) {
        if (strstr(texts->items[i], part) != NULL) return true;
    }
    return false;
}

static void supply(struct hand *h, const struct deviation *d) {
    for (int side = 0; side < SIDE_COUNT; side++) {
        bool canary = side == SIDE_CANARY;
        size_t errors = canary ? d->error_samples : FULL, memory = canary ? d->memory_samples : FULL;
        hand_wave(h, 0, PART_BAD, (enum side)side, errors, (struct wave){1000, canary ? d->bad_rate : 1, 0.08});
        hand_wave(h, 0, PART_TOTAL, (enum side)side, errors, (struct wave){50000, 100, 0});
        hand_wave(h, 1, PART_VALUE, (enum side)side, memory, (struct wave){canary ? d->memory : 100, 0, 1});
        hand_wave(h, 0, PART_GUARD, (enum side)side, FULL, (struct wave){canary ? d->traffic : 50, 0, 0});
    }
    hand_wave(h, 2, PART_VALUE, SIDE_CANARY, d->load_samples, (struct wave){d->load, 0, 0});
}

static void test_verdict__follows_from_the_samples(void **state) {
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct deviation *d = &cases[i];
        struct hand h = {0};
        hand_start(&h, d->old != NULL ? edited_config(&h.r.arena, d->old, d->new) : good_config);
        supply(&h, d);
        struct verdict v = hand_verdict(&h);
        bool part = d->part == NULL || told(&v.missing, d->part) || told(&v.reasons, d->part);
        if (v.kind != d->want || !part || v.next.count != 1) {
            print_error("%s: %s with score %g, wanted %s%s%s\n", d->what, verdict_name(v.kind), v.score, verdict_name(d->want),
                        part ? "" : "; not told: ", part ? "" : d->part);
            for (size_t k = 0; k < v.reasons.count; k++) print_error("  reason: %s\n", v.reasons.items[k]);
            for (size_t k = 0; k < v.missing.count; k++) print_error("  missing: %s\n", v.missing.items[k]);
            wrong++;
        }
        hand_finish(&h);
    }
    assert_int_equal(wrong, 0);
}

static void test_verdict__exit_codes(void **state) {
    (void)state;
    assert_int_equal(verdict_exit_code(VERDICT_PASS), 0);
    assert_int_equal(verdict_exit_code(VERDICT_FAIL), 1);
    assert_int_equal(verdict_exit_code(VERDICT_MARGINAL), 3);
    assert_int_equal(verdict_exit_code(VERDICT_INCONCLUSIVE), 4);
    assert_int_equal(verdict_exit_code(VERDICT_ERROR), 6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdict__follows_from_the_samples),
        cmocka_unit_test(test_verdict__exit_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
