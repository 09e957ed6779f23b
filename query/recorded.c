// SPDX-License-Identifier: GPL-3.0-or-later
// The reading side of recorded answers: a source that sends nothing. A body goes through the same decoder as on the wire,
// so a replay gives what the run gave, errors included.
#include "query/recorded.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/timetext.h"
#include "pieces.h"
#include "source_ops.h"

#define MOST_INDEX_BYTES ((size_t)1 << 30)
#define MOST_BODY_BYTES ((size_t)2 << 30)

struct entry { // one line of the index; texts live in the arena of the source
    const char *expr, *mode, *content_type, *file;
    int64_t start_ms, end_ms, step_ms;
    bool is_piece; // of the query from whole_start_ms to whole_end_ms
    int64_t whole_start_ms, whole_end_ms;
    int http_status, tries, requests, throttled, pieces, hedged;
    bool refused, shared;
    bool transcript; // the body is in the form of the query API, whatever the protocol was
    enum source_protocol protocol;
    int64_t duration_ms;
    uint64_t bytes;
    const char *error; // NULL: the body decides
    int error_code, outcome;
};

struct recorded {
    struct source base;
    struct arena arena;
    const char *dir;
    struct entry *entries;
    size_t count, cap;
};

static const char *text_of(struct recorded *r, const json_t *line, const char *key) {
    return arena_strdup(&r->arena, json_string_value(json_object_get(line, key)));
}

static int64_t number_of(const json_t *line, const char *key) {
    return json_integer_value(json_object_get(line, key));
}

static bool is_file_name(const char *name) {
    return name != NULL && strchr(name, '/') == NULL && name[0] != '.';
}

// Of a remote read it is recorded; other raw reads went through the query API.
static bool protocol_of(const json_t *line, const char *mode, enum source_protocol *ret) {
    const char *name = json_string_value(json_object_get(line, "protocol"));
    *ret = mode != NULL && strcmp(mode, query_mode_name(QUERY_RAW)) == 0 ? PROTOCOL_RAW : PROTOCOL_AUTO;
    for (enum source_protocol p = PROTOCOL_STREAM; name != NULL && p < PROTOCOL_RAW; p++) {
        if (strcmp(name, source_protocol_name(p)) != 0) continue;
        *ret = p;
        return true;
    }
    return name == NULL;
}

static bool read_entry(struct recorded *r, const json_t *line, struct error *err) {
    struct entry e = {
        .expr = text_of(r, line, "expr"),
        .mode = text_of(r, line, "mode"),
        .content_type = text_of(r, line, "content_type"),
        .file = text_of(r, line, "file"),
        .start_ms = number_of(line, "start_ms"),
        .end_ms = number_of(line, "end_ms"),
        .step_ms = number_of(line, "step_ms"),
        .http_status = (int)number_of(line, "http_status"),
        .tries = (int)number_of(line, "tries"),
        .duration_ms = number_of(line, "duration_ms"),
        .bytes = (uint64_t)number_of(line, "bytes"),
        .is_piece = json_is_integer(json_object_get(line, "whole_start_ms")),
        .whole_start_ms = number_of(line, "whole_start_ms"),
        .whole_end_ms = number_of(line, "whole_end_ms"),
        .requests = (int)number_of(line, json_object_get(line, "requests") != NULL ? "requests" : "tries"),
        .throttled = (int)number_of(line, "throttled"),
        .pieces = json_object_get(line, "pieces") != NULL ? (int)number_of(line, "pieces") : 1,
        .hedged = (int)number_of(line, "hedged"),
        .refused = json_is_true(json_object_get(line, "refused")),
        .shared = json_is_true(json_object_get(line, "shared")),
        .transcript = json_is_true(json_object_get(line, "transcript")),
        .error = text_of(r, line, "error"),
        .error_code = (int)number_of(line, "error_code"),
        .outcome = (int)number_of(line, "outcome"),
    };
    if (!protocol_of(line, e.mode, &e.protocol)) return error_set(err, ERROR_DATA, "protocol is not a known one");
    if (e.expr == NULL || e.mode == NULL || (!is_file_name(e.file) && e.error == NULL)) {
        return error_set(err, ERROR_DATA, "expr, mode or file is missing or not usable");
    }
    if (e.outcome < DECODE_OK || e.outcome > DECODE_INCOMPLETE || e.error_code < ERROR_NONE || e.error_code > ERROR_CANCELLED) {
        return error_set(err, ERROR_DATA, "outcome or error_code is not a known one");
    }
    if (e.error != NULL && e.outcome == DECODE_OK) e.outcome = DECODE_HTTP_ERROR;
    mem_grow((void **)&r->entries, &r->cap, r->count, sizeof e);
    r->entries[r->count++] = e;
    return true;
}

