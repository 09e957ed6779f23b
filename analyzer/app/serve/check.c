// SPDX-License-Identifier: GPL-3.0-or-later
#include "check.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/nearest.h"
#include "base/timetext.h"
#include "listener_state.h"
#include "serve/authorization.h"

#define MOST_HEADERS 100
#define MOST_HEADER_BYTES ((size_t)8192)

struct heads { // the headers that are checked; NULL when absent
    const char *host, *origin, *authorization, *length, *transfer, *type, *encoding;
    const char *site, *mode; // Sec-Fetch-Site, Sec-Fetch-Mode: what browsers say of where a request comes from
    size_t count, bytes;
    bool twice;   // a header came twice that may come only once
    bool no_name; // a name with blanks: who stands in front of this server may read it as another header
};

static bool is_name(const char *name) {
    size_t len = 0;
    while ((unsigned char)name[len] > ' ' && name[len] != 0x7f) len++;
    return name[len] == '\0';
}

static void take(const char **place, const char *value, struct heads *heads) {
    if (*place != NULL) heads->twice = true;
    *place = value != NULL ? value : "";
}

static enum MHD_Result see_header(void *user, enum MHD_ValueKind kind, const char *name, const char *value) {
    struct heads *heads = user;
    (void)kind;
    if (!is_name(name)) heads->no_name = true;
    heads->count++;
    heads->bytes += strlen(name) + (value != NULL ? strlen(value) : 0) + 4;
    switch (tolower((unsigned char)name[0])) {
    case 'h':
        if (strcasecmp(name, "Host") == 0) take(&heads->host, value, heads);
        break;
    case 'o':
        if (strcasecmp(name, "Origin") == 0) take(&heads->origin, value, heads);
        break;
    case 'a':
        if (strcasecmp(name, "Authorization") == 0) take(&heads->authorization, value, heads);
        break;
    case 't':
        if (strcasecmp(name, "Transfer-Encoding") == 0) take(&heads->transfer, value, heads);
        break;
    case 's':
        if (strcasecmp(name, "Sec-Fetch-Site") == 0) take(&heads->site, value, heads);
        if (strcasecmp(name, "Sec-Fetch-Mode") == 0) take(&heads->mode, value, heads);
        break;
    case 'c':
        if (strcasecmp(name, "Content-Length") == 0) take(&heads->length, value, heads);
        if (strcasecmp(name, "Content-Type") == 0) take(&heads->type, value, heads);
        if (strcasecmp(name, "Content-Encoding") == 0) take(&heads->encoding, value, heads);
        break;
    default:
        break;
    }
    return MHD_YES;
}

static bool refuse(struct call *call, enum listener_refusal why, int status, const char *code, const char *hint, const char *message) {
    listener_refused(call->listener, why);
    reply_error_hint(call, status, code, hint, "%s", message);
    return false;
}

static bool malformed(struct call *call, const char *message) {
    return refuse(call, REFUSED_MALFORMED, 400, "bad_request", "", message);
}

// The connection ends with it, as the next request may not begin where it seems to.
static bool doubtful(struct call *call, const char *message) {
    reply_header(call, "Connection", "close");
    return malformed(call, message);
}

// Where a body ends must be beyond doubt: a proxy in front of this server might read it differently (request smuggling).
static bool check_length(struct call *call, const struct heads *heads, bool *ret_has_body, uint64_t *ret_length) {
    char *end = NULL;
    *ret_has_body = false;
    *ret_length = 0;
    if (heads->transfer != NULL) {
        *ret_has_body = true;
        *ret_length = UINT64_MAX - 1; // its end is not known
        if (heads->length != NULL) return doubtful(call, "Content-Length and Transfer-Encoding together");
        if (strcasecmp(heads->transfer, "chunked") != 0) return doubtful(call, "the only Transfer-Encoding here is chunked");
        *ret_length = UINT64_MAX;
    } else if (heads->length != NULL) {
        errno = 0;
        *ret_length = strtoull(heads->length, &end, 10);
        if (!isdigit((unsigned char)heads->length[0]) || *end != '\0' || errno != 0) return doubtful(call, "Content-Length is no number");
        *ret_has_body = *ret_length > 0;
    }
    return true;
}

