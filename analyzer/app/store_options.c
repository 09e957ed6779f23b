// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_options.h"

#include "option.h"

bool option_store(struct option_call *p, const char *value) {
    p->options->store.where = value;
    return *value != '\0' || error_set(p->err, ERROR_USAGE, "must not be empty");
}

bool option_replay(struct option_call *p, const char *value) {
    p->options->store.replay = value;
    return *value != '\0' || error_set(p->err, ERROR_USAGE, "must not be empty");
}

bool option_evidence(struct option_call *p, const char *value) {
    (void)value;
    p->options->store.evidence = true;
    return true;
}
