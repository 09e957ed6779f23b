// SPDX-License-Identifier: GPL-3.0-or-later
// What serin judge takes beside what others take.
#include <stdlib.h>
#include <string.h>

#include "option.h"

static bool read_chance(struct option_call *p, const char *value, double *field) {
    char *end;
    double chance = strtod(value, &end);
    if (*value == '\0' || *end != '\0' || !(chance > 0 && chance < 0.5)) return option_bad(p, value, "a chance between 0 and 0.5");
    *field = chance;
    return true;
}

bool option_cases(struct option_call *p, const char *value) {
    p->options->cases_file = value;
    return true;
}

bool option_pairs_config(struct option_call *p, const char *value) {
    p->options->config_file = value;
    return true;
}

bool option_pairs(struct option_call *p, const char *value) {
    p->options->pairs_file = value;
    return true;
}

bool option_looks(struct option_call *p, const char *value) {
    char *end;
    unsigned long steps = strtoul(value, &end, 10);
    if (*value < '1' || *value > '9' || *end != '\0' || steps > 1000000) return option_bad(p, value, "a number of steps from 1");
    p->options->cases.look_every = steps;
    return true;
}

bool option_alpha(struct option_call *p, const char *value) {
    return read_chance(p, value, &p->options->cases.alpha);
}

bool option_beta(struct option_call *p, const char *value) {
    return read_chance(p, value, &p->options->cases.beta);
}

bool option_spending(struct option_call *p, const char *value) {
    bool pocock = strcmp(value, "pocock") == 0;
    if (!pocock && strcmp(value, "obf") != 0) return option_bad(p, value, "obf or pocock");
    p->options->cases.spending = pocock ? SPENDING_POCOCK : SPENDING_OBRIEN_FLEMING;
    return true;
}
