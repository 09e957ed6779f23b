// SPDX-License-Identifier: GPL-3.0-or-later
#include "source_facts.h"

#include <stdio.h>

void source_facts_take(struct source_facts *facts, const struct source *source, const struct fetch_job *jobs, size_t count) {
    facts->counters = (struct source_counters){0};
    for (size_t i = 0; i < count; i++) {
        if (jobs[i].source == source) source_counters_add(&facts->counters, &jobs[i].answer, jobs[i].sharers);
    }
    if (source_version(source)[0] != '\0') snprintf(facts->version, sizeof facts->version, "%s", source_version(source));
    if (facts->detected == NULL || source_detected_kind(source)[0] != '\0') facts->detected = source_detected_kind(source);
}
