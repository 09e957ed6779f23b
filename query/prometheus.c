// SPDX-License-Identifier: GPL-3.0-or-later
// Requests to a Prometheus-compatible server. Only builds them; fetch.c sends, retries and decodes.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/timetext.h"
#include "dialect.h"
#include "query/selector.h"
#include "source_ops.h"

#define MOST_SECRET_BYTES ((size_t)65536)
#define VERSION_TIMEOUT_MS INT64_C(5000)

struct prometheus {
    struct source base;
    struct source_settings settings;
    struct http_header *headers; // content type first, then tenant and custom ones
    size_t header_count;
    char *password, *bearer; // of the run going on, NULL when not configured
};

static void secret_forget(char **secret) {
    if (*secret == NULL) return;
    for (volatile char *p = *secret; *p != '\0'; p++) *p = '\0';
    free(*secret);
    *secret = NULL;
}

// One line of text; the line feed that editors put at the end is not part of it.
static bool secret_read(struct prometheus *p, const char *what, const char *path, char **ret_secret, struct error *err) {
    struct arena arena = {0};
    struct view text;
    struct stat info;
    secret_forget(ret_secret);
    bool ok = file_read(path, MOST_SECRET_BYTES, &arena, &text, err);
    while (ok && text.len > 0 && strchr(" \t\r\n", text.ptr[text.len - 1]) != NULL) text.len--;
    if (ok && text.len == 0) ok = error_set(err, ERROR_CONFIG, "%s: the file is empty", path);
    if (ok && memchr(text.ptr, '\n', text.len) != NULL) ok = error_set(err, ERROR_CONFIG, "%s: holds more than one line", path);
    if (ok) *ret_secret = mem_strndup(text.ptr, text.len);
    if (ok && stat(path, &info) == 0 && (info.st_mode & S_IROTH) != 0) {
        source_warn(&p->base, "%s can be read by every user of this machine", path);
    }
    arena_finish(&arena);
    return ok || error_prefix(err, "%s", what);
}

static bool prometheus_prepare(struct source *source, struct error *err) {
    struct prometheus *p = (struct prometheus *)source;
    const struct source_settings *s = &p->settings;
    if (s->password_file != NULL && !secret_read(p, "password_file", s->password_file, &p->password, err)) return false;
    return s->bearer_token_file == NULL || secret_read(p, "bearer_token_file", s->bearer_token_file, &p->bearer, err);
}

static void time_field(struct buf *body, const char *name, int64_t ms) {
    struct buf text;
    buf_init(&text, 64);
    time_format_unix(&text, ms);
    http_form_field(body, name, (struct view){buf_text(&text), text.len});
    buf_finish(&text);
}

static bool raw_fields(struct buf *body, const struct query *query, struct error *err) {
    struct view expr = view_of(query->expr);
    if (!selector_is_plain(expr)) return error_set(err, ERROR_CONFIG, "only a plain selector can be read raw, not %s", query->expr);
    while (expr.len > 0 && strchr(" \t\r\n", expr.ptr[expr.len - 1]) != NULL) expr.len--;
    // Some servers leave out a sample exactly at the left border: ask for more, answer_settle() clips it.
    int64_t seconds = (query->end_ms - query->start_ms + 1 + 999) / 1000;
    struct buf text;
    buf_init(&text, expr.len + 32);
    buf_bytes(&text, expr.ptr, expr.len);
    buf_printf(&text, "[%" PRId64 "s]", seconds);
    http_form_field(body, "query", (struct view){buf_text(&text), text.len});
    buf_finish(&text);
    time_field(body, "time", query->end_ms);
    return true;
}

static bool range_fields(struct buf *body, const struct query *query, struct error *err) {
    if (query->step_ms <= 0) return error_set(err, ERROR_CONFIG, "the step of a range query must be above 0");
    http_form_field(body, "query", view_of(query->expr));
    time_field(body, "start", query->start_ms);
    time_field(body, "end", query->end_ms);
    time_field(body, "step", query->step_ms);
    return true;
}

static bool query_fields(struct buf *body, const struct query *query, struct error *err) {
    if (query->start_ms > query->end_ms) return error_set(err, ERROR_CONFIG, "the query ends before it starts");
    switch (query->mode) {
    case QUERY_RAW:
        return raw_fields(body, query, err);
    case QUERY_RANGE:
        return range_fields(body, query, err);
    case QUERY_INSTANT:
        break;
    }
    http_form_field(body, "query", view_of(query->expr));
    time_field(body, "time", query->end_ms);
    return true;
}

static bool query_request(struct prometheus *p, const struct query *query, int64_t timeout_ms, struct buf *url, struct buf *body,
                          struct http_request *ret, struct error *err) {
    if (!query_fields(body, query, err)) return false;
    time_field(body, "timeout", timeout_ms - timeout_ms / 20); // the server gives up before we do, and says so
    dialect_params(body, &p->settings, query->mode);
    for (size_t i = 0; i < p->settings.param_count; i++) {
        http_form_field(body, p->settings.params[i].name, view_of(p->settings.params[i].value));
    }
    if (body->failed) return error_set(err, ERROR_LIMIT, "the query is too long");
    http_url_join(url, p->settings.url, query->mode == QUERY_RANGE ? "api/v1/query_range" : "api/v1/query");
    ret->method = "POST";
    ret->body = (struct view){buf_text(body), body->len};
    return true;
}

