// SPDX-License-Identifier: GPL-3.0-or-later
// Waiting for an analysis of a service, and the end of it.
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/http.h"
#include "base/retry.h"
#include "base/timetext.h"
#include "remote.h"

#define ROUND_MS INT64_C(60000)    // of one long poll
#define MARGIN_MS INT64_C(15000)   // that the answer to one may take
#define PATIENCE_MS INT64_C(60000) // for a server that is away, such as one that is restarted
#define RESULT_MS INT64_C(60000)

struct waiting {
    struct remote *remote;
    const char *id;
    int64_t until_ms; // monotonic; INT64_MAX: for ever
    int64_t away_ms;  // since when the server does not answer; 0: it does
    int failed;
    uint64_t seed;
};

static char *path_of(struct arena *arena, const char *id, const char *rest) {
    struct buf path;
    buf_init(&path, 4096);
    buf_str(&path, "/api/v1/analyses/");
    http_percent_encode(&path, view_of(id));
    buf_str(&path, rest);
    char *copy = arena_strdup(arena, buf_text(&path));
    buf_finish(&path);
    return copy;
}

static bool pause_ms(int64_t ms, struct error *err) {
    const volatile int *interrupted = watch_interrupts();
    for (int64_t until_ms = mono_now_ms() + ms; mono_now_ms() < until_ms && !*interrupted;) {
        struct timespec slice = {0, 100000000};
        nanosleep(&slice, NULL);
    }
    return !*interrupted || error_set(err, ERROR_CANCELLED, "interrupted");
}

// Whether to ask again after a failure. A server that is away may be one that is restarted.
static bool be_patient(struct waiting *w, int status, struct error *err) {
    int64_t now = mono_now_ms();
    if (err->code != ERROR_SOURCE || (status != 0 && status != 503 && status != 504 && status != 429)) return false;
    if (w->away_ms == 0) w->away_ms = now;
    if (now - w->away_ms > PATIENCE_MS || now >= w->until_ms) return false;
    return pause_ms(retry_backoff_ms(++w->failed, &w->seed), err);
}

// The analysis once it is decided; NULL with err, ERROR_LIMIT when the time is over.
static json_t *wait_for(struct waiting *w, struct arena *arena, struct error *err) {
    for (;;) {
        int64_t left_ms = w->until_ms == INT64_MAX ? ROUND_MS : w->until_ms - mono_now_ms();
        int64_t round_ms = left_ms < 0 ? 0 : left_ms > ROUND_MS ? ROUND_MS : left_ms;
        const char *rest = arena_printf(arena, "/wait?timeout=%lld", (long long)((round_ms + 999) / 1000));
        struct remote_request request = {"GET", path_of(arena, w->id, rest), NULL, round_ms + MARGIN_MS};
        int status;
        json_t *analysis = remote_call(w->remote, &request, &status, err);
        const char *state = json_string_value(json_object_get(analysis, "state"));
        if (analysis == NULL && !be_patient(w, status, err)) return NULL;
        if (analysis == NULL) continue;
        w->away_ms = w->failed = 0;
        if (state != NULL && strcmp(state, "open") != 0) return analysis;
        json_decref(analysis);
        if (mono_now_ms() < w->until_ms) continue;
        error_set(err, ERROR_LIMIT, "the analysis %s is not decided yet; serin wait goes on waiting", w->id);
        return NULL;
    }
}

static int publish_result(struct remote *remote, const json_t *analysis, const struct options *options, struct arena *arena,
                          struct error *err) {
    const char *id = json_string_value(json_object_get(analysis, "id")), *state = json_string_value(json_object_get(analysis, "state"));
    if (id == NULL || strcmp(state, "cancelled") == 0) {
        error_set(err, ERROR_LIMIT, "the analysis %s was called off", id != NULL ? id : "");
        return EXIT_INCONCLUSIVE;
    }
    struct remote_request request = {"GET", path_of(arena, id, "/result"), NULL, RESULT_MS};
    int status;
    json_t *result = remote_call(remote, &request, &status, err);
    if (result == NULL && status == 404) {
        error_set(err, ERROR_SOURCE, "the analysis %s could not be carried out", id);
        return EXIT_SOURCE;
    }
    int code = result != NULL ? publish(result, options) : exit_code_of(err);
    json_decref(result);
    return code;
}

int remote_finish(struct remote *remote, const char *id, const struct options *options) {
    int64_t timeout_ms = options->remote.timeout_ms;
    struct waiting waiting = {
        .remote = remote, .id = id, .until_ms = timeout_ms > 0 ? mono_now_ms() + timeout_ms : INT64_MAX, .seed = (uint64_t)wall_now_ms()};
    struct arena arena = {0};
    struct error err = {0};
    json_t *analysis = wait_for(&waiting, &arena, &err);
    int code = EXIT_INCONCLUSIVE;
    if (analysis != NULL)
        code = publish_result(remote, analysis, options, &arena, &err);
    else if (err.code != ERROR_LIMIT)
        code = exit_code_of(&err);
    if (err.code != ERROR_NONE) tell_error(&err);
    json_decref(analysis);
    arena_finish(&arena);
    return code;
}
