// SPDX-License-Identifier: GPL-3.0-or-later
// What calibration learned of each metric's noise, as a file (YAML or JSON) that the judge serin takes for its belief.
#ifndef ANALYZER_PRIORS_H
#define ANALYZER_PRIORS_H

#include "config_reader.h"

// Reads the file that judge.priors (in the map `judge`) or the overrides name into the metrics of the reader's config. What is wrong in
// it becomes a finding of that file: another canary or step, a metric that the config does not have.
void priors_read(struct config_reader *reader, const struct yaml_node *judge);

#endif
