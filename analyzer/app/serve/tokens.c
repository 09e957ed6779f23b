// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/tokens.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "serve/secret.h"

#define MOST_FILE_BYTES ((size_t)1 << 20)
#define MOST_SALT 64
#define SALT_BYTES 16
#define SECRET_BYTES 32

struct tokens {
    struct arena arena; // texts
    struct token *items;
    size_t count, cap;
    char *path;
    struct stat status; // of the file when it was read
    int64_t looked_mono_ms;
};

static bool is_name(struct view name) {
    for (size_t i = 0; i < name.len; i++) {
        if (!isalnum((unsigned char)name.ptr[i]) && name.ptr[i] != '-' && name.ptr[i] != '_') return false;
    }
    return name.len > 0 && name.len <= TOKEN_MOST_NAME;
}

static bool is_hex(struct view text) {
    for (size_t i = 0; i < text.len; i++) {
        if (strchr("0123456789abcdef", text.ptr[i]) == NULL || text.ptr[i] == '\0') return false;
    }
    return true;
}

static struct view next_word(struct view *line) {
    while (line->len > 0 && (line->ptr[0] == ' ' || line->ptr[0] == '\t' || line->ptr[0] == '\r'))
        *line = (struct view){line->ptr + 1, line->len - 1};
    size_t len = 0;
    while (len < line->len && line->ptr[len] != ' ' && line->ptr[len] != '\t' && line->ptr[len] != '\r') len++;
    struct view word = {line->ptr, len};
    *line = (struct view){line->ptr + len, line->len - len};
    return word;
}

// sha256:SALT:HEX
static bool read_hash(struct tokens *tokens, struct view hash, struct token *token) {
    static const char prefix[] = "sha256:";
    size_t skip = sizeof prefix - 1;
    if (hash.len < skip + 1 + 1 + DIGEST_HEX_LEN || memcmp(hash.ptr, prefix, skip) != 0) return false;
    struct view salt = {hash.ptr + skip, hash.len - skip - 1 - DIGEST_HEX_LEN};
    struct view digest = {hash.ptr + hash.len - DIGEST_HEX_LEN, DIGEST_HEX_LEN};
    if (salt.len > MOST_SALT || digest.ptr[-1] != ':' || !is_hex(salt) || !is_hex(digest)) return false;
    token->salt = arena_strndup(&tokens->arena, salt.ptr, salt.len);
    memcpy(token->digest, digest.ptr, DIGEST_HEX_LEN);
    token->digest[DIGEST_HEX_LEN] = '\0';
    return true;
}

// Errors do not quote the line: it may be a token that somebody put there by mistake.
static bool read_line(struct tokens *tokens, struct view line, const char *path, size_t number, struct error *err) {
    struct token token = {0};
    struct view name = next_word(&line);
    if (name.len == 0 || name.ptr[0] == '#') return true;
    struct view role = next_word(&line), hash = next_word(&line);
    if (!is_name(name))
        return error_set(err, ERROR_CONFIG, "%s:%zu: a name is 1 to %d letters, digits, - or _", path, number, TOKEN_MOST_NAME);
    if (!role_parse(role, &token.role))
        return error_set(err, ERROR_CONFIG, "%s:%zu: the role must be read, run, gate or admin", path, number);
    if (!read_hash(tokens, hash, &token) || next_word(&line).len > 0)
        return error_set(err, ERROR_CONFIG, "%s:%zu: expected NAME ROLE sha256:SALT:HEX; serin token makes such lines", path, number);
    token.name = arena_strndup(&tokens->arena, name.ptr, name.len);
    mem_grow((void **)&tokens->items, &tokens->cap, tokens->count, sizeof tokens->items[0]);
    tokens->items[tokens->count++] = token;
    return true;
}

struct tokens *tokens_parse(struct view text, const char *path, struct error *err) {
    struct tokens *tokens = mem_zero(1, sizeof *tokens);
    bool ok = true;
    for (size_t number = 1; ok && text.len > 0; number++) {
        const char *end = memchr(text.ptr, '\n', text.len);
        struct view line = {text.ptr, end != NULL ? (size_t)(end - text.ptr) : text.len};
        size_t used = line.len + (end != NULL);
        text = (struct view){text.ptr + used, text.len - used};
        ok = read_line(tokens, line, path, number, err);
    }
    if (ok && tokens->count == 0) ok = error_set(err, ERROR_CONFIG, "%s: no token in it; serin token NAME --role ROLE makes one", path);
    tokens->path = mem_strdup(path);
    if (ok) return tokens;
    tokens_destroy(tokens);
    return NULL;
}

