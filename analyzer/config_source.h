// SPDX-License-Identifier: GPL-3.0-or-later
// Private to the analyzer: the settings of one source in a canary config.
#ifndef ANALYZER_CONFIG_SOURCE_H
#define ANALYZER_CONFIG_SOURCE_H

#include "config_reader.h"

config_read_fn config_read_source; // struct source_settings

#endif