// Whether the host, without its port, is one of our names.
static bool is_our_host(const struct listener *listener, struct view host) {
    size_t len = host.len;
    if (len > 0 && host.ptr[0] == '[') {
        const char *end = memchr(host.ptr, ']', len);
        len = end != NULL ? (size_t)(end + 1 - host.ptr) : len;
    } else {
        const char *colon = memchr(host.ptr, ':', len);
        if (colon != NULL) len = (size_t)(colon - host.ptr);
    }
    for (size_t i = 0; i < listener->host_count; i++) {
        if (strlen(listener->hosts[i]) == len && strncasecmp(listener->hosts[i], host.ptr, len) == 0) return true;
    }
    return false;
}

static bool is_reading(const struct call *call) {
    return strcmp(call->method, "GET") == 0 || strcmp(call->method, "HEAD") == 0;
}

static bool refuse_site(struct call *call) {
    return refuse(call, REFUSED_HOST, 403, "cross_origin", "send it from this server's own pages, or without Origin",
                  "a page of another site may not change anything here");
}

// Keeps out requests that a page of another site makes through a browser. Either the site lets a name of its own point to this server (DNS
// rebinding), then Host has that name; or it sends them here directly, then the browser says so in Origin.
static bool check_host(struct call *call, const struct heads *heads) {
    struct view host = heads->host != NULL ? view_of(heads->host) : (struct view){"", 0};
    if (call->target.authority.ptr != NULL) host = call->target.authority;
    if (call->listener->host_count > 0 && (heads->host != NULL || call->target.authority.ptr != NULL) && !is_our_host(call->listener, host))
        return refuse(call, REFUSED_HOST, 421, "wrong_host", "use localhost or 127.0.0.1, or name the host in public_url",
                      "this server does not go by the name in Host");
    if (heads->origin == NULL || is_reading(call)) return true;
    const char *slashes = strstr(heads->origin, "://");
    if (slashes != NULL && strlen(slashes + 3) == host.len && strncasecmp(slashes + 3, host.ptr, host.len) == 0) return true;
    return refuse_site(call);
}

static bool has_type(const char *types, const char *type) {
    size_t len = strcspn(type, "; \t");
    for (; *types != '\0'; types += strspn(types, " ")) {
        size_t one = strcspn(types, " ");
        if (one == len && strncasecmp(types, type, len) == 0) return true;
        types += one;
    }
    return false;
}

// A browser sends the name and password that it remembers with whatever a page of any site makes it ask. Links may be followed; all
// else must come from our own pages, or from what is no browser. Old ones, which do not say whence, can only send forms.
static bool check_site(struct call *call, const struct heads *heads) {
    const struct route *route = call->match.route;
    if (!authorization_is_basic(heads->authorization)) return true;
    if (heads->site != NULL && strcmp(heads->site, "same-origin") != 0 && strcmp(heads->site, "none") != 0)
        return (is_reading(call) && heads->mode != NULL && strcmp(heads->mode, "navigate") == 0) || refuse_site(call);
    bool form = heads->type != NULL && has_type("application/x-www-form-urlencoded multipart/form-data text/plain", heads->type);
    bool changes = !is_reading(call) && route != NULL && route->role != ROLE_READ;
    return !changes || !form || heads->origin != NULL || refuse_site(call);
}

static bool wait_answer(struct call *call, int64_t wait_ms, const char *code, const char *message) {
    reply_header(call, "Retry-After", arena_printf(&call->arena, "%lld", (long long)((wait_ms + 999) / 1000)));
    return refuse(call, REFUSED_RATE, 429, code, "wait as Retry-After says", message);
}

static bool refuse_sign_in(struct call *call, bool wrong) {
    const struct listener_limits *limits = &call->listener->limits;
    int64_t wait_ms = 0;
    if (wrong)
        wait_ms = allowance_take(&call->peer->address->failures, limits->failed_sign_ins / 60, limits->failed_sign_ins, mono_now_ms());
    if (wait_ms > 0) return wait_answer(call, wait_ms, "too_many_sign_ins", "too many wrong tokens from this address");
    reply_header(call, "WWW-Authenticate", wrong ? "Bearer realm=\"serin\", error=\"invalid_token\"" : "Bearer realm=\"serin\"");
    reply_header(call, "WWW-Authenticate", "Basic realm=\"serin\", charset=\"UTF-8\"");
    return refuse(call, REFUSED_SIGN_IN, 401, wrong ? "wrong_token" : "no_token",
                  "send Authorization: Bearer TOKEN, or sign in with any name and the token as password",
                  wrong ? "this token is none of those the server knows" : "this needs a token");
}

