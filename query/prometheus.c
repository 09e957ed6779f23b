// SPDX-License-Identifier: GPL-3.0-or-later
// Requests to a Prometheus-compatible server. Only builds them; fetch.c sends, retries and decodes.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/timetext.h"
#include "credentials.h"
#include "dialect.h"
#include "metadata_request.h"
#include "query/selector.h"
#include "read_request.h"
#include "source_ops.h"

#define SIDE_TIMEOUT_MS INT64_C(5000) // of what is asked beside the queries

struct prometheus {
    struct source base;
    struct source_settings settings;
    struct credentials credentials;
    struct http_header *read_headers; // of the last remote read
};

static bool prometheus_prepare(struct source *source, struct error *err) {
    struct prometheus *p = (struct prometheus *)source;
    return credentials_refresh(&p->credentials, source, err);
}

static void time_field(struct buf *body, const char *name, int64_t ms) {
    http_form_field(body, name, view_of(""));
    time_format_unix(body, ms); // nothing of it needs a code
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
    case QUERY_LABELS:
    case QUERY_SERIES:
    case QUERY_METADATA:
    case QUERY_EXEMPLARS:
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

// Labels, series, metadata and exemplars.
static bool metadata_request(struct prometheus *p, const struct query *query, struct buf *url, struct buf *body, struct http_request *ret,
                             struct error *err) {
    struct buf path;
    buf_init(&path, url->limit);
    bool post = metadata_request_write(query, &path, body);
    dialect_params(body, &p->settings, query->mode);
    for (size_t i = 0; i < p->settings.param_count; i++)
        http_form_field(body, p->settings.params[i].name, view_of(p->settings.params[i].value));
    http_url_join(url, p->settings.url, buf_text(&path));
    if (!post && body->len > 0) buf_printf(url, "?%s", buf_text(body));
    bool ok = !path.failed && !body->failed && !url->failed;
    buf_finish(&path);
    if (!ok) return error_set(err, ERROR_LIMIT, "the request is too long");
    ret->method = post ? "POST" : "GET";
    if (post) {
        ret->body = (struct view){buf_text(body), body->len};
    } else {
        ret->headers++; // no body, no content type
        ret->header_count--;
    }
    return true;
}

// The headers of a query with those of remote read instead of the first two.
static void use_read_headers(struct prometheus *p, struct http_request *request) {
    static const struct http_header own[] = {{"Content-Type", "application/x-protobuf"},
                                             {"Content-Encoding", "snappy"},
                                             {"Accept-Encoding", "snappy"},
                                             {"X-Prometheus-Remote-Read-Version", "0.1.0"}};
    size_t count = sizeof own / sizeof own[0], others = request->header_count - 2;
    p->read_headers = mem_resize(p->read_headers, count + others, sizeof *p->read_headers);
    memcpy(p->read_headers, own, sizeof own);
    memcpy(p->read_headers + count, request->headers + 2, others * sizeof *own);
    request->headers = p->read_headers;
    request->header_count = count + others;
}

static bool read_request(struct prometheus *p, const struct query *query, enum source_protocol protocol, struct buf *url, struct buf *body,
                         struct http_request *ret, struct error *err) {
    bool both = p->settings.protocol == PROTOCOL_AUTO && protocol == PROTOCOL_STREAM;
    if (query->start_ms > query->end_ms) return error_set(err, ERROR_CONFIG, "the query ends before it starts");
    if (!read_request_write(query, both ? PROTOCOL_AUTO : protocol, body, err)) return false;
    if (body->failed) return error_set(err, ERROR_LIMIT, "the query is too long");
    http_url_join(url, p->settings.url, "api/v1/read");
    use_read_headers(p, ret);
    ret->method = "POST";
    ret->body = (struct view){buf_text(body), body->len};
    ret->compression = false;
    ret->encoding = "snappy";
    return true;
}

static bool prometheus_request(struct source *source, const struct ask *ask, struct buf *url, struct buf *body, struct http_request *ret,
                               struct error *err) {
    static const struct query probe = {.expr = "serin_probe", .mode = QUERY_RAW, .end_ms = 1};
    struct prometheus *p = (struct prometheus *)source;
    if (!credentials_refresh(&p->credentials, source, err)) return false;
    *ret = (struct http_request){.compression = p->settings.compression, .timeout_ms = ask->timeout_ms};
    credentials_apply(&p->credentials, ret);
    bool ok = true;
    if (ask->kind == ASK_VERSION) {
        http_url_join(url, p->settings.url, "api/v1/status/buildinfo");
        ret->headers++; // no body, no content type
        ret->header_count--;
    } else if (ask->kind == ASK_PROBE) {
        ok = read_request(p, &probe, PROTOCOL_STREAM, url, body, ret, err);
    } else if (query_expect(ask->query->mode) != EXPECT_RESULT) {
        ok = metadata_request(p, ask->query, url, body, ret, err);
    } else if (ask->query->mode == QUERY_RAW && ask->protocol != PROTOCOL_RAW) {
        ok = read_request(p, ask->query, ask->protocol, url, body, ret, err);
    } else {
        ok = query_request(p, ask->query, ask->timeout_ms, url, body, ret, err);
    }
    if (ask->kind != ASK_QUERY && ask->timeout_ms > SIDE_TIMEOUT_MS) ret->timeout_ms = SIDE_TIMEOUT_MS;
    ret->url = buf_text(url);
    return ok;
}

static bool prometheus_token_wanted(const struct source *source, int64_t now_mono_ms) {
    return token_wanted(&((const struct prometheus *)source)->credentials.token, now_mono_ms);
}

static bool prometheus_token_request(struct source *source, int64_t timeout_ms, struct buf *url, struct buf *body, struct http_request *ret,
                                     struct error *err) {
    struct prometheus *p = (struct prometheus *)source;
    (void)url;
    *ret = (struct http_request){.timeout_ms = timeout_ms};
    return credentials_token_request(&p->credentials, body, ret, err);
}

static bool prometheus_token_answer(struct source *source, int http_status, struct view body, bool *ret_again, struct error *err) {
    struct prometheus *p = (struct prometheus *)source;
    if (!token_answer(&p->credentials.token, http_status, body, mono_now_ms(), ret_again, err)) return false;
    source->token_generation++;
    return true;
}

static void prometheus_token_drop(struct source *source, unsigned generation) {
    if (source->token_generation == generation) token_drop(&((struct prometheus *)source)->credentials.token);
}

static void prometheus_destroy(struct source *source) {
    struct prometheus *p = (struct prometheus *)source;
    credentials_finish(&p->credentials);
    free(p->read_headers);
    free(p);
}

static const struct source_ops prometheus_ops = {
    .kind = "prometheus",
    .prepare = prometheus_prepare,
    .request = prometheus_request,
    .token_wanted = prometheus_token_wanted,
    .token_request = prometheus_token_request,
    .token_answer = prometheus_token_answer,
    .token_drop = prometheus_token_drop,
    .destroy = prometheus_destroy,
};

static bool check_params(const struct source_settings *s, struct error *err) {
    static const char *const own[] = {"query", "time", "start", "end", "step", "timeout"};
    for (size_t i = 0; i < s->param_count; i++) {
        for (size_t k = 0; k < sizeof own / sizeof own[0]; k++) {
            if (strcmp(s->params[i].name, own[k]) == 0) return error_set(err, ERROR_CONFIG, "params: %s is set by serin itself", own[k]);
        }
    }
    return true;
}

static bool check_settings(const struct source_settings *s, struct error *err) {
    if (s->url == NULL) return error_set(err, ERROR_CONFIG, "url is missing");
    if (!http_url_check(s->url, err) || !credentials_check(s, err)) return false;
    if (s->concurrency < 0 || s->timeout_ms < 0 || s->tries < 0 || s->rate < 0 || s->raw_window_ms < 0) {
        return error_set(err, ERROR_CONFIG, "concurrency, timeout, tries, rate and raw_window must not be negative");
    }
    if (s->hedge_ms < 0 || !(s->hedge_share >= 0 && s->hedge_share < 1)) {
        return error_set(err, ERROR_CONFIG, "hedge must be a time or a share from 0 to below 100%%");
    }
    return check_params(s, err);
}

// Where remote read is known not to be, or not to mean the same: it knows no parameters.
static bool has_no_read(const struct source_settings *s) {
    return s->kind == SOURCE_VICTORIAMETRICS || s->kind == SOURCE_THANOS || s->param_count > 0;
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
    if (settings->protocol == PROTOCOL_AUTO && has_no_read(settings)) p->base.protocol = PROTOCOL_RAW;
    credentials_init(&p->credentials, &p->settings);
    return &p->base;
}