static bool read_line(struct recorded *r, struct view text, struct error *err) {
    json_error_t why;
    json_t *line = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &why);
    if (line == NULL) return error_set(err, ERROR_DATA, "not a JSON object: %s", why.text);
    const char *source = json_string_value(json_object_get(line, "source"));
    bool ok = true;
    if (source == NULL) {
        ok = error_set(err, ERROR_DATA, "source is missing");
    } else if (strcmp(source, r->base.name) == 0) {
        ok = read_entry(r, line, err);
    }
    json_decref(line);
    return ok;
}

static bool read_index(struct recorded *r, struct error *err) {
    struct arena arena = {0};
    struct view text;
    const char *path = arena_printf(&r->arena, "%s/answers.jsonl", r->dir);
    bool ok = file_read(path, MOST_INDEX_BYTES, &arena, &text, err);
    size_t number = 0;
    for (size_t at = 0; ok && at < text.len;) {
        const char *end = memchr(text.ptr + at, '\n', text.len - at);
        size_t len = end != NULL ? (size_t)(end - text.ptr) - at : text.len - at;
        number++;
        if (len > 0 && !read_line(r, (struct view){text.ptr + at, len}, err)) ok = error_prefix(err, "%s:%zu", path, number);
        at += len + 1;
    }
    arena_finish(&arena);
    return ok;
}

// The later of two recordings of one query counts.
static const struct entry *find(const struct recorded *r, const char *mode, const struct query *query) {
    for (size_t i = r->count; i-- > 0;) {
        const struct entry *e = &r->entries[i];
        if (e->start_ms == query->start_ms && e->end_ms == query->end_ms && e->step_ms == query->step_ms && strcmp(e->mode, mode) == 0 &&
            strcmp(e->expr, query->expr) == 0) {
            return e;
        }
    }
    return NULL;
}

static enum query_mode mode_of(const char *name) {
    for (enum query_mode mode = QUERY_RAW; mode < QUERY_MODE_COUNT; mode++) {
        if (strcmp(query_mode_name(mode), name) == 0) return mode;
    }
    return QUERY_INSTANT;
}

static bool read_body(const struct recorded *r, const struct entry *e, struct arena *arena, struct view *ret, struct error *err) {
    *ret = (struct view){"", 0};
    if (e->file == NULL || e->file[0] == '\0') return true;
    return file_read(arena_printf(arena, "%s/%s", r->dir, e->file), MOST_BODY_BYTES, arena, ret, err);
}

static void decode_body(struct recorded *r, const struct entry *e, struct answer *answer) {
    struct arena arena = {0};
    struct view body;
    if (read_body(r, e, &arena, &body, &answer->result.err)) {
        struct decoder *decoder = decoder_create(e->http_status, e->content_type, &r->base.limits, &answer->set);
        if (!e->transcript && (e->protocol == PROTOCOL_STREAM || e->protocol == PROTOCOL_SAMPLES)) decoder_require_read(decoder);
        decoder_expect(decoder, query_expect(mode_of(e->mode)));
        if (body.len > 0) decoder_feed(decoder, body.ptr, body.len);
        decoder_end(decoder, &answer->result);
        decoder_destroy(decoder);
    } else {
        answer->result.outcome = DECODE_BROKEN;
    }
    arena_finish(&arena);
}

static void explain_missing(const struct recorded *r, const struct query *query, struct error *err) {
    struct buf when;
    buf_init(&when, 256);
    time_format(&when, query->start_ms);
    buf_str(&when, " to ");
    time_format(&when, query->end_ms);
    error_set(err, ERROR_SOURCE, "source %s: %s holds no recorded answer to the %s query %s (%s, step %" PRId64 " ms)", r->base.name,
              r->dir, query_mode_name(query->mode), query->expr, buf_text(&when), query->step_ms);
    buf_finish(&when);
}

