// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/errand.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json_print.h"
#include "base/mem.h"
#include "base/timetext.h"

#define MOST_HEADERS 4
#define MOST_ANSWER_BYTES ((size_t)1 << 30)

struct answer {
    int status;
    const char *content_type;
    struct view text;
    const char *names[MOST_HEADERS], *values[MOST_HEADERS];
    size_t header_count;
};

struct errand {
    struct arena arena;   // used by the side that carries it out
    struct answer answer; // in the arena; not changed once done
    pthread_mutex_t lock; // guards what follows
    struct call *call;    // that waits; NULL: none does any more
    bool done;
    int refs; // of the call and of the side that carries it out
};

static void unref(struct errand *errand) {
    pthread_mutex_lock(&errand->lock);
    bool last = --errand->refs == 0;
    pthread_mutex_unlock(&errand->lock);
    if (!last) return;
    pthread_mutex_destroy(&errand->lock);
    arena_finish(&errand->arena);
    free(errand);
}

static struct answer copy_answer(const struct answer *answer, struct arena *arena) {
    struct answer copy = *answer;
    copy.content_type = arena_strdup(arena, answer->content_type);
    copy.text.ptr = arena_strndup(arena, answer->text.ptr, answer->text.len);
    for (size_t i = 0; i < answer->header_count; i++) {
        copy.names[i] = arena_strdup(arena, answer->names[i]);
        copy.values[i] = arena_strdup(arena, answer->values[i]);
    }
    return copy;
}

// The call no longer waits: it keeps a copy of the answer for errand_resume(), with status 0 when there is none.
static void release(struct call *call) {
    struct errand *errand = call_kept(call);
    struct answer *kept = arena_alloc(call_arena(call), sizeof *kept);
    pthread_mutex_lock(&errand->lock);
    errand->call = NULL;
    bool answered = errand->done && call_ended(call) != CALL_GONE;
    pthread_mutex_unlock(&errand->lock);
    *kept = answered ? copy_answer(&errand->answer, call_arena(call)) : (struct answer){.status = 0};
    call_keep(call, kept);
    unref(errand);
}

struct errand *errand_begin(struct call *call, int64_t most_ms) {
    struct errand *errand = mem_zero(1, sizeof *errand);
    pthread_mutex_init(&errand->lock, NULL);
    errand->call = call;
    errand->refs = 2;
    call_keep(call, errand);
    call_defer(call, mono_now_ms() + most_ms, release);
    return errand;
}

struct arena *errand_arena(struct errand *errand) {
    return &errand->arena;
}

void errand_header(struct errand *errand, const char *name, const char *value) {
    struct answer *a = &errand->answer;
    if (a->header_count == MOST_HEADERS) return;
    a->names[a->header_count] = arena_strdup(&errand->arena, name);
    a->values[a->header_count++] = arena_strdup(&errand->arena, value);
}

void errand_text(struct errand *errand, int status, const char *content_type, struct view text) {
    struct answer *a = &errand->answer;
    a->status = status;
    a->content_type = arena_strdup(&errand->arena, content_type);
    a->text = (struct view){arena_strndup(&errand->arena, text.ptr, text.len), text.len};
    pthread_mutex_lock(&errand->lock);
    errand->done = true;
    if (errand->call != NULL) call_wake(errand->call);
    pthread_mutex_unlock(&errand->lock);
    unref(errand);
}

void errand_json(struct errand *errand, int status, json_t *body) {
    struct buf text;
    struct error err;
    buf_init(&text, MOST_ANSWER_BYTES);
    bool good = body != NULL && json_print(&text, body, JSON_LINE, &err);
    json_decref(body);
    if (good) {
        errand_text(errand, status, "application/json", (struct view){buf_text(&text), text.len});
    } else {
        errand_error(errand, 500, "internal", "", "the answer could not be written as JSON");
    }
    buf_finish(&text);
}

json_t *errand_error_body(const char *code, const char *hint, const char *message) {
    json_t *text = json_string(message);
    if (text == NULL) text = json_string("the message is not UTF-8");
    return json_pack("{s:{s:s,s:o,s:s}}", "error", "code", code, "message", text, "hint", hint);
}

void errand_error(struct errand *errand, int status, const char *code, const char *hint, const char *format, ...) {
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    errand_json(errand, status, errand_error_body(code, hint, message));
}

void errand_resume(struct call *call) {
    const struct answer *answer = call_kept(call);
    if (answer->status != 0) {
        for (size_t i = 0; i < answer->header_count; i++) reply_header(call, answer->names[i], answer->values[i]);
        reply_own_text(call, answer->status, answer->content_type, answer->text);
    } else if (call_ended(call) == CALL_STOPPING) {
        reply_header(call, "Retry-After", "5");
        reply_error_hint(call, 503, "stopping", "ask again in some seconds", "the service stops");
    } else {
        reply_header(call, "Retry-After", "5");
        reply_error_hint(call, 504, "too_slow", "ask again; what was begun goes on", "the answer did not come in time");
    }
}
