// SPDX-License-Identifier: GPL-3.0-or-later
// What a service might count, for tests and benchmarks of its page.
#ifndef TESTS_MADE_ENGINE_H
#define TESTS_MADE_ENGINE_H

#include "exporters/live.h"

enum { MADE_SOURCES = 100 };

struct made_engine {
    struct live_engine engine;
    struct live_source sources[MADE_SOURCES];
    char names[MADE_SOURCES][32];
};

// All kinds of samples, and up to MADE_SOURCES sources; lives as long as `made`.
const struct live_engine *made_engine(struct made_engine *made, size_t sources);

#endif