static void answer_entry(struct recorded *r, const struct entry *e, struct answer *answer) {
    const struct query query = {e->expr, mode_of(e->mode), e->start_ms, e->end_ms, e->step_ms};
    answer->http_status = e->http_status;
    answer->protocol = e->protocol;
    answer->tries = e->tries;
    answer->requests = e->requests;
    answer->throttled = e->throttled;
    answer->pieces = e->pieces;
    answer->hedged = e->hedged;
    answer->refused = e->refused;
    answer->shared = e->shared;
    answer->duration_ms = e->duration_ms;
    answer->bytes = e->bytes;
    if (e->error == NULL) {
        decode_body(r, e, answer);
        answer_settle(answer, &r->base, &query);
    } else {
        answer->result.outcome = (enum decode_outcome)e->outcome;
        error_set(&answer->result.err, (enum error_code)e->error_code, "%s", e->error);
    }
}

static bool is_piece_of(const struct entry *e, const struct query *query) {
    if (!e->is_piece || e->start_ms > e->end_ms || e->end_ms > query->end_ms) return false;
    if (query->mode == QUERY_RANGE && query->step_ms <= 0) return false;
    return e->whole_start_ms == query->start_ms && e->whole_end_ms == query->end_ms && e->step_ms == query->step_ms &&
           strcmp(e->mode, query_mode_name(query->mode)) == 0 && strcmp(e->expr, query->expr) == 0;
}

// The piece of the query that begins at from_ms or, where none does, the next one after it; NULL when there is none.
static const struct entry *find_piece(const struct recorded *r, const struct query *query, int64_t from_ms) {
    const struct entry *best = NULL;
    for (size_t i = 0; i < r->count; i++) {
        const struct entry *e = &r->entries[i];
        if (is_piece_of(e, query) && e->start_ms >= from_ms && (best == NULL || e->start_ms <= best->start_ms)) best = e;
    }
    return best;
}

// Collects the pieces in time order. False when they leave a hole and none of them failed: a run that loses a piece gives up those
// that it has not begun, so with a failure holes are no surprise.
static bool answer_pieces(struct recorded *r, const struct query *query, struct answer *ret) {
    struct answer **pieces = NULL;
    size_t count = 0, cap = 0;
    int64_t at = query->start_ms;
    bool whole = true, failed = false;
    const struct entry *e;
    while (at <= query->end_ms && (e = find_piece(r, query, at)) != NULL) {
        const struct query piece = {e->expr, query->mode, e->start_ms, e->end_ms, e->step_ms};
        void *items = pieces;
        mem_grow(&items, &cap, count, sizeof *pieces);
        pieces = items;
        pieces[count] = mem_zero(1, sizeof **pieces);
        answer_init(pieces[count]);
        answer_entry(r, e, pieces[count]);
        failed = failed || pieces[count++]->result.outcome != DECODE_OK;
        whole = whole && e->start_ms == at;
        at = pieces_next_ms(&piece);
    }
    bool ok = count > 0 && (failed || (whole && at > query->end_ms));
    if (ok) pieces_join(pieces, count, &r->base.limits, ret);
    for (size_t i = 0; i < count; i++) {
        answer_finish(pieces[i]);
        free(pieces[i]);
    }
    free(pieces);
    return ok;
}

static void recorded_answer(struct source *source, const struct query *query, struct answer *answer) {
    struct recorded *r = (struct recorded *)source;
    const struct entry *e = find(r, query_mode_name(query->mode), query);
    if (e != NULL) {
        answer_entry(r, e, answer);
    } else if (!answer_pieces(r, query, answer)) {
        answer->result.outcome = DECODE_HTTP_ERROR;
        explain_missing(r, query, &answer->result.err);
    }
}

static void read_version(struct recorded *r) {
    static const struct query version = {.expr = ""};
    const struct entry *e = find(r, "buildinfo", &version);
    struct arena arena = {0};
    struct view body;
    if (e != NULL && e->error == NULL && read_body(r, e, &arena, &body, NULL)) source_read_version(&r->base, body.ptr, body.len);
    r->base.version_known = true;
    arena_finish(&arena);
}

static void recorded_destroy(struct source *source) {
    struct recorded *r = (struct recorded *)source;
    arena_finish(&r->arena);
    free(r->entries);
    free(r);
}

static const struct source_ops recorded_ops = {
    .kind = "recorded",
    .answer = recorded_answer,
    .destroy = recorded_destroy,
};

struct source *source_create_recorded(const char *name, const char *dir, const struct source_settings *settings, struct error *err) {
    struct recorded *r = mem_zero(1, sizeof *r);
    source_init(&r->base, &recorded_ops, name);
    source_use_settings(&r->base, settings);
    r->dir = arena_strdup(&r->arena, dir);
    if (!read_index(r, err)) {
        error_prefix(err, "source %s", name);
        source_destroy(&r->base);
        return NULL;
    }
    read_version(r);
    return &r->base;
}
