// SPDX-License-Identifier: GPL-3.0-or-later
#include "credentials.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define OWN_HEADERS 4 // Content-Type, Accept, tenant, AWS session token

static bool uses_authorization(const struct source_settings *s) {
    return s->username != NULL || s->bearer_token_file != NULL || s->oauth2.token_url != NULL || s->sigv4.region != NULL;
}

static bool check_header(const struct source_settings *s, const char *key, const char *name, struct error *err) {
    static const char *const own[] = {"Content-Type", "Content-Length", "Content-Encoding", "Host", "Transfer-Encoding", "Connection"};
    bool taken =
        (strcasecmp(name, "Authorization") == 0 && uses_authorization(s)) || (strcasecmp(name, "X-Scope-OrgID") == 0 && s->tenant != NULL);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) taken = taken || strcasecmp(name, own[i]) == 0;
    return !taken || error_set(err, ERROR_CONFIG, "%s: %s is set by serin itself", key, name);
}

static bool check_headers(const struct source_settings *s, struct error *err) {
    for (size_t i = 0; i < s->header_count; i++) {
        if (!check_header(s, "headers", s->headers[i].name, err)) return false;
    }
    for (size_t i = 0; i < s->header_file_count; i++) {
        if (!check_header(s, "header_files", s->header_files[i].name, err)) return false;
    }
    return true;
}

static bool check_oauth2(const struct source_oauth2 *o, struct error *err) {
    static const char *const own[] = {"grant_type", "scope", "client_id", "client_secret"};
    if (o->token_url == NULL) return true;
    if (o->client_id == NULL || o->client_secret_file == NULL) {
        return error_set(err, ERROR_CONFIG, "oauth2 needs client_id and client_secret_file");
    }
    if (!http_url_check(o->token_url, err)) return error_prefix(err, "oauth2.token_url");
    for (size_t i = 0; i < o->param_count; i++) {
        for (size_t k = 0; k < sizeof own / sizeof own[0]; k++) {
            if (strcmp(o->params[i].name, own[k]) == 0)
                return error_set(err, ERROR_CONFIG, "oauth2.params: %s is set by serin itself", own[k]);
        }
    }
    return true;
}

