// SPDX-License-Identifier: GPL-3.0-or-later
// How analyses come into the engine: submitted by somebody, or found open in the store at the start.
#include <fcntl.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/mem.h"
#include "engine_private.h"

#define MOST_AGE_MS (INT64_C(366) * 86400000)
#define MOST_AHEAD_MS (INT64_C(31) * 86400000)
#define ID_BYTES ((size_t)16)
#define TIME_BYTES ((size_t)6) // the first bytes of an id are its time in milliseconds
#define MOST_REQUEST_BYTES ((size_t)16 << 20)

// Takes random bytes, which are read from the system for many ids at once. False with err when the system gives none.
static bool take_random(struct engine *e, unsigned char *ret, size_t len, struct error *err) {
    pthread_mutex_lock(&e->lock);
    if (e->random_left < len) {
        int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
        ssize_t got = fd >= 0 ? read(fd, e->random, sizeof e->random) : -1;
        if (fd >= 0) close(fd);
        e->random_left = got > 0 ? (size_t)got : 0;
    }
    bool enough = e->random_left >= len;
    if (enough) memcpy(ret, e->random + (e->random_left -= len), len);
    pthread_mutex_unlock(&e->lock);
    return enough || error_set(err, ERROR_IO, "/dev/urandom: cannot be read");
}

// An id is its time in milliseconds and then random, in hexadecimal digits, so that later ids sort behind earlier ones.
static bool make_id(struct engine *e, char ret[STORE_ID_LEN + 1], struct error *err) {
    static const char hex[] = "0123456789abcdef";
    unsigned char bytes[ID_BYTES];
    uint64_t now_ms = (uint64_t)engine_now_ms(e);
    for (size_t i = 0; i < TIME_BYTES; i++) bytes[i] = (unsigned char)(now_ms >> 8 * (TIME_BYTES - 1 - i));
    if (!take_random(e, bytes + TIME_BYTES, sizeof bytes - TIME_BYTES, err)) return false;
    for (size_t i = 0; i < sizeof bytes; i++) {
        ret[2 * i] = hex[bytes[i] >> 4];
        ret[2 * i + 1] = hex[bytes[i] & 15];
    }
    ret[2 * ID_BYTES] = '\0';
    return true;
}

// Sets the start of the window for good: as given, else the given end less the length of the window, else now.
static bool settle_window(const struct engine *e, const struct canary_config *config, struct analysis_request *request, struct error *err) {
    int64_t now = engine_now_ms(e), step = config->window.step_ms;
    if (request->start_ms == INT64_MIN && request->end_ms != INT64_MIN && step > 0)
        request->start_ms = request->end_ms / step * step - config->window.length_ms;
    if (request->start_ms == INT64_MIN) request->start_ms = now;
    request->end_ms = INT64_MIN;
    if (request->start_ms < now - MOST_AGE_MS || request->start_ms <= 0)
        return error_set(err, ERROR_USAGE, "start: more than 366 days ago");
    if (request->start_ms > now + MOST_AHEAD_MS) return error_set(err, ERROR_USAGE, "start: more than 31 days ahead");
    return true;
}

// What documents and messages call the config: its name. The path it was read from may be another one after a restart.
static const char *file_name(const char *config_name) {
    return config_name != NULL ? config_name : "config";
}

struct drafted { // what is known of an analysis before it is accepted, beside struct running
    struct running *running;
    int64_t horizon_ms;
    char lane[DIGEST_HEX_LEN + 1];
    char sha256[DIGEST_HEX_LEN + 1]; // of the config
    bool stored;                     // the store has the config's text: an open analysis uses it
};

// The analysis's share of the delay of its looks, from 0 to 1. It is made from the id, so that it is the same after a restart.
static double lateness_of(const char *id) {
    char digest[DIGEST_HEX_LEN + 1];
    digest_hex(view_of(id), digest);
    digest[8] = '\0';
    return (double)strtoul(digest, NULL, 16) / 4294967296.0;
}

bool engine_open_course(const struct engine *e, const struct running *r, const struct canary_config *config,
                        const struct analysis_request *request, struct watch_course *ret, struct error *err) {
    *ret = (struct watch_course){.config = config, .once = r->once, .lateness = lateness_of(r->id)};
    look_state_init(&ret->state, config, &request->overrides);
    ret->state.start_ms = r->start_ms;
    ret->state.settle_ms = e->options.settle_ms;
    if (r->look_state != NULL && !look_state_parse(&ret->state, view_of(r->look_state), r->id, err)) return false;
    for (size_t i = ret->state.count; i > 0 && ret->state.entries[i - 1].outcome == LOOK_FAILED; i--) ret->failed++;
    return watch_course_schedule(ret, r->id, err);
}

