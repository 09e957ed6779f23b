// SPDX-License-Identifier: GPL-3.0-or-later
// The levels of the looks depend on the number of steps alone and take a while to compute, so they are kept.
#include "analyzer/judge_cases.h"

#include <stdlib.h>

#include "analyzer/look_levels.h"
#include "base/mem.h"
#include "evidence_json.h"
#include "judge_case.h"

#define MOST_KEPT ((size_t)64)

struct looks { // of a window of so many steps
    size_t steps, count;
    size_t *at; // steps read at each look; the last is the whole window
    struct look_level *levels;
};

struct judge_cases {
    struct judge_cases_options options;
    struct evidence_settings settings;
    struct looks kept[MOST_KEPT];
    size_t kept_count;
};

void judge_cases_options_default(struct judge_cases_options *options) {
    struct evidence_settings settings;
    evidence_settings_default(&settings);
    *options = (struct judge_cases_options){.alpha = settings.alpha, .beta = settings.beta, .spending = SPENDING_OBRIEN_FLEMING};
}

struct judge_cases *judge_cases_create(const struct judge_cases_options *options, struct error *err) {
    struct evidence_settings settings;
    evidence_settings_default(&settings);
    settings.alpha = options->alpha;
    settings.beta = options->beta;
    if (!evidence_settings_check(&settings, err)) {
        if (err != NULL) err->code = ERROR_USAGE;
        return NULL;
    }
    struct judge_cases *cases = mem_zero(1, sizeof *cases);
    cases->options = *options;
    cases->settings = settings;
    return cases;
}

static void looks_finish(struct looks *looks) {
    free(looks->at);
    free(looks->levels);
}

void judge_cases_destroy(struct judge_cases *cases) {
    if (cases == NULL) return;
    for (size_t i = 0; i < cases->kept_count; i++) looks_finish(&cases->kept[i]);
    free(cases);
}

static void place_looks(size_t every, size_t steps, struct looks *ret) {
    ret->steps = steps;
    ret->at = mem_zero(MOST_LOOKS + 1, sizeof *ret->at);
    ret->count = 0;
    for (size_t at = FIRST_LOOK; at < steps && ret->count < MOST_LOOKS; at += every) ret->at[ret->count++] = at;
    ret->at[ret->count++] = steps;
}

static const struct looks *plan_looks(struct judge_cases *cases, size_t steps, struct error *err) {
    size_t every = cases->options.look_every;
    if (steps > FIRST_LOOK && (steps - FIRST_LOOK) / every >= MOST_LOOKS) {
        error_set(err, ERROR_LIMIT, "more than %zu looks at %zu steps", MOST_LOOKS, steps);
        return NULL;
    }
    for (size_t i = 0; i < cases->kept_count; i++) {
        if (cases->kept[i].steps == steps) return &cases->kept[i];
    }
    if (cases->kept_count == MOST_KEPT) looks_finish(&cases->kept[--cases->kept_count]);
    struct looks *looks = &cases->kept[cases->kept_count++];
    place_looks(every, steps, looks);
    looks->levels = mem_zero(looks->count, sizeof *looks->levels);
    look_levels(cases->options.spending, cases->options.alpha, looks->at, looks->count, steps, looks->levels);
    return looks;
}

static json_t *answer(const struct judge_case *c, const struct evidence *evidence, const size_t *steps_read) {
    json_t *object = json_object();
    struct result_nodes nodes = {0};
    json_object_set_new(object, "id", json_string(c->id));
    evidence_json(&nodes, object, evidence);
    result_nodes_finish(&nodes);
    if (steps_read != NULL) json_object_set_new(object, "t", json_integer((json_int_t)*steps_read));
    return object;
}

static json_t *judge_looks(struct judge_cases *cases, const struct judge_case *c, struct arena *arena, struct error *err) {
    struct evidence_settings settings = c->settings;
    const struct looks *looks = plan_looks(cases, c->steps, err);
    struct evidence evidence = {0};
    size_t at = 0;
    if (looks == NULL) return NULL;
    settings.horizon = c->steps;
    for (size_t i = 0; i < looks->count; i++) {
        at = looks->at[i];
        settings.alpha = looks->levels[i].alpha;
        settings.fresh = looks->levels[i].fresh;
        judge_case_evidence(c, at, &settings, arena, &evidence);
        if (evidence.status == EVIDENCE_FAIL) break;
    }
    return answer(c, &evidence, &at);
}

json_t *judge_cases_line(struct judge_cases *cases, struct view line, struct error *err) {
    struct arena arena = {0};
    struct judge_case c;
    struct evidence evidence;
    json_t *result = NULL;
    if (!judge_case_read(line, &cases->settings, &arena, &c, err)) goto out;
    if (cases->options.look_every > 0) {
        result = judge_looks(cases, &c, &arena, err);
    } else {
        judge_case_evidence(&c, c.steps, &c.settings, &arena, &evidence);
        result = answer(&c, &evidence, NULL);
    }
out:
    arena_finish(&arena);
    return result;
}