static bool check_sigv4(const struct source_sigv4 *v, struct error *err) {
    if (v->region == NULL) return true;
    if (v->access_key == NULL || v->secret_key_file == NULL)
        return error_set(err, ERROR_CONFIG, "sigv4 needs access_key and secret_key_file");
    const char *texts[] = {v->region, v->service != NULL ? v->service : ""};
    for (size_t i = 0; i < 2; i++) {
        if (strspn(texts[i], "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(texts[i])) {
            return error_set(err, ERROR_CONFIG, "sigv4: %s must be of small letters, digits and dashes", i == 0 ? "region" : "service");
        }
    }
    return true;
}

bool credentials_check(const struct source_settings *s, struct error *err) {
    int ways = (s->username != NULL) + (s->bearer_token_file != NULL) + (s->oauth2.token_url != NULL) + (s->sigv4.region != NULL);
    if (ways > 1) return error_set(err, ERROR_CONFIG, "of username, bearer_token_file, oauth2 and sigv4 only one can be used");
    if (s->password_file != NULL && s->username == NULL) return error_set(err, ERROR_CONFIG, "password_file needs a username");
    if ((s->cert_file == NULL) != (s->key_file == NULL)) return error_set(err, ERROR_CONFIG, "cert_file and key_file go together");
    if (s->proxy != NULL && !http_url_check(s->proxy, err)) return error_prefix(err, "proxy");
    return check_oauth2(&s->oauth2, err) && check_sigv4(&s->sigv4, err) && check_headers(s, err);
}

static void add_header(struct credentials *c, const char *name, const char *value) {
    c->headers[c->header_count++] = (struct http_header){name, value};
}

static void init_sigv4(struct credentials *c, const struct source_sigv4 *v) {
    c->aws_secret = (struct secret){.key = "sigv4.secret_key_file", .path = v->secret_key_file};
    c->aws_session = (struct secret){.key = "sigv4.session_token_file", .path = v->session_token_file};
    if (v->region == NULL) return;
    struct buf text;
    buf_init(&text, 4096);
    buf_printf(&text, "aws:amz:%s:%s", v->region, v->service != NULL ? v->service : "aps");
    c->aws_sigv4 = buf_take(&text);
}

void credentials_init(struct credentials *c, const struct source_settings *s) {
    *c = (struct credentials){.settings = s};
    c->password = (struct secret){.key = "password_file", .path = s->password_file};
    c->bearer = (struct secret){.key = "bearer_token_file", .path = s->bearer_token_file};
    init_sigv4(c, &s->sigv4);
    token_init(&c->token, &s->oauth2);
    c->headers = mem_zero(s->header_count + s->header_file_count + OWN_HEADERS, sizeof *c->headers);
    add_header(c, "Content-Type", "application/x-www-form-urlencoded");
    add_header(c, "Accept", "application/json");
    if (s->tenant != NULL) add_header(c, "X-Scope-OrgID", s->tenant);
    for (size_t i = 0; i < s->header_count; i++) add_header(c, s->headers[i].name, s->headers[i].value);
    c->header_files = mem_zero(s->header_file_count + 1, sizeof *c->header_files);
    for (size_t i = 0; i < s->header_file_count; i++) {
        c->header_files[i] = (struct secret){.key = "header_files", .path = s->header_files[i].value};
    }
}

void credentials_finish(struct credentials *c) {
    for (size_t i = 0; i < c->settings->header_file_count; i++) secret_finish(&c->header_files[i]);
    secret_finish(&c->password);
    secret_finish(&c->bearer);
    secret_finish(&c->aws_secret);
    secret_finish(&c->aws_session);
    token_finish(&c->token);
    free(c->aws_sigv4);
    free(c->header_files);
    free(c->headers);
}

static bool refresh(struct secret *secret, struct source *source, struct error *err) {
    unsigned reads = secret->reads;
    bool ok = secret_refresh(secret, err);
    if (secret->reads != reads) source_change(source);
    if (!ok) return false;
    if (secret_is_open_to_all(secret)) source_warn(source, "%s can be read by every user of this machine", secret->path);
    return true;
}

bool credentials_refresh(struct credentials *c, struct source *source, struct error *err) {
    const struct source_settings *s = c->settings;
    if (!refresh(&c->password, source, err) || !refresh(&c->bearer, source, err) || !refresh(&c->aws_secret, source, err) ||
        !refresh(&c->aws_session, source, err) || !refresh(&c->token.client_secret, source, err)) {
        return false;
    }
    c->header_count = (s->tenant != NULL ? 3 : 2) + s->header_count;
    for (size_t i = 0; i < s->header_file_count; i++) {
        if (!refresh(&c->header_files[i], source, err)) return false;
        add_header(c, s->header_files[i].name, c->header_files[i].text);
    }
    if (c->aws_session.text != NULL) add_header(c, "X-Amz-Security-Token", c->aws_session.text);
    return true;
}

static void apply_transport(const struct source_settings *s, struct http_request *request) {
    request->ca_file = s->ca_file;
    request->proxy = s->proxy;
    request->no_proxy = s->no_proxy;
}

void credentials_apply(const struct credentials *c, struct http_request *request) {
    const struct source_settings *s = c->settings;
    apply_transport(s, request);
    request->headers = c->headers;
    request->header_count = c->header_count;
    request->username = c->aws_sigv4 != NULL ? s->sigv4.access_key : s->username;
    request->password = c->aws_sigv4 != NULL ? c->aws_secret.text : c->password.text;
    request->aws_sigv4 = c->aws_sigv4;
    request->bearer = s->oauth2.token_url != NULL ? c->token.text : c->bearer.text;
    request->cert_file = s->cert_file;
    request->key_file = s->key_file;
    request->server_name = s->server_name;
    request->insecure_skip_verify = s->insecure_skip_verify;
}

bool credentials_token_request(struct credentials *c, struct buf *body, struct http_request *ret, struct error *err) {
    apply_transport(c->settings, ret);
    ret->headers = c->headers; // Content-Type and Accept
    ret->header_count = 2;
    return token_request(&c->token, body, ret, err) || error_prefix(err, "OAuth2 token");
}
