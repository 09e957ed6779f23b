// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/analysis.h"

#include "analysis_look.h"
#include "analyzer/result.h"
#include "budget.h"
#include "objective_verdict.h"
#include "run_record.h"

json_t *analysis_judge(const struct plan *plan, const struct plan_answers *fetched, struct arena *arena, struct error *err) {
    const struct answer *const *answers = plan_answers_list(fetched, plan, arena);
    const struct answer *const *of_objectives = plan_answers_of_objectives(fetched, plan, arena);
    struct objective_results objectives = {0};
    struct verdict verdict;
    bool failed = verdict_of_failures(plan, answers, arena, &verdict);
    if (plan->objectives != NULL) failed = objective_verdict_of_failures(plan, of_objectives, failed, arena, &verdict);
    if (!failed) {
        struct samples samples;
        if (!samples_build(plan, answers, arena, &samples, err) || !verdict_make(plan, &samples, answers, arena, &verdict, err))
            return NULL;
        if (verdict.trust == NULL) verdict.trust = trust_make(plan, &samples, answers, arena);
        if (plan->objectives != NULL) {
            objective_eval(plan->objectives, of_objectives, arena, &objectives);
            objective_verdict_join(plan, &objectives, arena, &verdict);
        }
    }
    struct result_input input = {plan, &verdict, answers, fetched->facts, &objectives, of_objectives};
    return result_build(&input);
}

json_t *analysis_look(const struct plan *plan, struct plan_answers *answers, const struct analysis_options *options, struct arena *arena,
                      struct error *err) {
    struct fetch_options fetch = {.deadline_ms = options->deadline_ms,
                                  .record_dir = options->record_dir,
                                  .progress = options->progress,
                                  .user = options->user,
                                  .interrupted = options->interrupted};
    bool fetched = plan_answers_fetch(answers, plan, &fetch, err);
    plan_answers_warn(answers, options->warn, options->user);
    return fetched ? analysis_judge(plan, answers, arena, err) : NULL;
}

static json_t *run_config(const struct canary_config *config, struct view text, const struct analysis_options *options, struct arena *arena,
                          struct error *err) {
    struct plan plan;
    struct plan_answers answers = {0};
    json_t *result = NULL;
    bool ready =
        plan_build(config, options->end_ms, arena, &plan, err) && plan_answers_open(&answers, config, options->recorded_dir, err) &&
        (options->record_dir == NULL || run_record_write(options->record_dir, text, config->file, config->judge.priors, options, err));
    if (ready) result = analysis_look(&plan, &answers, options, arena, err);
    plan_answers_finish(&answers);
    return result;
}

struct canary_config *analysis_config(struct view text, const char *file, const struct config_overrides *overrides, struct arena *arena,
                                      struct findings *findings, struct error *err) {
    struct canary_config *config = arena_alloc(arena, sizeof *config);
    if (config_read(text, file, overrides, arena, findings, config)) return config;
    error_set(err, ERROR_CONFIG, "%s: %zu error%s in the config", file, findings->errors, findings->errors == 1 ? "" : "s");
    return NULL;
}

json_t *analysis_run(struct view text, const char *file, const struct analysis_options *options, struct arena *arena,
                     struct findings *findings, struct error *err) {
    const struct canary_config *config = analysis_config(text, file, &options->overrides, arena, findings, err);
    if (config == NULL) return NULL;
    return options->budget ? budget_run(config, text, options, arena, err) : run_config(config, text, options, arena, err);
}

json_t *analysis_replay(const char *dir, struct arena *arena, struct findings *findings, struct error *err) {
    struct analysis_options options = {0};
    struct view text;
    const char *file;
    if (!run_record_read(dir, arena, &text, &file, &options, err)) return NULL;
    options.recorded_dir = dir;
    return analysis_run(text, file, &options, arena, findings, err);
}

int analysis_exit_code(const json_t *result) {
    return (int)json_integer_value(json_object_get(result, "exit_code"));
}
