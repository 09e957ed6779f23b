// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/objective.h"

#include <stdio.h>
#include <stdlib.h>

const char *objective_kind_name(enum objective_kind kind) {
    static const char *const names[] = {"bad", "good", "latency", "up"};
    return names[kind];
}

const char *objective_calendar_name(enum objective_calendar calendar) {
    static const char *const names[] = {"rolling", "week", "month", "quarter"};
    return names[calendar];
}

double objective_threshold(const struct objective_config *objective, double factor) {
    char text[32];
    snprintf(text, sizeof text, "%.14g", factor * objective->budget);
    return strtod(text, NULL);
}

bool objective_can_fire(const struct objective_config *objective, const struct objective_tier *tier) {
    return objective_threshold(objective, tier->factor) < 1;
}
