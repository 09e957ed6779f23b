// SPDX-License-Identifier: GPL-3.0-or-later
// What a recorded run needs beside the answers: the config and the options that changed it.
#ifndef ANALYZER_RUN_RECORD_H
#define ANALYZER_RUN_RECORD_H

#include "analyzer/analysis.h"

// Writes DIR/run.json and DIR/canary.yaml (DIR is made when needed), and DIR/priors.yaml, a copy of the file `priors` unless that is
// NULL. A directory that holds a run already is refused.
bool run_record_write(const char *dir, struct view text, const char *file, const char *priors, const struct analysis_options *options,
                      struct error *err);

char *run_record_text(const char *file, const struct analysis_options *options); // of DIR/run.json; the caller frees it

// The options that change what is judged, but for the end of the window. The caller releases it.
json_t *run_record_options(const struct config_overrides *overrides);

bool run_record_read(const char *dir, struct arena *arena, struct view *ret_text, const char **ret_file, struct analysis_options *ret_options,
                     struct error *err);

#endif
