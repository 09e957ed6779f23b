// SPDX-License-Identifier: GPL-3.0-or-later
// The webhooks of Flagger. A hook names a canary of Flagger; it is answered by the verdict of the analysis of that canary's present run,
// which is started when there is none yet.
#include <pthread.h>
#include <string.h>

#include "analyzer/freeze.h"
#include "api/analysis_view.h"
#include "api/body.h"
#include "api/flagger_hook.h"
#include "api/flagger_run.h"
#include "api/named_config.h"
#include "api/service.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/timetext.h"

#define HOOK_MS INT64_C(9000) // Flagger waits for ten seconds
#define MOST_REASON 500
#define SEEN_MS 60000 // seen_ms of a run is stored again only after that long, as hooks come every few seconds

struct hook_job {
    const struct service *service;
    struct errand *errand;
    struct flagger_hook hook;
    const char *who;
    enum role role;
    const char *canary, *owner; // as the config has them, for freezes; owner NULL: none
    struct flagger_run run;
    struct store_analysis row; // of the run's analysis
    bool has_row;
};

static const char plain[] = "text/plain; charset=utf-8";

static void answer(struct hook_job *job, int status, const char *text) {
    size_t len = strlen(text);
    if (len > MOST_REASON) len = MOST_REASON;
    while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80) len--; // not inside a character
    errand_text(job->errand, status, plain, (struct view){text, len});
}

// Refuses for a reason that says nothing about the canary. Flagger counts this as a failed check for rollout hooks; confirming hooks wait,
// and a rollback hook does not roll back.
static void refuse(struct hook_job *job, const char *text) {
    enum flagger_kind kind = job->hook.kind;
    answer(job, kind == FLAGGER_ROLLOUT || kind == FLAGGER_PRE_ROLLOUT ? 409 : 403, text);
}

static void store_failed(struct hook_job *job, const struct error *err) {
    log_event(LOG_LEVEL_ERROR, "store", "error", err->text);
    refuse(job, "error: the store of serin cannot be read or written now");
}

// Loads the run and its analysis. False with err when the store fails.
static bool load(struct hook_job *job, struct error *err) {
    struct store *store = job->service->store;
    struct arena *arena = errand_arena(job->errand);
    const char *key = arena_printf(arena, "%s:%s", job->hook.object, job->hook.config);
    if (!flagger_run_load(store, key, arena, &job->run, err)) return false;
    job->has_row = false;
    return job->run.analysis == NULL || store_get(store, job->run.analysis, STORE_RESULT, arena, &job->row, &job->has_row, err);
}

static bool is_current(const struct hook_job *job) {
    bool decided = job->has_row && job->row.state != STORE_OPEN;
    return flagger_run_is_current(&job->run, job->hook.checksum, decided, wall_now_ms());
}

// Starting an analysis: the clerk blocks until the engine's answer comes from the store's thread.

struct started {
    pthread_mutex_t lock; // guards what follows
    pthread_cond_t there;
    bool answered;
    struct engine_answer answer;
};

static void take_answer(void *user, const struct engine_answer *answer) {
    struct started *started = user;
    pthread_mutex_lock(&started->lock);
    started->answer = *answer;
    started->answered = true;
    pthread_cond_signal(&started->there);
    pthread_mutex_unlock(&started->lock);
}

static bool submit(struct hook_job *job, const struct named_config *named, struct engine_answer *ret, struct error *err) {
    struct arena *arena = errand_arena(job->errand);
    struct started started = {.answered = false};
    char config_hash[DIGEST_HEX_LEN + 1];
    struct engine_submission s = {.config = named->text, .config_file = named->file, .who = job->who};
    struct findings findings;
    digest_hex(view_of(job->hook.config), config_hash);
    s.request = (struct analysis_request){.canary = job->hook.config,
                                          .overrides = named->overrides,
                                          .start_ms = INT64_MIN,
                                          .end_ms = INT64_MIN,
                                          .version = job->hook.checksum[0] != '\0' ? job->hook.checksum : NULL,
                                          .correlation = job->hook.object};
    s.request.overrides.vars = job->hook.vars;
    s.request.overrides.length_ms = job->hook.length_ms;
    s.request.key =
        arena_printf(arena, "flagger:%s:%s:%lld:%.8s", job->hook.object, job->hook.checksum, (long long)job->run.began_ms, config_hash);
    pthread_mutex_init(&started.lock, NULL);
    pthread_cond_init(&started.there, NULL);
    findings_init(&findings, arena);
    bool taken = engine_submit(job->service->engine, &s, &findings, take_answer, &started, err);
    if (!taken && findings.count > 0) error_set(err, ERROR_CONFIG, "the config %s: %s", job->hook.config, findings.items[0].text);
    pthread_mutex_lock(&started.lock);
    while (taken && !started.answered) pthread_cond_wait(&started.there, &started.lock);
    pthread_mutex_unlock(&started.lock);
    findings_finish(&findings);
    pthread_cond_destroy(&started.there);
    pthread_mutex_destroy(&started.lock);
    *ret = started.answer;
    return taken;
}

