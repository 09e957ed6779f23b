// SPDX-License-Identifier: GPL-3.0-or-later
#include "source_facts.h"

#include <stdio.h>

void source_facts_renew(struct source_facts *facts) {
    facts->before = (struct source_counters){0};
}

void source_facts_take(struct source_facts *facts, const struct source *source) {
    const struct source_counters *now = source_counters(source), *old = &facts->before;
    facts->counters = (struct source_counters){.queries = now->queries - old->queries,
                                               .tries = now->tries - old->tries,
                                               .retries = now->retries - old->retries,
                                               .shared = now->shared - old->shared,
                                               .refused = now->refused - old->refused,
                                               .throttled = now->throttled - old->throttled,
                                               .bytes = now->bytes - old->bytes};
    facts->before = *now;
    if (source_version(source)[0] != '\0') snprintf(facts->version, sizeof facts->version, "%s", source_version(source));
    if (facts->detected == NULL || source_detected_kind(source)[0] != '\0') facts->detected = source_detected_kind(source);
}