static bool take_rate(struct call *call, struct allowance *allowance) {
    const struct listener_limits *limits = &call->listener->limits;
    if (limits->rate <= 0) return true;
    int64_t wait_ms = allowance_take(allowance, limits->rate, limits->burst, mono_now_ms());
    return wait_ms == 0 || wait_answer(call, wait_ms, "too_many_requests", "more requests than this server takes from one client");
}

// Finds the token and takes the request from its allowance. A reload may swap the tokens at any time, so the lock is held for all of it.
static bool look_up(struct call *call, struct view secret) {
    struct listener *listener = call->listener;
    pthread_mutex_lock(&listener->token_lock);
    listener_refresh_tokens(listener);
    struct token *token = tokens_find(listener->tokens, secret);
    if (token != NULL) call->who = (struct call_who){arena_strdup(&call->arena, token->name), token->role};
    bool ok = token == NULL || take_rate(call, &token->requests);
    pthread_mutex_unlock(&listener->token_lock);
    if (token == NULL) return refuse_sign_in(call, true);
    return ok;
}

static bool sign_in_by_header(struct call *call, const char *text) {
    struct view token;
    if (authorization_token(text, &call->arena, &token)) return look_up(call, token);
    return take_rate(call, &call->peer->address->requests) && refuse_sign_in(call, text != NULL);
}

static bool sign_in(struct call *call, const char *text) {
    struct listener *listener = call->listener;
    enum role wanted = call->match.route != NULL ? call->match.route->role : ROLE_NONE;
    call->who = (struct call_who){"", ROLE_NONE};
    if (listener->token_file == NULL) call->who = (struct call_who){"local", ROLE_ADMIN};
    if (listener->token_file == NULL || wanted == ROLE_NONE) return take_rate(call, &call->peer->address->requests);
    return sign_in_by_header(call, text);
}

static bool refuse_role(struct call *call, enum role wanted) {
    listener_refused(call->listener, REFUSED_ROLE);
    reply_error_hint(call, 403, "wrong_role", "use a token of that role or a higher one", "this needs the role %s; %s has %s",
                     role_name(wanted), call->who.name, role_name(call->who.role));
    return false;
}

bool call_sign_in(struct call *call, const char *token, enum role least) {
    if (call->listener->token_file == NULL) return true;
    bool known = token != NULL ? look_up(call, view_of(token)) : sign_in_by_header(call, call_header(call, "Authorization"));
    return known && (call->who.role >= least || refuse_role(call, least));
}

static bool check_route(struct call *call) {
    const struct route *route = call->match.route;
    if (route == NULL && call->match.allow[0] == '\0')
        return refuse(call, REFUSED_MALFORMED, 404, "no_such_path", "see /api/v1/openapi.json", "there is nothing at this path");
    if (strcmp(call->method, "OPTIONS") == 0) {
        reply_header(call, "Allow", call->match.allow);
        reply_empty(call, 204);
        return false;
    }
    if (route == NULL) {
        reply_header(call, "Allow", call->match.allow);
        return refuse(call, REFUSED_MALFORMED, 405, "wrong_method", "see Allow for the methods of this path",
                      "this path does not take this method");
    }
    return call->who.role >= route->role || refuse_role(call, route->role);
}

static bool unknown_parameter(struct call *call, const char *name) {
    const struct route *route = call->match.route;
    const char *words[TARGET_MOST_PARAMETERS];
    size_t count = 0;
    for (const struct route_parameter *p = route->parameters; p != NULL && p->name != NULL && count < TARGET_MOST_PARAMETERS; p++) {
        if (!route_in_path(route, p->name)) words[count++] = p->name;
    }
    const char *near = nearest_word(view_of(name), words, count);
    listener_refused(call->listener, REFUSED_MALFORMED);
    reply_error_hint(call, 400, "unknown_parameter", near != NULL ? arena_printf(&call->arena, "did you mean %s?", near) : "",
                     "this path has no query parameter %s", name);
    return false;
}

