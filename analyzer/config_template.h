// SPDX-License-Identifier: GPL-3.0-or-later
// The template of a message for a receiver: text with ${name}, a field of the run or a variable of the config.
#ifndef ANALYZER_CONFIG_TEMPLATE_H
#define ANALYZER_CONFIG_TEMPLATE_H

#include "config_reader.h"

config_read_fn config_read_template; // struct publish_target

#endif
