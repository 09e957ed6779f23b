// SPDX-License-Identifier: GPL-3.0-or-later
#include "receiver.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

bool receiver_open(struct receiver *r, const struct publish_target *target, struct error *err) {
    *r = (struct receiver){.target = target};
    r->url = (struct secret){.key = "url_file", .path = target->url_file};
    r->password = (struct secret){.key = "password_file", .path = target->password_file};
    r->bearer = (struct secret){.key = "bearer_token_file", .path = target->bearer_token_file};
    r->signing = mem_zero(target->secret_files.count + 1, sizeof *r->signing);
    for (size_t i = 0; i < target->secret_files.count; i++) {
        r->signing[i] = (struct secret){.key = "secret_file", .path = target->secret_files.items[i]};
        if (!secret_refresh(&r->signing[i], err)) return false;
    }
    if (!secret_refresh(&r->url, err) || !secret_refresh(&r->password, err) || !secret_refresh(&r->bearer, err)) return false;
    const char *url = receiver_url(r);
    return strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0 ||
           error_set(err, ERROR_CONFIG, "url_file: holds no URL that begins with http:// or https://");
}

void receiver_close(struct receiver *r) {
    for (size_t i = 0; r->signing != NULL && i < r->target->secret_files.count; i++) secret_finish(&r->signing[i]);
    secret_finish(&r->url);
    secret_finish(&r->password);
    secret_finish(&r->bearer);
    free(r->signing);
    *r = (struct receiver){0};
}

const char *receiver_url(const struct receiver *r) {
    return r->url.text != NULL ? r->url.text : r->target->url;
}

const char *receiver_open_secret(const struct receiver *r) {
    for (size_t i = 0; i < r->target->secret_files.count; i++) {
        if (secret_is_open_to_all(&r->signing[i])) return r->signing[i].path;
    }
    const struct secret *others[] = {&r->url, &r->password, &r->bearer};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (secret_is_open_to_all(others[i])) return others[i]->path;
    }
    return NULL;
}

void receiver_apply(const struct receiver *r, const struct http_header *own, size_t count, struct arena *arena,
                    struct http_request *request) {
    const struct publish_target *target = r->target;
    struct http_header *headers = arena_array(arena, count + target->headers.count + 1, sizeof *headers);
    size_t used = 0;
    for (size_t i = 0; i < count; i++) headers[used++] = own[i];
    if (target->tenant != NULL) headers[used++] = (struct http_header){"X-Scope-OrgID", target->tenant};
    for (size_t i = 0; i < target->headers.count; i++) {
        headers[used++] = (struct http_header){target->headers.items[i].name, target->headers.items[i].value};
    }
    request->headers = headers;
    request->header_count = used;
    request->url = receiver_url(r);
    request->username = target->username;
    request->password = r->password.text;
    request->bearer = r->bearer.text;
    request->ca_file = target->ca_file;
    request->cert_file = target->cert_file;
    request->key_file = target->key_file;
}
