// SPDX-License-Identifier: GPL-3.0-or-later
// Waiting for an analysis of a service, and the end of it.
#include <string.h>

#include "base/http.h"
#include "base/timetext.h"
#include "remote.h"

#define ROUND_MS INT64_C(60000)      // of one long poll
#define LEAST_ROUND_MS INT64_C(1000) // also when something between us answers at once
#define MARGIN_MS INT64_C(15000)     // that the answer to one may take
#define RESULT_MS INT64_C(60000)

struct waiting {
    struct remote *remote;
    const char *server, *id;
    struct remote_patience patience;
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

// The analysis once it is decided; NULL with err, ERROR_LIMIT when the time is over.
static json_t *wait_for(struct waiting *w, struct arena *arena, struct error *err) {
    struct remote_patience *patience = &w->patience;
    for (;;) {
        int64_t left_ms = patience->until_ms == INT64_MAX ? ROUND_MS : patience->until_ms - mono_now_ms();
        int64_t round_ms = left_ms < 0 ? 0 : left_ms > ROUND_MS ? ROUND_MS : left_ms;
        const char *rest = arena_printf(arena, "/wait?timeout=%lld", (long long)((round_ms + 999) / 1000));
        struct remote_request request = {"GET", path_of(arena, w->id, rest), NULL, round_ms + MARGIN_MS};
        int64_t begun_ms = mono_now_ms();
        int status;
        json_t *analysis = remote_call(w->remote, &request, &status, err);
        if (analysis == NULL && !remote_be_patient(patience, status, true, err)) return NULL;
        if (analysis == NULL) continue;
        patience->away_ms = patience->failed = 0;
        bool known = remote_is_analysis(analysis, w->id);
        if (known && strcmp(json_string_value(json_object_get(analysis, "state")), "open") != 0) return analysis;
        json_decref(analysis);
        if (known && mono_now_ms() < patience->until_ms) {
            if (!remote_pause(LEAST_ROUND_MS - (mono_now_ms() - begun_ms), err)) return NULL;
            continue;
        }
        if (known) {
            error_set(err, ERROR_LIMIT, "the analysis %s is not decided yet; serin wait goes on waiting", w->id);
        } else {
            error_set(err, ERROR_SOURCE, "%s: is no serin serve", w->server);
        }
        return NULL;
    }
}

static int publish_result(struct remote *remote, const json_t *analysis, const struct options *options, struct arena *arena,
                          struct error *err) {
    const char *id = json_string_value(json_object_get(analysis, "id")), *state = json_string_value(json_object_get(analysis, "state"));
    if (strcmp(state, "cancelled") == 0) {
        error_set(err, ERROR_LIMIT, "the analysis %s was called off", id);
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
    struct waiting waiting = {remote,
                              options->remote.server,
                              id,
                              {.until_ms = timeout_ms > 0 ? mono_now_ms() + timeout_ms : INT64_MAX, .seed = (uint64_t)wall_now_ms()}};
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
