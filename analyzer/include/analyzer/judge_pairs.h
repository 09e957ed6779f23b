// SPDX-License-Identifier: GPL-3.0-or-later
// Judges data that are given as Kayenta keeps them: a canary config and a metric set pair list, without any source.
#ifndef ANALYZER_JUDGE_PAIRS_H
#define ANALYZER_JUDGE_PAIRS_H

#include <jansson.h>

#include "analyzer/config.h"
#include "base/error.h"

struct judge_pairs_input {
    struct view config, pairs;           // the texts
    const char *config_file, *pairs_file; // for messages
    const struct config_overrides *overrides;
};

// The result document as of an analysis, with one metric for each pair, in the order of the config and then of the list; it has
// no queries and no sources. The caller releases it. NULL with err: ERROR_CONFIG for a config that cannot be used (findings say
// why), ERROR_DATA for pairs that are none or that name no metric of the config, ERROR_LIMIT for more than 10,000 pairs or
// 1,000,000 values a side.
json_t *judge_pairs(const struct judge_pairs_input *input, struct arena *arena, struct findings *findings, struct error *err);

#endif
