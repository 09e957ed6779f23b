// SPDX-License-Identifier: GPL-3.0-or-later
// An answer is prepared when the handler gives it, and handed to the library when the handler has returned.
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json_print.h"
#include "call_state.h"
#include "listener_state.h"

#define MOST_REPLY_BYTES ((size_t)1 << 30)
#define MOST_HELD_BYTES ((size_t)64 << 20) // of answers that clients have not taken yet
#define FREE_BYTES ((size_t)16384)         // so many are not counted: what connections may be bounds them

static void add(struct MHD_Response *response, const char *name, const char *value) {
    MHD_add_response_header(response, name, value);
}

static const char *find_header(const struct call *call, const char *name) {
    for (size_t i = 0; i < call->header_count; i++) {
        if (strcmp(call->headers[i].name, name) == 0) return call->headers[i].value;
    }
    return NULL;
}

static void add_default(struct call *call, const char *name, const char *value) {
    if (find_header(call, name) == NULL) add(call->response, name, value);
}

// A page may use what is inside it and what this server has; anything else that a browser takes for a page may use nothing.
static const char page_policy[] = "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self' data:; "
                                  "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
static const char data_policy[] = "default-src 'none'; frame-ancestors 'none'";

static void answer(struct call *call, int status, const char *content_type, struct MHD_Response *response) {
    assert(call->status == 0 && response != NULL);
    bool page = content_type != NULL && strncmp(content_type, "text/html", 9) == 0;
    call->status = status;
    call->response = response;
    if (content_type != NULL) add(response, "Content-Type", content_type);
    for (size_t i = 0; i < call->header_count; i++) add(response, call->headers[i].name, call->headers[i].value);
    if (call->etag != NULL) add(response, "ETag", call->etag);
    add_default(call, "Cache-Control", call->etag != NULL ? "private, no-cache" : "no-store");
    add_default(call, "Content-Security-Policy", page ? page_policy : data_policy);
    add_default(call, "X-Content-Type-Options", "nosniff");
    if (!page) return; // other answers need no more: data_policy forbids framing, and they have no links
    add_default(call, "X-Frame-Options", "DENY");
    add_default(call, "Referrer-Policy", "no-referrer");
}

// Clients that ask for large answers and do not read them must not fill the memory. False: the call was answered.
static bool may_hold(struct call *call, size_t len) {
    struct listener *listener = call->listener;
    if (len <= FREE_BYTES) return true;
    if (len <= MOST_HELD_BYTES - listener->held) {
        listener->held += len;
        call->held += len;
        return true;
    }
    call->header_count = 0;
    call->etag = NULL;
    reply_header(call, "Retry-After", "1");
    reply_error_hint(call, 503, "busy", "ask again in a moment", "too many large answers are on their way to slow clients");
    return false;
}

void reply_json(struct call *call, int status, json_t *body) {
    struct buf text;
    struct error err;
    buf_init(&text, MOST_REPLY_BYTES);
    bool good = body != NULL && json_print(&text, body, JSON_LINE, &err);
    json_decref(body);
    if (good && !may_hold(call, text.len)) {
        buf_finish(&text);
    } else if (good) {
        size_t len = text.len;
        answer(call, status, "application/json", MHD_create_response_from_buffer(len, buf_take(&text), MHD_RESPMEM_MUST_FREE));
    } else {
        buf_finish(&text);
        reply_error(call, 500, "internal", "the answer could not be written as JSON");
    }
}

// The bytes stay until the answer is sent.
static void send_bytes(struct call *call, int status, const char *content_type, struct view bytes) {
    union {
        const char *bytes;
        void *library; // which does not write to it
    } data = {bytes.ptr};
    answer(call, status, content_type, MHD_create_response_from_buffer(bytes.len, data.library, MHD_RESPMEM_PERSISTENT));
}

void reply_text(struct call *call, int status, const char *content_type, struct view text) {
    if (may_hold(call, text.len))
        send_bytes(call, status, content_type, (struct view){arena_strndup(&call->arena, text.ptr, text.len), text.len});
}

void reply_own_text(struct call *call, int status, const char *content_type, struct view text) {
    if (may_hold(call, text.len)) send_bytes(call, status, content_type, text);
}

void reply_empty(struct call *call, int status) {
    answer(call, status, NULL, MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT));
}

void reply_page(struct call *call, int status, const char *content_type, struct view bytes, void (*release)(void *user), void *user) {
    union {
        const char *bytes;
        void *library; // which does not write to it
    } data = {bytes.ptr};
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(bytes.len, data.library, release, user);
    if (response == NULL) { // an empty buffer, which the library does not take
        release(user);
        response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    }
    answer(call, status, content_type, response);
}

__attribute__((format(printf, 5, 0))) static void reply_problem(struct call *call, int status, const char *code, const char *hint,
                                                                const char *format, va_list args) {
    char message[1024];
    vsnprintf(message, sizeof message, format, args);
    json_t *text = json_string(message);
    if (text == NULL) text = json_string("the message is not UTF-8");
    call->code = code;
    reply_json(call, status, json_pack("{s:{s:s,s:o,s:s}}", "error", "code", code, "message", text, "hint", hint));
}

void reply_error(struct call *call, int status, const char *code, const char *format, ...) {
    va_list args;
    va_start(args, format);
    reply_problem(call, status, code, "", format, args);
    va_end(args);
}

void reply_error_hint(struct call *call, int status, const char *code, const char *hint, const char *format, ...) {
    va_list args;
    va_start(args, format);
    reply_problem(call, status, code, hint, format, args);
    va_end(args);
}

void reply_header(struct call *call, const char *name, const char *value) {
    for (const char *c = value; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f) return;
    }
    assert(call->header_count < MOST_REPLY_HEADERS && call->status == 0);
    call->headers[call->header_count++] = (struct reply_header){name, arena_strdup(&call->arena, value)};
}

// Whether a list of entity tags has this one. Tags are compared weakly (RFC 9110, 13.1.2): W/ does not count.
static bool has_tag(const char *list, const char *tag) {
    size_t len = strlen(tag);
    if (strcmp(list, "*") == 0) return true;
    while (*list != '\0') {
        list += strspn(list, " \t,");
        if (strncmp(list, "W/", 2) == 0) list += 2;
        if (*list != '"') return false;
        const char *end = strchr(list + 1, '"');
        if (end == NULL) return false;
        if ((size_t)(end + 1 - list) == len && memcmp(list, tag, len) == 0) return true;
        list = end + 1;
    }
    return false;
}

bool reply_etag(struct call *call, const char *text) {
    const char *wanted = call_header(call, "If-None-Match");
    call->etag = arena_printf(&call->arena, "\"%s\"", text);
    if (wanted == NULL || !has_tag(wanted, call->etag)) return false;
    reply_empty(call, 304);
    return true;
}

enum MHD_Result call_send(struct call *call) {
    call->stage = STAGE_SENT;
    enum MHD_Result result = MHD_queue_response(call->connection, (unsigned)call->status, call->response);
    MHD_destroy_response(call->response);
    call->response = NULL;
    return result;
}
