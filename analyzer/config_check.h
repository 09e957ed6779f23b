// SPDX-License-Identifier: GPL-3.0-or-later
// What spans several keys of a native config: references, duplicates, groups, scopes, the settings of sources.
#ifndef ANALYZER_CONFIG_CHECK_H
#define ANALYZER_CONFIG_CHECK_H

#include "config_reader.h"

// Also fills in what follows from other keys: the baseline scope of one that is left out, inherited limits, expanded URLs.
void config_check(struct config_reader *reader, const struct yaml_node *root);

// Whether the window, after the command line had its say, holds a sensible number of steps.
void config_check_window(struct config_reader *reader, const struct yaml_node *root);

// Scores and times from the command line go before those of the file.
void config_apply_overrides(struct config_reader *reader);

#endif
