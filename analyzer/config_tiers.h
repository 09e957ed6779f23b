// SPDX-License-Identifier: GPL-3.0-or-later
// The pairs of windows of an objective: those of its `tiers`, else the usual four, fitted to its period by `scaling`.
#ifndef ANALYZER_CONFIG_TIERS_H
#define ANALYZER_CONFIG_TIERS_H

#include "analyzer/objective.h"
#include "config_reader.h"

// Fills in tiers and absent_ms. `node` is the objective, whose period and budget are known.
void config_read_tiers(struct config_reader *reader, const struct yaml_node *node, const struct config_path *path,
                       struct objective_config *objective);

#endif
