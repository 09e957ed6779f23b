// SPDX-License-Identifier: GPL-3.0-or-later
// What a metric tolerates, with its units.
#ifndef ANALYZER_CONFIG_TOLERANCE_H
#define ANALYZER_CONFIG_TOLERANCE_H

#include "config_reader.h"

// Reads `tolerance` and `harm` of a metric's map. Call it when the rest of the metric was read: the unit says what an absolute
// tolerance means, the kind what holds when there is none. Counts without an absolute one are left with NaN: objectives give it.
void config_read_tolerance(struct config_reader *reader, const struct yaml_node *map, const struct config_path *path,
                           struct metric_config *metric);

#endif