static bool prometheus_request(struct source *source, const struct query *query, int64_t timeout_ms, struct buf *url, struct buf *body,
                               struct http_request *ret, struct error *err) {
    struct prometheus *p = (struct prometheus *)source;
    const struct source_settings *s = &p->settings;
    *ret = (struct http_request){
        .headers = p->headers,
        .header_count = p->header_count,
        .username = s->username,
        .password = p->password,
        .bearer = p->bearer,
        .ca_file = s->ca_file,
        .cert_file = s->cert_file,
        .key_file = s->key_file,
        .server_name = s->server_name,
        .insecure_skip_verify = s->insecure_skip_verify,
        .compression = s->compression,
        .timeout_ms = timeout_ms,
    };
    if (query == NULL) {
        http_url_join(url, s->url, "api/v1/status/buildinfo");
        ret->headers++; // no body, no content type
        ret->header_count--;
        if (timeout_ms > VERSION_TIMEOUT_MS) ret->timeout_ms = VERSION_TIMEOUT_MS;
    } else if (!query_request(p, query, timeout_ms, url, body, ret, err)) {
        return false;
    }
    ret->url = buf_text(url);
    return true;
}

static void prometheus_destroy(struct source *source) {
    struct prometheus *p = (struct prometheus *)source;
    secret_forget(&p->password);
    secret_forget(&p->bearer);
    free(p->headers);
    free(p);
}

static const struct source_ops prometheus_ops = {
    .kind = "prometheus",
    .prepare = prometheus_prepare,
    .request = prometheus_request,
    .destroy = prometheus_destroy,
};

static bool check_names(const struct source_settings *s, struct error *err) {
    static const char *const own_headers[] = {"Content-Type", "Content-Length",    "Content-Encoding",
                                              "Host",         "Transfer-Encoding", "Connection"};
    static const char *const own_params[] = {"query", "time", "start", "end", "step", "timeout"};
    for (size_t i = 0; i < s->header_count; i++) {
        const char *name = s->headers[i].name;
        bool taken = strcasecmp(name, "Authorization") == 0 && (s->bearer_token_file != NULL || s->username != NULL);
        for (size_t k = 0; k < sizeof own_headers / sizeof own_headers[0]; k++) taken |= strcasecmp(name, own_headers[k]) == 0;
        if (taken) return error_set(err, ERROR_CONFIG, "headers: %s is set by serin itself", name);
    }
    for (size_t i = 0; i < s->param_count; i++) {
        for (size_t k = 0; k < sizeof own_params / sizeof own_params[0]; k++) {
            if (strcmp(s->params[i].name, own_params[k]) != 0) continue;
            return error_set(err, ERROR_CONFIG, "params: %s is set by serin itself", own_params[k]);
        }
    }
    return true;
}

static bool check_settings(const struct source_settings *s, struct error *err) {
    if (s->url == NULL) return error_set(err, ERROR_CONFIG, "url is missing");
    if (!http_url_check(s->url, err)) return false;
    if (s->username != NULL && s->bearer_token_file != NULL) {
        return error_set(err, ERROR_CONFIG, "username and bearer_token_file cannot go together");
    }
    if (s->password_file != NULL && s->username == NULL) return error_set(err, ERROR_CONFIG, "password_file needs a username");
    if ((s->cert_file == NULL) != (s->key_file == NULL)) return error_set(err, ERROR_CONFIG, "cert_file and key_file go together");
    if (s->concurrency < 0 || s->timeout_ms < 0 || s->tries < 0 || s->rate < 0 || s->raw_window_ms < 0) {
        return error_set(err, ERROR_CONFIG, "concurrency, timeout, tries, rate and raw_window must not be negative");
    }
    return check_names(s, err);
}

static void build_headers(struct prometheus *p) {
    const struct source_settings *s = &p->settings;
    p->headers = mem_zero(s->header_count + 3, sizeof *p->headers);
    p->headers[p->header_count++] = (struct http_header){"Content-Type", "application/x-www-form-urlencoded"};
    p->headers[p->header_count++] = (struct http_header){"Accept", "application/json"};
    if (s->tenant != NULL) p->headers[p->header_count++] = (struct http_header){"X-Scope-OrgID", s->tenant};
    for (size_t i = 0; i < s->header_count; i++) {
        p->headers[p->header_count++] = (struct http_header){s->headers[i].name, s->headers[i].value};
    }
}

struct source *source_create_prometheus(const char *name, const struct source_settings *settings, struct error *err) {
    if (!check_settings(settings, err)) {
        error_prefix(err, "source %s", name);
        return NULL;
    }
    struct prometheus *p = mem_zero(1, sizeof *p);
    source_init(&p->base, &prometheus_ops, name);
    p->settings = *settings;
    source_use_settings(&p->base, settings);
    build_headers(p);
    return &p->base;
}