// Plans the looks of the analysis; false with err when that cannot be done.
static bool draft(struct engine *e, const struct cached_config *cached, const struct analysis_request *request, struct running *r,
                  struct drafted *ret, struct error *err) {
    const struct canary_config *config = cached->config;
    struct watch_course course;
    bool ok = engine_open_course(e, r, config, request, &course, err);
    if (ok) {
        r->look = watch_course_next(&course, engine_now_ms(e));
        r->planned = course.schedule.planned;
        r->looks = course.state.count;
        ret->horizon_ms = look_schedule_horizon_ms(&course.schedule);
        memcpy(ret->lane, cached->sources, sizeof ret->lane);
        memcpy(ret->sha256, config->sha256, sizeof ret->sha256);
    }
    look_state_finish(&course.state);
    return ok;
}

static void free_draft(struct running *r) {
    free(r->canary);
    free(r->file);
    free(r->request);
    free(r->look_state);
    free(r);
}

// The lock is held.
static void enter(struct engine *e, struct running *r, const struct drafted *d, struct view text) {
    r->lane = engine_lane(e, d->lane);
    r->text = engine_text(e, d->sha256, text);
}

struct accepting {
    struct engine *engine;
    struct running *running;
    engine_answer_fn *answer;
    void *user;
};

static void answer_kind(const struct accepting *a, enum engine_answer_kind kind, const char *id, int64_t revision,
                        const struct error *err) {
    struct engine_answer answer = {.kind = kind, .revision = revision};
    snprintf(answer.id, sizeof answer.id, "%s", id);
    if (err != NULL) answer.err = *err;
    a->answer(a->user, &answer);
}

static void start(struct accepting *a, int64_t revision) {
    struct engine *e = a->engine;
    struct running *r = a->running;
    char id[STORE_ID_LEN + 1];
    memcpy(id, r->id, sizeof id);
    engine_publish(e, ENGINE_STARTED, id, r->canary, NULL, revision);
    pthread_mutex_lock(&e->lock);
    r->revision = revision;
    r->text->stored++;
    r->phase = PHASE_WAITING;
    e->accepting--;
    e->counts.accepted++;
    engine_insert(e, r);
    bool first = r->look.due_ms < due_heap_next_ms(&e->heap);
    due_heap_put(&e->heap, &r->due, r->look.due_ms);
    pthread_mutex_unlock(&e->lock);
    if (first) fetcher_wake(e->fetcher);
    answer_kind(a, ENGINE_OK, id, revision, NULL);
}

static void refuse(struct accepting *a, const struct store_outcome *outcome) {
    struct engine *e = a->engine;
    pthread_mutex_lock(&e->lock);
    e->accepting--;
    engine_release(e, a->running);
    pthread_mutex_unlock(&e->lock);
    if (outcome->kind == STORE_DUPLICATE) {
        answer_kind(a, outcome->same_request ? ENGINE_SAME : ENGINE_REUSED, outcome->id, outcome->revision, &outcome->err);
    } else {
        answer_kind(a, ENGINE_FAILED, "", 0, &outcome->err);
    }
}

static void accepted(void *user, const struct store_outcome *outcome) {
    struct accepting *a = user;
    struct engine *e = a->engine;
    if (outcome->kind == STORE_COMMITTED) {
        start(a, outcome->revision);
    } else {
        refuse(a, outcome);
    }
    free(a);
    engine_end_commit(e);
}

static bool take_place(struct engine *e, struct running *r, struct drafted *d, struct view text) {
    pthread_mutex_lock(&e->lock);
    bool room = !e->stopping && e->open + e->accepting < e->options.most_open;
    if (room) {
        e->accepting++;
        e->committing++;
        enter(e, r, d, text);
        d->stored = r->text->stored > 0;
    }
    pthread_mutex_unlock(&e->lock);
    return room;
}

static struct store_batch *make_batch(const struct engine *e, const struct engine_submission *s, const struct canary_config *config,
                                      const struct running *r, const struct drafted *d, const char *digest) {
    struct store_batch *batch = store_batch_create();
    int64_t now = engine_now_ms(e);
    struct store_analysis row = {.id = r->id,
                                 .key = s->request.key,
                                 .asked_by = s->request.key != NULL ? s->who : NULL,
                                 .request_sha256 = digest,
                                 .canary = r->canary,
                                 .config_name = s->request.canary,
                                 .config_sha256 = d->sha256,
                                 .config = d->stored ? NULL : r->text->text,
                                 .request = r->request,
                                 .version = s->request.version,
                                 .artefact = s->request.artefact,
                                 .created_by = s->who,
                                 .created_ms = now,
                                 .start_ms = r->start_ms,
                                 .horizon_ms = d->horizon_ms};
    struct store_audit audit = {.at_ms = now, .who = s->who, .action = "analysis.create", .subject = r->id, .detail = r->canary};
    struct engine_event event = {
        .kind = ENGINE_STARTED, .id = r->id, .canary = r->canary, .config = config, .request = &s->request, .now_ms = now};
    store_batch_add_analysis(batch, &row);
    store_batch_add_audit(batch, &audit);
    if (e->options.sink.compose != NULL) e->options.sink.compose(e->options.sink.user, &event, batch);
    return batch;
}

