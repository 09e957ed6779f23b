// SPDX-License-Identifier: GPL-3.0-or-later
// The `judge` of a native config, and what the metrics may say to it: keys that another judge would need are told, not passed over.
#ifndef ANALYZER_CONFIG_JUDGE_H
#define ANALYZER_CONFIG_JUDGE_H

#include "config_reader.h"

config_read_fn config_read_judge; // struct judge_config

// What holds where neither file nor command line says anything: call it once both had their say.
void config_judge_defaults(struct config_reader *reader);

// Whether judge, metrics and window go together; needs the defaults of the metrics.
void config_judge_check(struct config_reader *reader, const struct yaml_node *root);

#endif
