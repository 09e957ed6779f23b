// SPDX-License-Identifier: GPL-3.0-or-later
#include "incomplete.h"

#include <string.h>

static bool begins_with(struct view text, const char *head) {
    return text.len >= strlen(head) && memcmp(text.ptr, head, strlen(head)) == 0;
}

static bool refuses(struct view warning, enum source_warnings policy) {
    if (begins_with(warning, "PromQL info:")) return false; // older servers have infos among the warnings
    return policy == SOURCE_WARNINGS_REFUSE || !begins_with(warning, "PromQL warning:");
}

bool incomplete_check(const struct series_set *set, enum source_warnings policy, struct error *err) {
    if (policy == SOURCE_WARNINGS_NOTE) return true;
    if (set->partial) {
        return error_set(err, ERROR_DATA, "the answer is incomplete: the server says that it is partial (warnings: note would take it)");
    }
    for (size_t i = 0; i < set->warnings.count; i++) {
        struct view warning = set->warnings.items[i];
        if (!refuses(warning, policy)) continue;
        return error_set(err, ERROR_DATA, "the answer is %s: the server warns: %.*s (warnings: note would take it)",
                         policy == SOURCE_WARNINGS_REFUSE ? "refused" : "incomplete", warning.len < 600 ? (int)warning.len : 600,
                         warning.ptr);
    }
    return true;
}
