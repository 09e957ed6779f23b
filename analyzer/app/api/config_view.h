// SPDX-License-Identifier: GPL-3.0-or-later
// How the API shows a canary config: with defaults and variables filled in, and with every query it makes. Nothing secret is shown: names
// of files, headers, parameters and user names are left out.
#ifndef API_CONFIG_VIEW_H
#define API_CONFIG_VIEW_H

#include <jansson.h>

#include "analyzer/config.h"

// The window of the plan ends at end_ms. The caller releases it; NULL with err when the plan cannot be made.
json_t *config_view(const struct canary_config *config, int64_t end_ms, struct arena *arena, struct error *err);

#endif