// False when the hook was answered with the reason.
static bool start(struct hook_job *job, const struct named_config *named) {
    struct arena *arena = errand_arena(job->errand);
    struct engine_answer told;
    struct error err = {0};
    if (!submit(job, named, &told, &err)) {
        refuse(job, arena_printf(arena, "error: %s", err.text));
    } else if (told.kind == ENGINE_FULL) {
        refuse(job, "error: too many analyses are open");
    } else if (told.kind != ENGINE_OK && told.kind != ENGINE_SAME && told.kind != ENGINE_REUSED) {
        store_failed(job, &told.err);
    } else {
        job->run.analysis = arena_strdup(arena, told.id);
        if (store_get(job->service->store, job->run.analysis, STORE_RESULT, arena, &job->row, &job->has_row, &err)) return true;
        store_failed(job, &err);
    }
    return false;
}

// Continues the present run, or begins a new one (also when `begins`). Afterwards the run has an analysis. False when the hook was
// answered with a refusal.
static bool enter(struct hook_job *job, bool begins) {
    struct error err = {0};
    int64_t now = wall_now_ms();
    struct flagger_run before = job->run;
    if (begins || !is_current(job)) {
        job->run = flagger_run_new(job->run.key, job->hook.checksum, now);
        job->has_row = false;
    }
    if (!job->has_row) {
        struct named_config *named = named_config_of(job->service, job->hook.config, errand_arena(job->errand));
        if (named == NULL) {
            refuse(job, arena_printf(errand_arena(job->errand), "error: serin has no config of the name %s", job->hook.config));
            return false;
        }
        const char *fixed = named_config_fixed(named, &job->hook.vars, job->role);
        if (fixed != NULL) {
            refuse(job, arena_printf(errand_arena(job->errand), "error: the variable %s decides which server gets a secret", fixed));
            return false;
        }
        if (!start(job, named)) return false;
    }
    if (job->hook.kind == FLAGGER_ROLLOUT || job->hook.kind == FLAGGER_CONFIRM_PROMOTION) job->run.advanced = true;
    bool same = job->run.analysis == before.analysis && job->run.advanced == before.advanced && now - before.seen_ms < SEEN_MS;
    job->run.seen_ms = now;
    if (same || flagger_run_save(job->service->store, &job->run, now, &err)) return true;
    store_failed(job, &err);
    return false;
}

static bool end_run(struct hook_job *job) {
    struct error err = {0};
    if (job->run.checksum == NULL || job->run.over) return true;
    job->run.over = true;
    if (flagger_run_save(job->service->store, &job->run, wall_now_ms(), &err)) return true;
    store_failed(job, &err);
    return false;
}

// Whether a freeze covers the canary, or freezes cannot be read: the hook was answered then.
static bool is_frozen(struct hook_job *job) {
    struct arena *arena = errand_arena(job->errand);
    struct freezes freezes;
    struct error err = {0};
    if (!freeze_list(job->service->state_dir, arena, &freezes, &err)) {
        refuse(job, arena_printf(arena, "error: %s", err.text));
        return true;
    }
    for (size_t i = 0; i < freezes.count; i++) {
        const struct freeze *f = &freezes.items[i];
        if (!freeze_is_active(f, wall_now_ms()) || !freeze_covers(f, job->canary, job->owner)) continue;
        refuse(job, arena_printf(arena, "frozen by %s: %s", f->by, f->reason));
        return true;
    }
    return false;
}

// The hooks.

static void confirm_rollout(struct hook_job *job) {
    if (is_frozen(job)) return;
    if (job->has_row && job->row.state == STORE_OPEN) {
        answer(job, 403, "the analysis of the previous revision is still running");
    } else if (end_run(job)) {
        answer(job, 200, "approved");
    }
}

static void pre_rollout(struct hook_job *job) {
    if (!enter(job, job->run.advanced)) return;
    answer(job, 200, arena_printf(errand_arena(job->errand), "analysis %s", job->run.analysis));
}

static void judge(struct hook_job *job) {
    if (job->hook.kind == FLAGGER_CONFIRM_PROMOTION && is_frozen(job)) return;
    if (!enter(job, false)) return;
    const char *text = analysis_view_sentence(job->service, &job->row, errand_arena(job->errand));
    answer(job, flagger_status(job->hook.kind, flagger_verdict_of(&job->row)), text);
}

static void rollback(struct hook_job *job) {
    bool progressing = strcmp(job->hook.phase, "Progressing") == 0 || strcmp(job->hook.phase, "WaitingPromotion") == 0;
    if (progressing)
        judge(job);
    else
        answer(job, 403, "no rollout is under way");
}

static void ignore_answer(void *user, const struct engine_answer *answer) {
    (void)user;
    (void)answer;
}

