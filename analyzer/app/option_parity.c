// SPDX-License-Identifier: GPL-3.0-or-later
// What serin parity takes beside what others take.
#include <errno.h>
#include <stdlib.h>

#include "option.h"

#define MOST_LISTED 10000

bool option_parity_min(struct option_call *p, const char *value) {
    struct parity_arguments *a = &p->options->parity;
    char *end;
    double score = strtod(value, &end);
    if (*value < '0' || *value > '9' || *end != '\0' || !(score <= 100)) return option_bad(p, value, "a score from 0 to 100");
    a->min = score;
    return a->has_min = true;
}

bool option_parity_top(struct option_call *p, const char *value) {
    struct parity_arguments *a = &p->options->parity;
    char *end;
    errno = 0;
    unsigned long long count = strtoull(value, &end, 10);
    bool good = *value >= '0' && *value <= '9' && *end == '\0' && errno == 0 && count > 0 && count <= MOST_LISTED;
    if (!good) return option_bad(p, value, "a number from 1 to 10000");
    a->top = (size_t)count;
    return true;
}

bool option_parity_unused(struct option_call *p, const char *value) {
    (void)value;
    return p->options->parity.unused = true;
}
