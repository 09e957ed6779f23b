// SPDX-License-Identifier: GPL-3.0-or-later
// Private to the analyzer: the block `notify` of a canary config.
#ifndef ANALYZER_CONFIG_NOTIFY_H
#define ANALYZER_CONFIG_NOTIFY_H

#include "config_reader.h"

config_read_fn config_read_notify; // struct notify_config *, in the arena

#endif
