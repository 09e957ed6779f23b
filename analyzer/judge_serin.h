// SPDX-License-Identifier: GPL-3.0-or-later
// The judge serin: evidence per metric, one level over all of them, three answers. A pass is evidence of no harm.
#ifndef ANALYZER_JUDGE_SERIN_H
#define ANALYZER_JUDGE_SERIN_H

#include "analyzer/verdict.h"

extern const struct judge judge_serin;

#endif
