// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/status.h"

const char *stats_status_text(enum stats_status status) {
    static const char *const texts[] = {"ok", "nodata", "degenerate", "nonfinite", "invalid"};
    return texts[status];
}
