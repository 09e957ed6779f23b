// SPDX-License-Identifier: GPL-3.0-or-later
// Kayenta canary configs, read as they are: unknown members are ignored, as Kayenta does. What an execution request would add
// (server, scopes, thresholds, window) comes from the command line.
#ifndef ANALYZER_CONFIG_KAYENTA_H
#define ANALYZER_CONFIG_KAYENTA_H

#include "config_reader.h"

bool config_is_kayenta(const struct yaml_node *root);
void config_read_kayenta(struct config_reader *reader, const struct yaml_node *root);

#endif
