// SPDX-License-Identifier: GPL-3.0-or-later
// The one list of judges: a new one is a file and a row.
#include <string.h>

#include "judge_kayenta.h"
#include "judge_serin.h"
#include "judge_threshold.h"

const struct judge *judge_find(const char *name) {
    static const struct judge *const judges[] = {&judge_serin, &judge_kayenta, &judge_threshold};
    for (size_t i = 0; i < sizeof judges / sizeof judges[0]; i++) {
        if (strcmp(judges[i]->name, name) == 0) return judges[i];
    }
    return NULL;
}
