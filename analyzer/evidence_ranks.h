// SPDX-License-Identifier: GPL-3.0-or-later
// The rank comparison that is shown beside the evidence whatever decides: Mann-Whitney and the Hodges-Lehmann shift.
#ifndef ANALYZER_EVIDENCE_RANKS_H
#define ANALYZER_EVIDENCE_RANKS_H

#include "analyzer/evidence.h"
#include "base/arena.h"

// Of two columns with gaps; NaN where a side has no value. Confidence between 0 and 1, of the limits of the shift.
struct evidence_ranks evidence_ranks(const double *baseline, const double *canary, size_t count, double confidence, struct arena *arena);

#endif
