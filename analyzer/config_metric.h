// SPDX-License-Identifier: GPL-3.0-or-later
// The `metrics` of a native config.
#ifndef ANALYZER_CONFIG_METRIC_H
#define ANALYZER_CONFIG_METRIC_H

#include "config_reader.h"

config_read_fn config_query;    // const char *: checks placeholders and matchers
config_read_fn config_selector; // const char *: the same of a plain selector, which can be read raw or put into increase()

void config_read_metrics(struct config_reader *reader, const struct yaml_node *node, const struct config_path *path, void *config);

#endif
