// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/analysis.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/result.h"
#include "base/mem.h"
#include "run_record.h"
#include "texts.h"

struct run { // what one analysis holds while it runs
    const struct analysis_options *options;
    const struct canary_config *config;
    struct plan plan;
    struct source **sources; // one per source of the config
    struct fetch_job *jobs;
    size_t *job_of; // job of each planned query; equal queries share one
    size_t job_count;
};

static bool open_sources(struct run *run, struct error *err) {
    run->sources = mem_zero(run->config->source_count, sizeof(struct source *));
    for (size_t i = 0; i < run->config->source_count; i++) {
        const struct source_config *s = &run->config->sources[i];
        run->sources[i] = run->options->recorded_dir != NULL
                              ? source_create_recorded(s->name, run->options->recorded_dir, &s->settings, err)
                              : source_create_prometheus(s->name, &s->settings, err);
        if (run->sources[i] == NULL) return false;
    }
    return true;
}

static struct source *find_source(const struct run *run, const char *name) {
    for (size_t i = 0; i < run->config->source_count; i++) {
        if (strcmp(run->config->sources[i].name, name) == 0) return run->sources[i];
    }
    return NULL;
}

static bool same_query(const struct query *a, const struct query *b) {
    return a->mode == b->mode && a->start_ms == b->start_ms && a->end_ms == b->end_ms && a->step_ms == b->step_ms &&
           strcmp(a->expr, b->expr) == 0;
}

static void make_jobs(struct run *run) {
    run->jobs = mem_zero(run->plan.query_count, sizeof *run->jobs);
    run->job_of = mem_zero(run->plan.query_count, sizeof *run->job_of);
    for (size_t q = 0; q < run->plan.query_count; q++) {
        const struct planned_query *planned = &run->plan.queries[q];
        struct source *source = find_source(run, planned->source);
        size_t at = 0;
        while (at < run->job_count && (run->jobs[at].source != source || !same_query(&run->jobs[at].query, &planned->query))) at++;
        if (at == run->job_count) {
            run->jobs[run->job_count++] = (struct fetch_job){.source = source, .query = planned->query};
        } else {
            run->jobs[at].sharers++;
        }
        run->job_of[q] = at;
    }
}

static void run_finish(struct run *run) {
    for (size_t i = 0; i < run->job_count; i++) answer_finish(&run->jobs[i].answer);
    for (size_t i = 0; run->sources != NULL && i < run->config->source_count; i++) source_destroy(run->sources[i]);
    free(run->jobs);
    free(run->job_of);
    free(run->sources);
}

static void tell_warnings(const struct run *run) {
    for (size_t i = 0; i < run->config->source_count && run->options->warn != NULL; i++) {
        const char *text = source_warning(run->sources[i]);
        if (text != NULL && text[0] != '\0') run->options->warn(run->options->user, text);
    }
}

static json_t *judge_run(const struct run *run, struct arena *arena, struct error *err) {
    const struct answer **answers = arena_array(arena, run->plan.query_count, sizeof *answers);
    for (size_t q = 0; q < run->plan.query_count; q++) answers[q] = &run->jobs[run->job_of[q]].answer;
    struct verdict verdict;
    if (!verdict_of_failures(&run->plan, answers, arena, &verdict)) {
        struct samples samples;
        if (!samples_build(&run->plan, answers, arena, &samples, err) || !verdict_make(&run->plan, &samples, answers, arena, &verdict, err))
            return NULL;
    }
    struct result_input input = {&run->plan, &verdict, answers, run->sources};
    return result_build(&input);
}

static json_t *run_config(const struct canary_config *config, struct view text, const struct analysis_options *options, struct arena *arena,
                          struct error *err) {
    struct run run = {.options = options, .config = config};
    json_t *result = NULL;
    if (!plan_build(config, options->end_ms, arena, &run.plan, err) || !open_sources(&run, err)) goto out;
    if (options->record_dir != NULL && !run_record_write(options->record_dir, text, config->file, options, err)) goto out;
    make_jobs(&run);
    struct fetch_options fetch = {.deadline_ms = options->deadline_ms,
                                  .record_dir = options->record_dir,
                                  .progress = options->progress,
                                  .user = options->user,
                                  .interrupted = options->interrupted};
    bool fetched = fetch_run(run.jobs, run.job_count, &fetch, err);
    tell_warnings(&run);
    if (fetched) result = judge_run(&run, arena, err);
out:
    run_finish(&run);
    return result;
}

json_t *analysis_run(struct view text, const char *file, const struct analysis_options *options, struct arena *arena,
                     struct findings *findings, struct error *err) {
    struct canary_config *config = arena_alloc(arena, sizeof *config);
    if (!config_read(text, file, &options->overrides, arena, findings, config)) {
        error_set(err, ERROR_CONFIG, "%s: %zu error%s in the config", file, findings->errors, findings->errors == 1 ? "" : "s");
        return NULL;
    }
    return run_config(config, text, options, arena, err);
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
