// SPDX-License-Identifier: GPL-3.0-or-later
#include "remote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/http.h"
#include "base/mem.h"
#include "base/retry.h"
#include "base/timetext.h"

#define MOST_ANSWER_BYTES ((size_t)64 << 20)
#define MOST_TOKEN_BYTES ((size_t)4096)
#define SLICE_MS 200 // how soon an interrupt is noticed
#define PATIENCE_MS INT64_C(60000)

struct remote {
    struct arena arena;
    const char *url, *token, *ca_file, *cert_file, *cert_key;
    struct http_client *client;
};

static bool read_token(struct remote *remote, const char *file, struct error *err) {
    const char *token = getenv("SERIN_TOKEN");
    struct view text;
    if (file != NULL && !file_read(file, MOST_TOKEN_BYTES, &remote->arena, &text, err)) return false;
    if (file != NULL) token = arena_strndup(&remote->arena, text.ptr, strcspn(text.ptr, "\r\n"));
    if (file != NULL && *token == '\0') return error_set(err, ERROR_USAGE, "%s: holds no token", file);
    if (token != NULL && *token != '\0') remote->token = arena_strdup(&remote->arena, token);
    return true;
}

struct remote *remote_open(const struct remote_arguments *arguments, struct error *err) {
    struct remote *remote = mem_zero(1, sizeof *remote);
    remote->url = arena_strdup(&remote->arena, arguments->server);
    remote->ca_file = arena_strdup(&remote->arena, arguments->ca_file);
    remote->cert_file = arena_strdup(&remote->arena, arguments->cert_file);
    remote->cert_key = arena_strdup(&remote->arena, arguments->cert_key);
    if (!http_url_check(remote->url, err)) {
        error_prefix(err, "--server");
    } else if (read_token(remote, arguments->token_file, err)) {
        remote->client = http_client_create();
        return remote;
    }
    remote_close(remote);
    return NULL;
}

void remote_close(struct remote *remote) {
    if (remote == NULL) return;
    http_client_destroy(remote->client);
    arena_finish(&remote->arena);
    free(remote);
}

struct exchange {
    struct buf body;
    int status;
    bool done, complete;
    struct error err;
};

static bool take_piece(void *user, const struct http_head *head, const char *data, size_t len) {
    struct exchange *exchange = user;
    (void)head;
    buf_bytes(&exchange->body, data, len);
    return !exchange->body.failed;
}

static void take_end(void *user, const struct http_result *result) {
    struct exchange *exchange = user;
    exchange->done = true;
    exchange->complete = result->complete;
    exchange->status = result->head->status;
    exchange->err = result->err;
}

static bool run(struct remote *remote, const struct http_request *request, struct exchange *exchange, struct error *err) {
    const volatile int *interrupted = watch_interrupts();
    if (!http_client_start(remote->client, request, err)) return false;
    while (!exchange->done) {
        http_client_wait(remote->client, mono_now_ms() + SLICE_MS);
        if (!*interrupted || exchange->done) continue;
        http_client_cancel(remote->client);
        return error_set(err, ERROR_CANCELLED, "interrupted");
    }
    if (exchange->body.failed)
        return error_set(err, ERROR_SOURCE, "%s: the answer is larger than %zu bytes", remote->url, MOST_ANSWER_BYTES);
    if (!exchange->complete) {
        *err = exchange->err;
        err->code = ERROR_SOURCE;
        return error_prefix(err, "%s", remote->url);
    }
    return true;
}

static void tell_finding(const json_t *finding) {
    const char *key = json_string_value(json_object_get(finding, "key")), *text = json_string_value(json_object_get(finding, "message"));
    const char *level = json_string_value(json_object_get(finding, "level"));
    if (key == NULL || text == NULL || level == NULL) return;
    fprintf(stderr, "%lld:%lld: ", (long long)json_integer_value(json_object_get(finding, "line")),
            (long long)json_integer_value(json_object_get(finding, "column")));
    tell_text(level);
    fputs(": ", stderr);
    tell_text(key);
    if (*key != '\0') fputs(": ", stderr);
    tell_text(text);
    fputc('\n', stderr);
}

