// SPDX-License-Identifier: GPL-3.0-or-later
#include "token.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define MOST_TOKEN_BYTES ((size_t)32768)
#define MOST_LIFETIME_S INT64_C(31536000)
#define EARLY_MS INT64_C(60000) // before its end a token is replaced, but a short-lived one is used for nine tenths of its life

void token_init(struct token *t, const struct source_oauth2 *settings) {
    *t = (struct token){.settings = settings};
    t->client_secret = (struct secret){.key = "oauth2.client_secret_file", .path = settings->client_secret_file};
}

void token_finish(struct token *t) {
    secret_finish(&t->client_secret);
    secret_wipe(&t->user);
    secret_wipe(&t->password);
    secret_wipe(&t->text);
}

bool token_wanted(const struct token *t, int64_t now_mono_ms) {
    return t->settings->token_url != NULL && (t->text == NULL || now_mono_ms >= t->refresh_mono_ms);
}

void token_drop(struct token *t) {
    secret_wipe(&t->text);
}

static char *encoded(const char *text) {
    struct buf out;
    buf_init(&out, 4 * MOST_TOKEN_BYTES + strlen(text) * 3);
    http_percent_encode(&out, view_of(text));
    return buf_take(&out);
}

bool token_request(struct token *t, struct buf *body, struct http_request *ret, struct error *err) {
    const struct source_oauth2 *s = t->settings;
    if (!secret_refresh(&t->client_secret, err)) return false;
    http_form_field(body, "grant_type", view_of("client_credentials"));
    if (s->scope != NULL) http_form_field(body, "scope", view_of(s->scope));
    for (size_t i = 0; i < s->param_count; i++) http_form_field(body, s->params[i].name, view_of(s->params[i].value));
    secret_wipe(&t->user);
    secret_wipe(&t->password);
    if (t->in_form) {
        http_form_field(body, "client_id", view_of(s->client_id));
        http_form_field(body, "client_secret", view_of(t->client_secret.text));
    } else {
        ret->username = t->user = encoded(s->client_id);
        ret->password = t->password = encoded(t->client_secret.text);
    }
    if (body->failed) return error_set(err, ERROR_LIMIT, "the request for a token is too long");
    ret->url = s->token_url;
    ret->method = "POST";
    ret->body = (struct view){buf_text(body), body->len};
    return true;
}

// What goes into a header must be visible ASCII.
static bool is_sane(const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if (text[i] <= ' ' || text[i] >= 0x7f) return false;
    }
    return len > 0 && len <= MOST_TOKEN_BYTES;
}

// Seconds, as a number or, from some servers, as text; 0 when the server does not say.
static int64_t lifetime_of(const json_t *root) {
    const json_t *member = json_object_get(root, "expires_in");
    double seconds = json_number_value(member);
    if (json_is_string(member)) seconds = strtod(json_string_value(member), NULL);
    if (!(seconds > 0)) return 0;
    return seconds < (double)MOST_LIFETIME_S ? (int64_t)seconds : MOST_LIFETIME_S;
}

static bool take(struct token *t, const json_t *root, int64_t now_mono_ms, struct error *err) {
    const json_t *member = json_object_get(root, "access_token");
    const char *text = json_string_value(member), *type = json_string_value(json_object_get(root, "token_type"));
    if (text == NULL) return error_set(err, ERROR_DATA, "the answer holds no access_token");
    if (type != NULL && strcasecmp(type, "Bearer") != 0) return error_set(err, ERROR_DATA, "the token is of type %.40s, not Bearer", type);
    if (!is_sane(text, json_string_length(member))) return error_set(err, ERROR_DATA, "the access_token cannot be sent in a header");
    secret_wipe(&t->text);
    t->text = mem_strdup(text);
    t->settled = true;
    int64_t lifetime_ms = lifetime_of(root) * 1000, early = lifetime_ms / 10 < EARLY_MS ? lifetime_ms / 10 : EARLY_MS;
    t->refresh_mono_ms = lifetime_ms > 0 ? now_mono_ms + lifetime_ms - early : INT64_MAX;
    return true;
}

// The error code of section 5.2 alone: descriptions are free text, and some servers repeat what they were sent.
static bool explain(int http_status, const json_t *root, struct error *err) {
    const char *code = json_string_value(json_object_get(root, "error"));
    bool plain = code != NULL && code[0] != '\0' && strlen(code) <= 60 &&
                 strspn(code, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") == strlen(code);
    return error_set(err, ERROR_SOURCE, "HTTP status %d%s%s", http_status, plain ? ", " : "", plain ? code : "");
}

bool token_answer(struct token *t, int http_status, struct view body, int64_t now_mono_ms, bool *ret_again, struct error *err) {
    json_t *root = json_loadb(body.ptr, body.len, JSON_REJECT_DUPLICATES, NULL);
    bool ok = false;
    *ret_again = false;
    if (http_status != 200) {
        explain(http_status, root, err);
        *ret_again = !t->settled && (http_status == 400 || http_status == 401);
        t->settled = t->settled || *ret_again; // there are only two places
        if (*ret_again) t->in_form = !t->in_form;
    } else if (!json_is_object(root)) {
        error_set(err, ERROR_DATA, "the answer is not a JSON object");
    } else {
        ok = take(t, root, now_mono_ms, err);
    }
    json_decref(root);
    return ok || error_prefix(err, "OAuth2 token");
}
