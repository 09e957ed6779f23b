// SPDX-License-Identifier: GPL-3.0-or-later
// Guards: conditions of the environment without which no verdict counts.
#ifndef ANALYZER_GUARD_H
#define ANALYZER_GUARD_H

#include "analyzer/verdict.h"

// A guard holds when its value is within its bounds on at least `share` per cent of the window's steps; several series are
// judged as their worst. A step without a value does not hold. One result per guard and side that was read; one of parity, which the
// verdict's trust tells, made here when there is such a guard.
void guard_check(const struct plan *plan, const struct samples *samples, const struct answer *const *answers, struct arena *arena,
                 struct verdict *verdict);

#endif
