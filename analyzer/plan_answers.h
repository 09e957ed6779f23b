// SPDX-License-Identifier: GPL-3.0-or-later
// The sources of a config and their answers to the queries of a plan. Equal queries are sent once and share the answer.
#ifndef ANALYZER_PLAN_ANSWERS_H
#define ANALYZER_PLAN_ANSWERS_H

#include "analyzer/plan.h"
#include "source_facts.h"

struct plan_answers { // zeroes are fine to finish
    struct source **sources; // one per source of the config
    bool borrowed;           // the sources are somebody else's
    struct source_facts *facts; // of each, about the plan last fetched
    size_t source_count;
    struct fetch_job *jobs;
    size_t job_count;
    size_t *job_of; // job of each query of the plan, then of each of its objectives
    size_t query_count;
};

// Makes the sources, or opens what was recorded of them in `recorded_dir` when that is not NULL. Finish it also after a failure.
bool plan_answers_open(struct plan_answers *answers, const struct canary_config *config, const char *recorded_dir, struct error *err);

// Takes the sources from others, who keep them longer; `sources` is copied.
void plan_answers_borrow(struct plan_answers *answers, struct source *const *sources, size_t count);

// Lets all sources answer from another directory. Facts are kept.
bool plan_answers_reopen(struct plan_answers *answers, const struct canary_config *config, const char *recorded_dir, struct error *err);

// Sends the queries of the plan, which must be of that config, and waits. Sources that fail are no failure here, see fetch_run().
// Answers of an earlier call are gone afterwards.
bool plan_answers_fetch(struct plan_answers *answers, const struct plan *plan, const struct fetch_options *options, struct error *err);

// The two halves of it, for those who send the jobs themselves: fetch what is in `jobs`, then take it.
void plan_answers_make_jobs(struct plan_answers *answers, const struct plan *plan);
void plan_answers_take(struct plan_answers *answers);

// One answer per query of the plan last fetched. The list is the arena's, the answers are valid until the next fetch.
const struct answer *const *plan_answers_list(const struct plan_answers *answers, const struct plan *plan, struct arena *arena);

// The same of the plan's objectives.
const struct answer *const *plan_answers_of_objectives(const struct plan_answers *answers, const struct plan *plan, struct arena *arena);

// Tells what the user should know about each source and was not told before.
void plan_answers_warn(struct plan_answers *answers, void (*warn)(void *user, const char *text), void *user);

void plan_answers_finish(struct plan_answers *answers);

#endif
