// SPDX-License-Identifier: GPL-3.0-or-later
// What the evidence says, as one sentence of plain words: the test that fired, size, interval, sureness, onset, tolerance.
#ifndef ANALYZER_EVIDENCE_TEXT_H
#define ANALYZER_EVIDENCE_TEXT_H

#include "analyzer/verdict.h"

// Of a classified result with evidence, without the metric's name. In the arena.
const char *evidence_text(const struct plan *plan, const struct metric_config *metric, const struct metric_result *result,
                          struct arena *arena);

#endif
