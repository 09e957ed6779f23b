// SPDX-License-Identifier: GPL-3.0-or-later
// A config without a mistake, for tests that put one in, and how such a text is read.
#ifndef TESTS_ANALYZER_GOOD_CONFIG_H
#define TESTS_ANALYZER_GOOD_CONFIG_H

#include "analyzer/config.h"
#include "base/buf.h"

extern const char good_config[];

struct read_config {
    struct arena arena;
    struct findings findings;
    struct canary_config config;
    bool ok;
};

void read_config(struct read_config *r, const char *text, const struct config_overrides *overrides); // NULL: none given
void read_config_finish(struct read_config *r);

// The good config with the first occurrence of `old` replaced; fails the test when there is none. Lives in the arena.
const char *edited_config(struct arena *arena, const char *old, const char *new);

#endif
