// SPDX-License-Identifier: GPL-3.0-or-later
#include "budget.h"

#include "analyzer/objective_eval.h"
#include "plan_answers.h"
#include "result_number.h"
#include "result_objective.h"
#include "run_record.h"

struct told { // the answer in one word, and why there is none
    const char *gate;
    int exit_code;
    struct texts failures;
};

static struct told tell(const struct objective_results *results) {
    enum objective_gate worst = OBJECTIVE_OPEN;
    for (size_t i = 0; i < results->count; i++) {
        if (results->items[i].gate > worst) worst = results->items[i].gate;
    }
    static const int codes[] = {[OBJECTIVE_OPEN] = EXIT_PASS, [OBJECTIVE_HOLD] = EXIT_INCONCLUSIVE, [OBJECTIVE_CLOSED] = EXIT_GATE};
    return (struct told){.gate = objective_gate_name(worst), .exit_code = codes[worst]};
}

static json_t *document(const struct canary_config *config, const struct analysis_options *options, const struct objective_plan *plan,
                        const struct objective_results *results, const struct told *told, const struct answer *const *answers) {
    json_t *r = json_object(), *file = json_object();
    json_object_set_new(file, "file", json_string(config->file));
    json_object_set_new(file, "sha256", json_string(config->sha256));
    json_object_set_new(r, "schema", json_string("serin.budget/1"));
    json_object_set_new(r, "serin", json_string(SERIN_VERSION));
    json_object_set_new(r, "canary", result_text(config->name));
    json_object_set_new(r, "owner", config->owner != NULL ? result_text(config->owner) : json_null());
    json_object_set_new(r, "config", file);
    json_object_set_new(r, "at", result_instant(plan->at_ms));
    json_object_set_new(r, "release_start", options->release_start_ms != 0 ? result_instant(options->release_start_ms) : json_null());
    json_object_set_new(r, "gate", json_string(told->gate));
    json_object_set_new(r, "exit_code", json_integer(told->exit_code));
    json_object_set_new(r, "failures", result_texts(&told->failures));
    json_object_set_new(r, "objectives", result_objectives(results));
    json_object_set_new(r, "queries", result_objective_queries(plan, answers));
    return r;
}

static json_t *judge(const struct canary_config *config, const struct analysis_options *options, const struct plan *plan,
                     const struct plan_answers *fetched, struct arena *arena) {
    const struct answer *const *answers = plan_answers_of_objectives(fetched, plan, arena);
    struct objective_results results = {0};
    struct texts failures;
    if (objective_failures(plan->objectives, answers, arena, &failures) > 0) {
        struct told told = {"error", EXIT_SOURCE, failures};
        return document(config, options, plan->objectives, NULL, &told, answers);
    }
    objective_eval(plan->objectives, answers, arena, &results);
    struct told told = tell(&results);
    return document(config, options, plan->objectives, &results, &told, answers);
}

json_t *budget_run(const struct canary_config *config, struct view text, const struct analysis_options *options, struct arena *arena,
                   struct error *err) {
    struct objective_plan objectives;
    struct plan plan = {.config = config, .objectives = &objectives};
    struct plan_answers answers = {0};
    json_t *result = NULL;
    int64_t release_start_ms = options->release_start_ms != 0 ? options->release_start_ms : INT64_MIN;
    if (config->objective_count == 0) {
        error_set(err, ERROR_CONFIG, "%s has no objectives", config->file);
        return NULL;
    }
    bool ready =
        objective_plan_build(config, options->end_ms, release_start_ms, 1, arena, &objectives, err) &&
        (!options->suggest || objective_plan_past(&objectives, arena, err)) &&
        plan_answers_open(&answers, config, options->recorded_dir, err) &&
        (options->record_dir == NULL || run_record_write(options->record_dir, text, config->file, config->judge.priors, options, err));
    if (ready) {
        struct fetch_options fetch = {.deadline_ms = options->deadline_ms,
                                      .record_dir = options->record_dir,
                                      .progress = options->progress,
                                      .user = options->user,
                                      .interrupted = options->interrupted};
        bool fetched = plan_answers_fetch(&answers, &plan, &fetch, err);
        plan_answers_warn(&answers, options->warn, options->user);
        if (fetched) result = judge(config, options, &plan, &answers, arena);
    }
    plan_answers_finish(&answers);
    return result;
}
