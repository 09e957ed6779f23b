// SPDX-License-Identifier: GPL-3.0-or-later
// The answers to one look as files of a recorded watch, and the files beside its looks, all as entries of a tar archive.
#ifndef ANALYZER_LOOK_RECORD_H
#define ANALYZER_LOOK_RECORD_H

#include "analyzer/analysis.h"
#include "base/buf.h"
#include "plan_answers.h"

// Appends the folder of the look. `fetched` are answers that were judged; they are only read. False with err when they cannot be written
// (ERROR_LIMIT, ERROR_DATA); what was appended is to be thrown away then.
bool look_record_add(struct buf *out, const char *name, const struct plan_answers *fetched, int64_t now_ms, struct error *err);

// Appends run.json, canary.yaml and the priors of the config, when it uses some that are still what they were.
void look_record_add_run(struct buf *out, const struct canary_config *config, struct view text, const struct analysis_options *options,
                         int64_t now_ms);

#endif
