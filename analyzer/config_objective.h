// SPDX-License-Identifier: GPL-3.0-or-later
// The `objectives` of a native config.
#ifndef ANALYZER_CONFIG_OBJECTIVE_H
#define ANALYZER_CONFIG_OBJECTIVE_H

#include "config_reader.h"

config_read_fn config_read_objectives; // field: struct canary_config

// What spans several keys: names, the source of the whole service, whether sides can be told apart. After the scopes are checked.
void config_check_objectives(struct config_reader *reader);

#endif