// What the server says of its refusal.
static void refuse(const struct remote *remote, int status, const json_t *body, struct error *err) {
    const json_t *error = json_object_get(body, "error"), *findings = json_object_get(error, "findings");
    const char *message = json_string_value(json_object_get(error, "message")), *hint = json_string_value(json_object_get(error, "hint"));
    enum error_code code = status >= 500 || status == 429 ? ERROR_SOURCE : status == 422 ? ERROR_CONFIG : ERROR_USAGE;
    for (size_t i = 0; i < json_array_size(findings); i++) tell_finding(json_array_get(findings, i));
    error_set(err, code, "%s: %s%s%s (%d)", remote->url, message != NULL ? message : "refused", hint != NULL && *hint != '\0' ? "; " : "",
              hint != NULL ? hint : "", status);
}

static json_t *exchange_json(struct remote *remote, const struct remote_request *request, struct exchange *exchange, struct error *err) {
    struct buf url;
    json_error_t problem;
    static const struct http_header type = {"Content-Type", "application/json"};
    char *text = request->body != NULL ? json_dumps(request->body, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
    buf_init(&url, 16384);
    http_url_join(&url, remote->url, request->path);
    struct http_request http = {.method = request->method,
                                .url = buf_text(&url),
                                .headers = text != NULL ? &type : NULL,
                                .header_count = text != NULL ? 1 : 0,
                                .body = text != NULL ? view_of(text) : (struct view){NULL, 0},
                                .bearer = remote->token,
                                .ca_file = remote->ca_file,
                                .cert_file = remote->cert_file,
                                .key_file = remote->cert_key,
                                .timeout_ms = request->timeout_ms,
                                .idle_timeout_ms = request->timeout_ms,
                                .user = exchange,
                                .body_piece = take_piece,
                                .done = take_end};
    json_t *json = NULL;
    if (run(remote, &http, exchange, err)) {
        json = json_loadb(buf_text(&exchange->body), exchange->body.len, JSON_REJECT_DUPLICATES, &problem);
        if (exchange->status < 200 || exchange->status > 299) {
            refuse(remote, exchange->status, json, err);
            json_decref(json);
            json = NULL;
        } else if (json == NULL) {
            error_set(err, ERROR_SOURCE, "%s: the answer is no JSON: %s", remote->url, problem.text);
        }
    }
    buf_finish(&url);
    free(text);
    return json;
}

json_t *remote_call(struct remote *remote, const struct remote_request *request, int *ret_status, struct error *err) {
    struct exchange exchange = {.status = 0};
    buf_init(&exchange.body, MOST_ANSWER_BYTES);
    json_t *json = exchange_json(remote, request, &exchange, err);
    if (ret_status != NULL) *ret_status = exchange.done && exchange.complete ? exchange.status : 0;
    buf_finish(&exchange.body);
    return json;
}

bool remote_pause(int64_t ms, struct error *err) {
    const volatile int *interrupted = watch_interrupts();
    for (int64_t until_ms = mono_now_ms() + ms; mono_now_ms() < until_ms && !*interrupted;) {
        struct timespec slice = {0, 100000000};
        nanosleep(&slice, NULL);
    }
    return !*interrupted || error_set(err, ERROR_CANCELLED, "interrupted");
}

bool remote_be_patient(struct remote_patience *patience, int status, bool repeatable, struct error *err) {
    int64_t now = mono_now_ms();
    bool busy = status == 429 || status == 503, away = status == 0 || status == 502 || status == 504;
    if (err->code != ERROR_SOURCE || !(busy || (away && repeatable))) return false;
    if (patience->away_ms == 0) patience->away_ms = now;
    if (now - patience->away_ms > PATIENCE_MS || now >= patience->until_ms) return false;
    int64_t pause_ms = retry_backoff_ms(++patience->failed, &patience->seed);
    return remote_pause(pause_ms < patience->until_ms - now ? pause_ms : patience->until_ms - now, err);
}

bool remote_is_analysis(const json_t *document, const char *id) {
    const char *told = json_string_value(json_object_get(document, "id")), *state = json_string_value(json_object_get(document, "state"));
    if (told == NULL || *told == '\0' || state == NULL || (id != NULL && strcmp(told, id) != 0)) return false;
    return strcmp(state, "open") == 0 || strcmp(state, "done") == 0 || strcmp(state, "cancelled") == 0;
}
