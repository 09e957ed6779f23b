// SPDX-License-Identifier: GPL-3.0-or-later
// Blocks of a config that are checked now and carried out by parts that are not built yet. Each use leaves a notice, so that
// nobody believes an alert is in place when it is not.
#ifndef ANALYZER_CONFIG_PUBLISH_H
#define ANALYZER_CONFIG_PUBLISH_H

#include "config_reader.h"

config_read_fn config_read_publish; // field: struct canary_config

#endif