struct tokens *tokens_load(const char *path, struct error *err) {
    struct arena arena = {0};
    struct view text;
    struct stat status;
    struct tokens *tokens = NULL;
    if (stat(path, &status) != 0) {
        error_set(err, ERROR_IO, "%s: %s", path, strerror(errno));
    } else if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        error_set(err, ERROR_CONFIG, "%s: others may write to it, and so sign themselves in; chmod go-w it", path);
    } else if (file_read(path, MOST_FILE_BYTES, &arena, &text, err)) {
        tokens = tokens_parse(text, path, err);
    }
    if (tokens != NULL) tokens->status = status;
    arena_finish(&arena);
    return tokens;
}

void tokens_destroy(struct tokens *tokens) {
    if (tokens == NULL) return;
    arena_finish(&tokens->arena);
    free(tokens->items);
    free(tokens->path);
    free(tokens);
}

bool tokens_stale(struct tokens *tokens, int64_t now_mono_ms) {
    struct stat now;
    const struct stat *then = &tokens->status;
    if (now_mono_ms - tokens->looked_mono_ms < 1000) return false;
    tokens->looked_mono_ms = now_mono_ms;
    if (stat(tokens->path, &now) != 0) return false; // it is being replaced; the known tokens stay
    return now.st_ino != then->st_ino || now.st_size != then->st_size || now.st_mtim.tv_sec != then->st_mtim.tv_sec ||
           now.st_mtim.tv_nsec != then->st_mtim.tv_nsec;
}

static void hash_token(const char *salt, struct view token, char ret_hex[DIGEST_HEX_LEN + 1]) {
    char text[MOST_SALT + TOKEN_MOST_BYTES];
    size_t salt_len = strlen(salt);
    memcpy(text, salt, salt_len);
    memcpy(text + salt_len, token.ptr, token.len);
    digest_hex((struct view){text, salt_len + token.len}, ret_hex);
}

struct token *tokens_find(struct tokens *tokens, struct view token) {
    const char *dot = token.len > 0 && token.len <= TOKEN_MOST_BYTES ? memchr(token.ptr, '.', token.len) : NULL;
    struct token *found = NULL;
    char digest[DIGEST_HEX_LEN + 1];
    if (dot == NULL) return NULL;
    struct view name = {token.ptr, (size_t)(dot - token.ptr)};
    for (size_t i = 0; i < tokens->count; i++) {
        if (!view_is(name, tokens->items[i].name)) continue;
        hash_token(tokens->items[i].salt, token, digest);
        if (secret_same(digest, tokens->items[i].digest, DIGEST_HEX_LEN)) found = &tokens->items[i];
    }
    return found;
}

static void write_hex(struct buf *out, const unsigned char *bytes, size_t len) {
    for (size_t i = 0; i < len; i++) buf_printf(out, "%02x", bytes[i]);
}

bool token_make(const char *name, enum role role, struct buf *token, struct buf *line, struct error *err) {
    unsigned char secret[SECRET_BYTES], salt[SALT_BYTES];
    char digest[DIGEST_HEX_LEN + 1], salt_text[2 * SALT_BYTES + 1];
    struct buf text;
    if (!is_name(view_of(name))) return error_set(err, ERROR_USAGE, "a name is 1 to %d letters, digits, - or _", TOKEN_MOST_NAME);
    secret_random(secret, sizeof secret);
    secret_random(salt, sizeof salt);
    buf_printf(token, "%s.", name);
    write_hex(token, secret, sizeof secret);
    buf_init(&text, sizeof salt_text);
    write_hex(&text, salt, sizeof salt);
    hash_token(buf_text(&text), (struct view){buf_text(token), token->len}, digest);
    buf_printf(line, "%s %s sha256:%s:%s", name, role_name(role), buf_text(&text), digest);
    buf_finish(&text);
    return true;
}
