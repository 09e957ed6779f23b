// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan_answers.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/objective_plan.h"
#include "base/mem.h"

static void close_sources(struct plan_answers *answers) {
    for (size_t i = 0; i < answers->source_count; i++) {
        if (!answers->borrowed) source_destroy(answers->sources[i]);
        answers->sources[i] = NULL;
    }
}

static bool open_sources(struct plan_answers *answers, const struct canary_config *config, const char *recorded_dir, struct error *err) {
    for (size_t i = 0; i < config->source_count; i++) {
        const struct source_config *s = &config->sources[i];
        answers->sources[i] = recorded_dir != NULL ? source_create_recorded(s->name, recorded_dir, &s->settings, err)
                                                   : source_create_prometheus(s->name, &s->settings, err);
        if (answers->sources[i] == NULL) return false;
    }
    return true;
}

static void make_room(struct plan_answers *answers, size_t count) {
    *answers = (struct plan_answers){
        .sources = mem_zero(count, sizeof(struct source *)), .facts = mem_zero(count, sizeof(struct source_facts)), .source_count = count};
}

void plan_answers_borrow(struct plan_answers *answers, struct source *const *sources, size_t count) {
    make_room(answers, count);
    answers->borrowed = true;
    for (size_t i = 0; i < count; i++) answers->sources[i] = sources[i];
}

bool plan_answers_open(struct plan_answers *answers, const struct canary_config *config, const char *recorded_dir, struct error *err) {
    make_room(answers, config->source_count);
    return open_sources(answers, config, recorded_dir, err);
}

bool plan_answers_reopen(struct plan_answers *answers, const struct canary_config *config, const char *recorded_dir, struct error *err) {
    close_sources(answers);
    return open_sources(answers, config, recorded_dir, err);
}

static struct source *find_source(const struct plan_answers *answers, const char *name) {
    for (size_t i = 0; i < answers->source_count; i++) {
        if (strcmp(source_name(answers->sources[i]), name) == 0) return answers->sources[i];
    }
    return NULL;
}

static bool same_query(const struct query *a, const struct query *b) {
    return a->mode == b->mode && a->start_ms == b->start_ms && a->end_ms == b->end_ms && a->step_ms == b->step_ms &&
           strcmp(a->expr, b->expr) == 0;
}

static void forget(struct plan_answers *answers) {
    for (size_t i = 0; i < answers->job_count; i++) answer_finish(&answers->jobs[i].answer);
    free(answers->jobs);
    free(answers->job_of);
    answers->jobs = NULL;
    answers->job_of = NULL;
    answers->job_count = answers->query_count = 0;
}

static void add_query(struct plan_answers *answers, const char *source_name, const struct query *query) {
    struct source *source = find_source(answers, source_name);
    size_t at = 0;
    while (at < answers->job_count && (answers->jobs[at].source != source || !same_query(&answers->jobs[at].query, query))) at++;
    if (at == answers->job_count) {
        answers->jobs[answers->job_count++] = (struct fetch_job){.source = source, .query = *query};
    } else {
        answers->jobs[at].sharers++;
    }
    answers->job_of[answers->query_count++] = at;
}

void plan_answers_make_jobs(struct plan_answers *answers, const struct plan *plan) {
    const struct objective_plan *objectives = plan->objectives;
    size_t most = plan->query_count + (objectives != NULL ? objectives->query_count : 0);
    forget(answers);
    answers->jobs = mem_zero(most, sizeof *answers->jobs);
    answers->job_of = mem_zero(most, sizeof *answers->job_of);
    for (size_t q = 0; q < plan->query_count; q++) add_query(answers, plan->queries[q].source, &plan->queries[q].query);
    for (size_t q = 0; objectives != NULL && q < objectives->query_count; q++)
        add_query(answers, objectives->queries[q].source, &objectives->queries[q].query);
}

void plan_answers_take(struct plan_answers *answers) {
    for (size_t i = 0; i < answers->source_count; i++)
        source_facts_take(&answers->facts[i], answers->sources[i], answers->jobs, answers->job_count);
}

bool plan_answers_fetch(struct plan_answers *answers, const struct plan *plan, const struct fetch_options *options, struct error *err) {
    plan_answers_make_jobs(answers, plan);
    bool ok = fetch_run(answers->jobs, answers->job_count, options, err);
    plan_answers_take(answers);
    return ok;
}

static const struct answer *const *list_from(const struct plan_answers *answers, size_t first, size_t count, struct arena *arena) {
    const struct answer **list = arena_array(arena, count, sizeof *list);
    for (size_t q = 0; q < count; q++) list[q] = &answers->jobs[answers->job_of[first + q]].answer;
    return list;
}

const struct answer *const *plan_answers_list(const struct plan_answers *answers, const struct plan *plan, struct arena *arena) {
    return list_from(answers, 0, plan->query_count, arena);
}

const struct answer *const *plan_answers_of_objectives(const struct plan_answers *answers, const struct plan *plan, struct arena *arena) {
    return list_from(answers, plan->query_count, plan->objectives != NULL ? plan->objectives->query_count : 0, arena);
}

void plan_answers_warn(struct plan_answers *answers, void (*warn)(void *user, const char *text), void *user) {
    for (size_t i = 0; i < answers->source_count && warn != NULL; i++) {
        const char *text = source_warning(answers->sources[i]);
        if (strlen(text) <= answers->facts[i].warned) continue;
        answers->facts[i].warned = strlen(text);
        warn(user, text);
    }
}

void plan_answers_finish(struct plan_answers *answers) {
    forget(answers);
    close_sources(answers);
    free(answers->sources);
    free(answers->facts);
    *answers = (struct plan_answers){0};
}