static const struct route_parameter *find_parameter(const struct route *route, const char *name) {
    for (const struct route_parameter *p = route->parameters; p != NULL && p->name != NULL; p++) {
        if (strcmp(p->name, name) == 0 && !route_in_path(route, name)) return p;
    }
    return NULL;
}

static bool check_query(struct call *call) {
    const struct route *route = call->match.route;
    for (size_t i = 0; i < call->target.count && !route->query_open; i++) {
        const char *name = call->target.parameters[i].name.ptr;
        if (find_parameter(route, name) == NULL) return unknown_parameter(call, name);
    }
    for (const struct route_parameter *p = route->parameters; p != NULL && p->name != NULL; p++) {
        if (!p->required || route_in_path(route, p->name) || call_query(call, p->name) != NULL) continue;
        reply_error(call, 400, "missing_parameter", "the query parameter %s is missing", p->name);
        return false;
    }
    return true;
}

size_t check_body_most(const struct call *call) {
    const struct route *route = call->match.route;
    if (route == NULL || route->body == BODY_NONE) return 0;
    return route->body_most > 0 ? route->body_most : call->listener->limits.body;
}

void check_refuse_body(struct call *call) {
    listener_refused(call->listener, REFUSED_TOO_LARGE);
    size_t most = check_body_most(call);
    if (most == 0) {
        reply_error(call, 413, "body_too_large", "this takes no body");
    } else {
        reply_error(call, 413, "body_too_large", "the body has more than the %zu bytes that this takes", most);
    }
}

static bool check_body(struct call *call, const struct heads *heads, bool has_body, uint64_t length) {
    const struct route *route = call->match.route;
    const char *types = route->body_types != NULL ? route->body_types : "application/json";
    if (!has_body) {
        if (route->body != BODY_REQUIRED || heads->length != NULL) return true;
        return refuse(call, REFUSED_MALFORMED, 411, "no_length", "send a body with Content-Length", "this needs a body");
    }
    if (route->body == BODY_NONE || (length != UINT64_MAX && length > check_body_most(call))) {
        check_refuse_body(call);
        return false;
    }
    bool identity = heads->encoding == NULL || strcasecmp(heads->encoding, "identity") == 0;
    if (identity && (strcmp(types, "*/*") == 0 || (heads->type != NULL && has_type(types, heads->type)))) return true;
    listener_refused(call->listener, REFUSED_MALFORMED);
    reply_error_hint(call, 415, "wrong_type", arena_printf(&call->arena, "send Content-Type: %s", types),
                     identity ? "the body must be %s" : "the body must be %s, not compressed", types);
    return false;
}

bool check_head(struct call *call, bool *ret_has_body, uint64_t *ret_length) {
    struct heads heads = {0};
    const char *why = NULL;
    MHD_get_connection_values(call->connection, MHD_HEADER_KIND, see_header, &heads);
    if (!check_length(call, &heads, ret_has_body, ret_length)) return false;
    if (heads.twice) return doubtful(call, "a header that may be there once is there twice");
    if (heads.no_name) return doubtful(call, "the name of a header has blanks in it");
    if (call->target_text == NULL) return refuse(call, REFUSED_TOO_LARGE, 414, "uri_too_long", "", "the request line is too long");
    if (heads.count > MOST_HEADERS || heads.bytes > MOST_HEADER_BYTES)
        return refuse(call, REFUSED_TOO_LARGE, 431, "headers_too_large", "", "too many or too long headers");
    if (!target_parse(view_of(call->target_text), &call->arena, &call->target, &why)) return malformed(call, why);
    if (!check_host(call, &heads)) return false;
    if (!routes_match(call->listener->routes, call->target.path, view_of(call->method), &call->arena, &call->match))
        return malformed(call, "the path is not percent-encoded UTF-8 without control characters");
    if (atomic_load(&call->listener->stopping)) {
        reply_error_hint(call, 503, "stopping", "try again in a moment", "the server is stopping");
        return false;
    }
    return check_site(call, &heads) && sign_in(call, heads.authorization) && check_route(call) && check_query(call) &&
           check_body(call, &heads, *ret_has_body, *ret_length);
}
