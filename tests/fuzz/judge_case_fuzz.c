// SPDX-License-Identifier: GPL-3.0-or-later
// Judges any bytes as a case; what is taken as good must give a verdict that agrees with its p.
#include <stdint.h>
#include <stdlib.h>

#include "judge_case.h"
#include "stats/errors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST_STEPS ((size_t)200)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena = {0};
    struct evidence_settings settings;
    struct judge_case c;
    struct error err = {0};
    struct evidence e;
    stats_errors_off();
    evidence_settings_default(&settings);
    bool good = judge_case_read((struct view){(const char *)data, size}, &settings, &arena, &c, &err);
    if (!good && (err.code == ERROR_NONE || err.text[0] == '\0')) abort();
    if (good && c.steps <= MOST_STEPS) {
        judge_case_evidence(&c, c.steps, &c.settings, &arena, &e);
        if (!(e.p >= 0 && e.p <= 1) || e.part_count > EVIDENCE_PARTS) abort();
        if (e.status != evidence_status_at(&e, c.settings.alpha)) abort();
        if (e.has_onset && e.onset >= c.steps) abort();
    }
    arena_finish(&arena);
    return 0;
}
