// SPDX-License-Identifier: GPL-3.0-or-later
// What the three files of exporters/rules.h share.
#ifndef EXPORTERS_RULES_PRIVATE_H
#define EXPORTERS_RULES_PRIVATE_H

#include "exporters/rules.h"

enum { RULES_MOST_WINDOWS = 64 };

struct rules_windows { // different ones, the shortest first
    int64_t ms[RULES_MOST_WINDOWS];
    size_t count;
};

// The windows of an objective's tiers that can fire; with `page_only` only of those that page. Tiers beyond the bound are left out.
struct rules_windows rules_windows_of(const struct objective_config *objective, bool page_only);

// The tier that pages first; NULL when none can fire.
const struct objective_tier *rules_first_page(const struct objective_config *objective);


bool rules_check(const struct canary_config *config, struct error *err); // there is something to write

#endif
