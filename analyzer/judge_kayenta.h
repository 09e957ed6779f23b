// SPDX-License-Identifier: GPL-3.0-or-later
// Kayenta's judge in serin's seam: classes and score are NetflixACAJudge-v1.0's; the verdict differs in one point. What fails
// only because data is missing is inconclusive here, not a failed canary.
#ifndef ANALYZER_JUDGE_KAYENTA_H
#define ANALYZER_JUDGE_KAYENTA_H

#include "analyzer/verdict.h"

extern const struct judge judge_kayenta;

#endif
