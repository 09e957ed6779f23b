// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/source_settings.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

static const size_t texts[] = {
    offsetof(struct source_settings, url),
    offsetof(struct source_settings, username),
    offsetof(struct source_settings, password_file),
    offsetof(struct source_settings, bearer_token_file),
    offsetof(struct source_settings, oauth2.token_url),
    offsetof(struct source_settings, oauth2.client_id),
    offsetof(struct source_settings, oauth2.client_secret_file),
    offsetof(struct source_settings, oauth2.scope),
    offsetof(struct source_settings, sigv4.region),
    offsetof(struct source_settings, sigv4.service),
    offsetof(struct source_settings, sigv4.access_key),
    offsetof(struct source_settings, sigv4.secret_key_file),
    offsetof(struct source_settings, sigv4.session_token_file),
    offsetof(struct source_settings, tenant),
    offsetof(struct source_settings, ca_file),
    offsetof(struct source_settings, cert_file),
    offsetof(struct source_settings, key_file),
    offsetof(struct source_settings, server_name),
    offsetof(struct source_settings, proxy),
    offsetof(struct source_settings, no_proxy),
};

static const struct {
    size_t list, count;
} lists[] = {
    {offsetof(struct source_settings, oauth2.params), offsetof(struct source_settings, oauth2.param_count)},
    {offsetof(struct source_settings, headers), offsetof(struct source_settings, header_count)},
    {offsetof(struct source_settings, header_files), offsetof(struct source_settings, header_file_count)},
    {offsetof(struct source_settings, params), offsetof(struct source_settings, param_count)},
};

static const char *text_of(const struct source_settings *s, size_t offset) {
    const char *text;
    memcpy(&text, (const char *)s + offset, sizeof text);
    return text;
}

static const struct source_header *list_of(const struct source_settings *s, size_t i, size_t *ret_count) {
    const struct source_header *list;
    memcpy(&list, (const char *)s + lists[i].list, sizeof list);
    memcpy(ret_count, (const char *)s + lists[i].count, sizeof *ret_count);
    return list;
}

void source_settings_copy(const struct source_settings *s, struct arena *arena, struct source_settings *ret) {
    *ret = *s;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *text = arena_strdup(arena, text_of(s, texts[i]));
        memcpy((char *)ret + texts[i], &text, sizeof text);
    }
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        size_t count;
        const struct source_header *from = list_of(s, i, &count);
        struct source_header *to = arena_array(arena, count + 1, sizeof *to);
        for (size_t k = 0; k < count; k++) {
            to[k] = (struct source_header){arena_strdup(arena, from[k].name), arena_strdup(arena, from[k].value)};
        }
        memcpy((char *)ret + lists[i].list, &to, sizeof to);
    }
}

// Lengths go before texts, so that no two settings run together to the same key.
static void put(struct buf *out, const char *text) {
    if (text == NULL) {
        buf_str(out, "-;");
    } else {
        buf_printf(out, "%zu:%s;", strlen(text), text);
    }
}

void source_settings_key(const struct source_settings *s, struct buf *out) {
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) put(out, text_of(s, texts[i]));
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        size_t count;
        const struct source_header *list = list_of(s, i, &count);
        buf_printf(out, "%zu;", count);
        for (size_t k = 0; k < count; k++) {
            put(out, list[k].name);
            put(out, list[k].value);
        }
    }
    buf_printf(out, "%d;%d;%d;%d;%d;%d;%d;", s->insecure_skip_verify, s->compression, s->concurrency, s->tries, (int)s->kind,
               (int)s->protocol, (int)s->warnings);
    buf_printf(out, "%" PRId64 ";%" PRId64 ";", s->timeout_ms, s->raw_window_ms);
    buf_printf(out, "%" PRId64 ";", s->hedge_ms);
    buf_double(out, s->hedge_share);
    buf_char(out, ';');
    buf_double(out, s->rate);
    buf_printf(out, ";%" PRIu64 ";%" PRIu64 ";%" PRIu64 ";%" PRIu64, s->limits.bytes, s->limits.samples, s->limits.series,
               s->limits.string_bytes);
}
