// SPDX-License-Identifier: GPL-3.0-or-later
// Private to the analyzer: the block `publish` of a canary config.
#ifndef ANALYZER_CONFIG_PUBLISH_H
#define ANALYZER_CONFIG_PUBLISH_H

#include "config_reader.h"

config_read_fn config_read_publish; // struct publish_config *, in the arena

#endif