static void hand_over(struct engine *e, struct running *r, struct store_batch *batch, engine_answer_fn *answer, void *user) {
    struct accepting *a = mem_zero(1, sizeof *a);
    struct store_outcome outcome = {.kind = STORE_FAILED};
    *a = (struct accepting){e, r, answer, user};
    if (store_submit(e->options.store, batch, accepted, a, &outcome.err)) return;
    accepted(a, &outcome);
}

// Keeps the request with its window settled. The digest, which tells a repeated request from a different one with the same key, is of the
// config and of the request as it was asked: a window that begins "now" must not make a repeated request differ.
static void keep_request(struct running *r, const struct analysis_request *asked, const struct analysis_request *settled,
                         const char *config_sha256, char ret_digest[DIGEST_HEX_LEN + 1]) {
    struct buf text;
    buf_init(&text, MOST_REQUEST_BYTES);
    buf_str(&text, config_sha256);
    buf_char(&text, '\n');
    size_t begin = text.len;
    analysis_request_print(&text, asked);
    digest_hex((struct view){buf_text(&text), text.len}, ret_digest);
    if (asked->start_ms != settled->start_ms || asked->end_ms != settled->end_ms) {
        buf_clear(&text);
        begin = 0;
        analysis_request_print(&text, settled);
    }
    r->request = mem_strndup(buf_text(&text) + begin, text.len - begin);
    buf_finish(&text);
}

static bool submit(struct engine *e, const struct engine_submission *s, const struct cached_config *cached, engine_answer_fn *answer,
                   void *user, struct error *err) {
    const struct canary_config *config = cached->config;
    struct analysis_request request = s->request;
    struct drafted d;
    char digest[DIGEST_HEX_LEN + 1];
    if (!settle_window(e, config, &request, err)) return false;
    struct running *r = mem_zero(1, sizeof *r);
    r->start_ms = request.start_ms;
    r->once = request.once;
    if (!make_id(e, r->id, err) || !draft(e, cached, &request, r, &d, err)) {
        free_draft(r);
        return false;
    }
    r->canary = mem_strdup(config->name);
    r->file = mem_strdup(file_name(s->request.canary));
    keep_request(r, &s->request, &request, d.sha256, digest);
    if (!take_place(e, r, &d, s->config)) {
        struct accepting a = {.answer = answer, .user = user};
        free_draft(r);
        answer_kind(&a, ENGINE_FULL, "", 0, NULL);
        return true;
    }
    hand_over(e, r, make_batch(e, s, config, r, &d, digest), answer, user);
    return true;
}

bool engine_submit(struct engine *e, const struct engine_submission *submission, struct findings *findings, engine_answer_fn *answer,
                   void *user, struct error *err) {
    struct engine_submission s = *submission;
    if (s.request.start_ms != INT64_MIN && s.request.end_ms != INT64_MIN)
        s.request.overrides.length_ms = s.request.end_ms - s.request.start_ms;
    struct cached_config *config = config_cache_get(e->configs, s.config, s.config_file, &s.request.overrides, findings, err);
    if (config == NULL) return false;
    bool taken = submit(e, &s, config, answer, user, err);
    config_cache_release(e->configs, config);
    return taken;
}

// An analysis whose config or state cannot be read any more gets a look all the same, which fails with the reason and ends it.
void engine_resume(struct engine *e, const struct store_analysis *row) {
    struct arena arena = {0};
    struct error err;
    struct analysis_request request = {0};
    struct drafted d = {.horizon_ms = row->horizon_ms};
    struct running *r = mem_zero(1, sizeof *r);
    json_t *json = row->request != NULL ? json_loads(row->request, 0, NULL) : NULL;
    snprintf(r->id, sizeof r->id, "%s", row->id);
    r->canary = mem_strdup(row->canary);
    r->file = mem_strdup(file_name(row->config_name));
    r->request = mem_strdup(row->request != NULL ? row->request : "null");
    r->look_state = mem_strdup(row->look_state);
    r->start_ms = row->start_ms;
    r->revision = row->revision;
    r->looks = row->looks;
    r->look = (struct course_look){1, 1, 0};
    memcpy(d.sha256, row->config_sha256, sizeof d.sha256);
    memset(d.lane, '0', DIGEST_HEX_LEN);
    d.lane[DIGEST_HEX_LEN] = '\0';
    if (analysis_request_read(json, &arena, &request, &err)) {
        r->once = request.once;
        struct cached_config *config = config_cache_get(e->configs, view_of(row->config), r->file, &request.overrides, NULL, &err);
        if (config != NULL) draft(e, config, &request, r, &d, &err);
        config_cache_release(e->configs, config);
    }
    json_decref(json);
    pthread_mutex_lock(&e->lock);
    enter(e, r, &d, view_of(row->config));
    r->text->stored += r->revision > 0;
    engine_insert(e, r);
    due_heap_put(&e->heap, &r->due, r->look.due_ms);
    pthread_mutex_unlock(&e->lock);
    arena_finish(&arena);
}
