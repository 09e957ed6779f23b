// SPDX-License-Identifier: GPL-3.0-or-later
// What a look tells of its sources. They may live for several looks and serve several canaries at once, so what is counted is what the
// look's own queries needed; what a source has told of itself once is kept for later looks.
#ifndef ANALYZER_SOURCE_FACTS_H
#define ANALYZER_SOURCE_FACTS_H

#include "query/source.h"

struct source_facts { // zeroes before the first look
    char version[64];     // of the server, "" when not known
    const char *detected; // kind that its build info speaks of, "" when not known
    struct source_counters counters; // of the look
    size_t warned;        // bytes of its warnings that were told
};

// Ends a look whose queries were `jobs`, to this source and others.
void source_facts_take(struct source_facts *facts, const struct source *source, const struct fetch_job *jobs, size_t count);

#endif
