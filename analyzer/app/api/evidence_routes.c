// SPDX-License-Identifier: GPL-3.0-or-later
// The answers that an analysis was judged by, as a recorded run for `serin replay`.
#include <stdlib.h>
#include <string.h>

#include "api/parameter.h"
#include "api/reply.h"
#include "base/log.h"
#include "base/tar.h"

#define EVIDENCE_MS INT64_C(30000)
#define MOST_EVIDENCE_BYTES ((size_t)16 << 20)

struct evidence_wanted {
    const char *id;
    int64_t look, attempt; // look 0: all of them; attempt 0: the last one
    const char *only;      // name of that look in the archive, set by cut_looks(); NULL: all
};

// Cuts the list behind the wanted look and attempt, and sets wanted->only.
static void cut_looks(json_t *looks, struct evidence_wanted *wanted, struct arena *arena) {
    size_t count = json_array_size(looks), keep = 0;
    for (size_t i = 0; i < count; i++) {
        const json_t *look = json_array_get(looks, i);
        int64_t attempt = json_integer_value(json_object_get(look, "attempt"));
        if (json_integer_value(json_object_get(look, "look")) != wanted->look || (wanted->attempt != 0 && attempt != wanted->attempt))
            continue;
        char name[RUN_ARCHIVE_NAME];
        run_archive_look_name((size_t)wanted->look, (size_t)attempt, name);
        wanted->only = arena_strdup(arena, name);
        keep = i + 1;
    }
    while (json_array_size(looks) > keep) json_array_remove(looks, json_array_size(looks) - 1);
}

// Adds watch.json, the state of the looks to be judged again. False when there is none.
static bool add_state(struct buf *out, const struct store_analysis *row, struct evidence_wanted *wanted, struct arena *arena) {
    json_t *state = row->look_state != NULL ? json_loads(row->look_state, 0, NULL) : NULL, *looks = json_object_get(state, "looks");
    if (wanted->look > 0) cut_looks(looks, wanted, arena);
    char *text = json_array_size(looks) > 0 ? json_dumps(state, JSON_INDENT(2)) : NULL;
    if (text != NULL) tar_add(out, "watch.json", row->updated_ms, view_of(text));
    json_decref(state);
    free(text);
    return text != NULL;
}

static void answer_evidence(struct errand *errand, const struct evidence_wanted *wanted, struct buf *out) {
    char disposition[STORE_ID_LEN + 64];
    tar_end(out);
    snprintf(disposition, sizeof disposition, "attachment; filename=\"%s.tar\"", wanted->id);
    errand_header(errand, "Content-Disposition", disposition);
    errand_text(errand, 200, "application/x-tar", (struct view){buf_text(out), out->len});
}

// Puts the recorded run together: the state of the looks from the store, and their answers from the archive.
static void gather(const struct service *service, struct errand *errand, struct evidence_wanted *wanted, const struct store_analysis *row,
                   struct buf *out) {
    struct error err = {0};
    bool found = add_state(out, row, wanted, errand_arena(errand));
    if (found && !run_archive_read(service->archive, row->id, wanted->only, out, &found, &err)) {
        bool large = err.code == ERROR_LIMIT;
        if (!large) log_event(LOG_LEVEL_ERROR, "evidence", "error", err.text);
        errand_error(errand, large ? 422 : 503, large ? "evidence_too_large" : "evidence_failed",
                     large ? "ask for one look with ?look=N" : "ask again; see the log of the service",
                     "the evidence of %s cannot be given", row->id);
    } else if (!found) {
        errand_error(errand, 404, "no_evidence", "GET .../looks lists the looks; retention.evidence of the service bounds what is kept",
                     "the answers to %s of %s are not kept", wanted->look > 0 ? "this look" : "the looks", row->id);
    } else {
        answer_evidence(errand, wanted, out);
    }
}

static void make_evidence(void *user, struct errand *errand, void *input) {
    const struct service *service = user;
    struct evidence_wanted *wanted = input;
    struct store_analysis row;
    struct error err = {0};
    struct buf out;
    bool found = false;
    if (!store_get(service->store, wanted->id, STORE_LOOK_STATE, errand_arena(errand), &row, &found, &err)) {
        errand_store_failed(errand, &err);
    } else if (!found) {
        errand_no_analysis(errand, wanted->id);
    } else {
        buf_init(&out, MOST_EVIDENCE_BYTES);
        gather(service, errand, wanted, &row, &out);
        buf_finish(&out);
    }
}

static void show_evidence(struct call *call) {
    struct store_analysis row;
    int64_t look = 0, attempt = 0;
    if (!parameter_number(call, "look", 1000000, &look) || !parameter_number(call, "attempt", 1000000, &attempt)) return;
    if (attempt > 0 && look == 0) {
        reply_error(call, 400, "bad_parameter", "attempt goes with look");
        return;
    }
    if (!parameter_analysis(call, 0, &row)) return;
    if (service_of(call)->archive == NULL) {
        reply_error_hint(call, 404, "no_evidence", "set retention.evidence in the service's config", "this service keeps no answers");
        return;
    }
    struct errand *errand = errand_begin(call, EVIDENCE_MS);
    struct evidence_wanted *wanted = arena_alloc(errand_arena(errand), sizeof *wanted);
    *wanted = (struct evidence_wanted){.id = arena_strdup(errand_arena(errand), row.id), .look = look, .attempt = attempt};
    desk_give(service_of(call)->clerks, "report", errand, make_evidence, wanted);
}

static const struct route_parameter evidence_parameters[] = {
    {"look", "number of the only look that is wanted, from 1; else all", "{\"type\":\"integer\",\"minimum\":0}", false},
    {"attempt", "of that look, at the end of the window; else the last one", "{\"type\":\"integer\",\"minimum\":0}", false},
    {NULL, NULL, NULL, false},
};
static const struct route_answer evidence_answers[] = {
    {200, "a recorded run as a tar archive, for serin replay", NULL, "application/x-tar"},
    {404, "there is no such analysis, or its answers are not kept", "Error", NULL},
    {422, "it is too large to be given at once", "Error", NULL},
    {503, "it cannot be read now", "Error", NULL},
    {0, NULL, NULL, NULL}};

static const struct route routes[] = {
    {.method = "GET",
     .path = "/api/v1/analyses/{id}/evidence",
     .role = ROLE_READ,
     .handle = show_evidence,
     .resume = errand_resume,
     .operation = "readEvidence",
     .summary = "Read the answers that an analysis was judged by",
     .parameters = evidence_parameters,
     .answers = evidence_answers},
};

const struct route_table evidence_table = {routes, sizeof routes / sizeof routes[0], NULL};