static void post_rollout(struct hook_job *job) {
    bool mine = job->run.checksum != NULL && strcmp(job->run.checksum, job->hook.checksum) == 0;
    if (mine && job->has_row && job->row.state == STORE_OPEN)
        engine_cancel(job->service->engine, job->row.id, job->who, "the rollout has ended", ignore_answer, NULL);
    if (!mine || end_run(job)) answer(job, 200, "noted");
}

static void event(struct hook_job *job) {
    if (!flagger_phase_has_ended(job->hook.phase) || end_run(job)) answer(job, 200, "");
}

static void carry_out(void *user, struct errand *errand, void *input) {
    static void (*const hooks[])(struct hook_job * job) = {
        [FLAGGER_CONFIRM_ROLLOUT] = confirm_rollout,
        [FLAGGER_PRE_ROLLOUT] = pre_rollout,
        [FLAGGER_ROLLOUT] = judge,
        [FLAGGER_CONFIRM_TRAFFIC_INCREASE] = judge,
        [FLAGGER_CONFIRM_PROMOTION] = judge,
        [FLAGGER_POST_ROLLOUT] = post_rollout,
        [FLAGGER_ROLLBACK] = rollback,
        [FLAGGER_EVENT] = event,
    };
    struct hook_job *job = input;
    struct error err = {0};
    pthread_mutex_t *lock = flagger_locks_of(job->service->flagger, job->hook.object);
    (void)user;
    (void)errand;
    pthread_mutex_lock(lock); // hooks of one canary are carried out one after the other
    if (load(job, &err)) {
        hooks[job->hook.kind](job);
    } else {
        store_failed(job, &err);
    }
    pthread_mutex_unlock(lock);
}

// Flagger sends no headers but those of a sign-in in the URL: the token may stand in the URL or in the metadata. False when the call was
// answered.
static bool sign_in(struct call *call, const char *in_metadata) {
    const char *token = in_metadata != NULL ? in_metadata : call_query(call, "token");
    return call_who(call).role >= ROLE_RUN || call_sign_in(call, token, ROLE_RUN);
}

// Finds what freezes can name: the canary and its owner.
static void find_names(struct hook_job *job, struct arena *arena) {
    const struct catalog_view *view = catalog_take(job->service->catalog);
    const struct catalog_entry *entry = catalog_find(view, job->hook.config);
    job->canary = entry != NULL ? arena_strdup(arena, entry->name) : job->hook.config;
    job->owner = entry != NULL ? arena_strdup(arena, entry->owner) : NULL;
    catalog_release(job->service->catalog, view);
}

static void hook(struct call *call) {
    struct flagger_hook read;
    enum flagger_kind kind;
    struct error err = {0};
    const json_t *json;
    if (!flagger_kind_parse(call_path(call, "hook"), &kind)) {
        reply_error_hint(call, 404, "unknown_hook", "see docs/pipelines.md", "there is no such hook");
        return;
    }
    if (!body_json(call, &json)) return;
    if (!flagger_hook_read(json, kind, call_arena(call), &read, &err)) {
        reply_text(call, 422, plain, view_of(err.text));
        return;
    }
    if (!sign_in(call, read.token)) return;
    struct errand *errand = errand_begin(call, HOOK_MS);
    struct arena *arena = errand_arena(errand);
    struct hook_job *job = arena_alloc(arena, sizeof *job);
    *job = (struct hook_job){
        .service = service_of(call), .errand = errand, .who = arena_strdup(arena, call_who(call).name), .role = call_who(call).role};
    flagger_hook_read(json, kind, arena, &job->hook, &err);
    find_names(job, arena);
    desk_give(job->service->clerks, job->hook.object, errand, carry_out, job);
}

static const struct route_parameter parameters[] = {
    {"hook", "type of the hook",
     "{\"type\":\"string\",\"enum\":[\"confirm-rollout\",\"pre-rollout\",\"rollout\",\"confirm-traffic-increase\",\"confirm-promotion\","
     "\"post-rollout\",\"rollback\",\"event\"]}",
     true},
    {"token", "a token, where it is not sent by a header", NULL, false},
    {NULL, NULL, NULL, false},
};
static const struct route_answer answers[] = {{200, "go on; of rollback: roll back", NULL, "text/plain"},
                                              {403, "wait; of rollback: do not", NULL, "text/plain"},
                                              {409, "a failed check", NULL, "text/plain"},
                                              {422, "no body of Flagger", NULL, "text/plain"},
                                              {0, NULL, NULL, NULL}};

static const struct route routes[] = {
    {.method = "POST",
     .path = "/hooks/flagger/{hook}",
     .role = ROLE_NONE,
     .signs_in = true,
     .body = BODY_REQUIRED,
     .body_most = 65536,
     .quiet = true,
     .handle = hook,
     .resume = errand_resume,
     .operation = "flaggerHook",
     .summary = "Answer a webhook of Flagger",
     .parameters = parameters,
     .request_schema = "FlaggerHook",
     .answers = answers},
};

const struct route_table flagger_table = {routes, sizeof routes / sizeof routes[0], NULL};
