// SPDX-License-Identifier: GPL-3.0-or-later
// Reads any bytes as a config; what is taken as good must give a plan whose queries all have a source and times in order.
#include <stdlib.h>

#include "analyzer/config.h"
#include "analyzer/objective_plan.h"
#include "analyzer/parity_plan.h"
#include "analyzer/plan.h"
#include "query/selector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define END_MS INT64_C(1735692000000)

static void check_plan(const struct plan *plan) {
    if (plan->start_ms >= plan->end_ms) abort();
    for (size_t i = 0; i < plan->query_count; i++) {
        const struct planned_query *q = &plan->queries[i];
        if (q->source == NULL || q->query.expr == NULL || q->query.start_ms >= q->query.end_ms) abort();
    }
    struct buf out;
    buf_init(&out, (size_t)1 << 22);
    plan_print(plan, &out);
    buf_finish(&out);
}

// What is read raw must be a selector.
static void check_parity(const struct plan *from, struct arena *arena) {
    struct plan plan;
    parity_plan_build(from, arena, &plan);
    for (size_t i = 0; i < plan.query_count; i++) {
        const struct planned_query *q = &plan.queries[i];
        if (q->query.mode == QUERY_RAW && !selector_is_plain(view_of(q->query.expr))) abort();
        if (q->part == PART_GUARD || q->query.start_ms >= q->query.end_ms) abort();
    }
}

static void check_objectives(const struct objective_plan *plan) {
    for (size_t i = 0; i < plan->query_count; i++) {
        const struct objective_query *q = &plan->queries[i];
        if (q->source == NULL || q->query.expr[0] == '\0' || plan->items[q->objective].span_count <= q->span) abort();
    }
    for (size_t i = 0; i < plan->count; i++) {
        const struct period *p = &plan->items[i].period;
        if (p->start_ms >= p->end_ms || p->end_ms < END_MS || p->start_ms > END_MS) abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena = {0};
    struct findings findings;
    struct config_overrides overrides;
    struct canary_config config;
    struct plan plan;
    struct objective_plan objectives;
    struct error err;
    findings_init(&findings, &arena);
    config_overrides_init(&overrides);
    overrides.url = "http://127.0.0.1:9090"; // a Kayenta config names no server
    overrides.sides[SIDE_BASELINE] = "scope=old,location=eu";
    overrides.sides[SIDE_CANARY] = "scope=new,location=eu";
    struct view text = {(const char *)data, size};
    bool good = config_read(text, "fuzz.yaml", &overrides, &arena, &findings, &config);
    if (good != (findings.errors == 0)) abort();
    if (good && plan_build(&config, END_MS, &arena, &plan, &err)) {
        check_plan(&plan);
        check_parity(&plan, &arena);
    }
    if (good && objective_plan_build(&config, END_MS, END_MS - 3600000, 1, &arena, &objectives, &err)) check_objectives(&objectives);
    struct buf out;
    buf_init(&out, (size_t)1 << 22);
    findings_print(&findings, &out);
    buf_finish(&out);
    findings_finish(&findings);
    arena_finish(&arena);
    return 0;
}
