// SPDX-License-Identifier: GPL-3.0-or-later
// The `gate` of a native config.
#ifndef ANALYZER_CONFIG_GATE_H
#define ANALYZER_CONFIG_GATE_H

#include "config_reader.h"

config_read_fn config_read_gate; // field: struct canary_config
config_read_fn config_halt_at;   // field: double, per cent of a release's budget, 20 to 50

// What spans several keys: sources of checks, what needs objectives. After scopes and objectives are checked.
void config_check_gate(struct config_reader *reader, const struct yaml_node *root);

#endif
