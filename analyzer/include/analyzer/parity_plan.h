// SPDX-License-Identifier: GPL-3.0-or-later
// What the telemetry of both sides is compared in: the answers that an analysis has anyway, or of an expression every selector of its own.
#ifndef ANALYZER_PARITY_PLAN_H
#define ANALYZER_PARITY_PLAN_H

#include "analyzer/parity.h"
#include "analyzer/plan.h"

// The plan of an analysis with each expression of a metric replaced by the selectors in it, read raw; what is read on one side alone,
// guards and objectives are left out. An expression without a selector that can be found stays. Borrows what `from` borrows.
void parity_plan_build(const struct plan *from, struct arena *arena, struct plan *ret);

// Compares the answers of such a plan, or of an analysis. They belong to the plan's queries, one each, and all of them are good.
void parity_plan_compare(const struct plan *plan, const struct answer *const *answers, struct arena *arena, struct parity *ret);

#endif
