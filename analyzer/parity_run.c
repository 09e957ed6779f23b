// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/parity_run.h"

#include "analyzer/parity_plan.h"
#include "parity_unused.h"
#include "plan_answers.h"
#include "result_number.h"

#ifndef SERIN_VERSION
#error "the build defines SERIN_VERSION"
#endif

static json_t *window_json(const struct plan *plan) {
    json_t *window = json_object();
    json_object_set_new_nocheck(window, "start", result_instant(plan->start_ms));
    json_object_set_new_nocheck(window, "end", result_instant(plan->end_ms));
    json_object_set_new_nocheck(window, "length_s", result_seconds(plan->end_ms - plan->start_ms));
    return window;
}

static json_t *document(const struct plan *plan, const struct parity_options *how, const struct parity *parity, json_t *unused) {
    const struct canary_config *config = plan->config;
    json_t *root = json_object(), *file = json_object();
    bool reached = parity->score >= how->min;
    json_object_set_new_nocheck(file, "file", json_string(config->file));
    json_object_set_new_nocheck(file, "sha256", json_string(config->sha256));
    json_object_set_new_nocheck(root, "schema", json_string("serin.parity/1"));
    json_object_set_new_nocheck(root, "serin", json_string(SERIN_VERSION));
    json_object_set_new_nocheck(root, "canary", json_string(config->name));
    json_object_set_new_nocheck(root, "config", file);
    json_object_set_new_nocheck(root, "window", window_json(plan));
    json_object_set_new_nocheck(root, "min", result_number(how->min));
    json_object_set_new_nocheck(root, "exit_code", json_integer(reached ? EXIT_PASS : EXIT_INCONCLUSIVE));
    json_object_set_new_nocheck(root, "parity", parity_json(parity, how->top));
    json_object_set_new_nocheck(root, "unused", unused);
    return root;
}

static bool fetch(const struct plan *plan, struct plan_answers *answers, const struct analysis_options *options, struct arena *arena,
                  struct error *err) {
    struct fetch_options how = {.deadline_ms = options->deadline_ms,
                                .record_dir = options->record_dir,
                                .progress = options->progress,
                                .user = options->user,
                                .interrupted = options->interrupted};
    struct verdict failures;
    bool ok = plan_answers_fetch(answers, plan, &how, err);
    plan_answers_warn(answers, options->warn, options->user);
    if (!ok || !verdict_of_failures(plan, plan_answers_list(answers, plan, arena), arena, &failures)) return ok;
    return error_set(err, ERROR_SOURCE, "%s (%s)", failures.missing.items[0], failures.reasons.items[0]);
}

json_t *parity_run(const struct canary_config *config, const struct parity_options *how, const struct analysis_options *options,
                   struct arena *arena, struct error *err) {
    struct plan analysis, plan;
    struct plan_answers answers = {0};
    struct parity parity;
    json_t *root = NULL, *unused = NULL;
    if (!plan_build(config, options->end_ms, arena, &analysis, err)) return NULL;
    parity_plan_build(&analysis, arena, &plan);
    if (plan.query_count == 0) {
        error_set(err, ERROR_CONFIG, "%s: no metric is compared with a baseline, so there is no parity", config->file);
        return NULL;
    }
    if (plan_answers_open(&answers, config, options->recorded_dir, err) && fetch(&plan, &answers, options, arena, err)) {
        parity_plan_compare(&plan, plan_answers_list(&answers, &plan, arena), arena, &parity);
        unused = how->unused ? parity_unused(&analysis, &answers, how->top, options, arena, err) : json_null();
        if (unused != NULL) root = document(&plan, how, &parity, unused);
    }
    plan_answers_finish(&answers);
    return root;
}
