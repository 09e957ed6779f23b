// SPDX-License-Identifier: GPL-3.0-or-later
// The writing side of recorded answers. Bodies go to their files as they arrive; the index is written at the end, in the
// order of the queries, so that the same run gives the same index. The first failure to write is kept for the end.
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/mem.h"
#include "query/recorded.h"
#include "record_line.h"

#define INDEX_NAME "answers.jsonl"
#define MOST_INDEX_BYTES ((size_t)1 << 30)

struct slot {
    FILE *body; // open while one arrives
    bool has_body;
    char *line; // of the index, NULL until the answer has ended
};

struct recorder {
    struct arena arena;
    const char *dir;
    struct slot *slots;
    size_t count, cap;
    size_t before;    // lines that the index has already
    struct error err; // the first failure
};

static const char *path_of(struct recorder *r, const char *name) {
    return arena_printf(&r->arena, "%s/%s", r->dir, name);
}

static const char *body_name(struct recorder *r, size_t slot) {
    return arena_printf(&r->arena, "%05zu.body", r->before + slot + 1);
}

static void fail(struct recorder *r, const char *name) {
    if (r->err.code == ERROR_NONE) error_set(&r->err, ERROR_IO, "%s/%s: %s", r->dir, name, strerror(errno));
}

// Lines in the index of a directory that was recorded into before.
static bool count_lines(struct recorder *r, struct error *err) {
    const char *path = path_of(r, INDEX_NAME);
    if (access(path, F_OK) != 0) return true;
    struct arena arena = {0};
    struct view text;
    bool ok = file_read(path, MOST_INDEX_BYTES, &arena, &text, err);
    for (size_t i = 0; ok && i < text.len; i++) r->before += text.ptr[i] == '\n';
    arena_finish(&arena);
    return ok;
}

static void recorder_free(struct recorder *r) {
    for (size_t i = 0; i < r->count; i++) {
        if (r->slots[i].body != NULL) fclose(r->slots[i].body);
        free(r->slots[i].line);
    }
    free(r->slots);
    arena_finish(&r->arena);
    free(r);
}

struct recorder *recorder_create(const char *dir, struct error *err) {
    if (!file_make_dir(dir, err)) return NULL;
    struct recorder *r = mem_zero(1, sizeof *r);
    r->dir = arena_strdup(&r->arena, dir);
    if (count_lines(r, err)) {
        if (access(dir, W_OK) == 0) return r;
        error_set(err, ERROR_IO, "%s: %s", dir, strerror(errno));
    }
    recorder_free(r);
    return NULL;
}

size_t recorder_add_slot(struct recorder *r) {
    void *slots = r->slots;
    mem_grow(&slots, &r->cap, r->count, sizeof *r->slots);
    r->slots = slots;
    r->slots[r->count] = (struct slot){0};
    return r->count++;
}

static void close_body(struct recorder *r, size_t slot) {
    FILE *body = r->slots[slot].body;
    r->slots[slot].body = NULL;
    if (body != NULL && fclose(body) != 0) fail(r, body_name(r, slot));
}

void recorder_restart(struct recorder *r, size_t slot) {
    close_body(r, slot);
    if (r->slots[slot].has_body) unlink(path_of(r, body_name(r, slot)));
    r->slots[slot].has_body = false;
}

void recorder_body(struct recorder *r, size_t slot, const char *data, size_t len) {
    struct slot *s = &r->slots[slot];
    if (s->body == NULL && !s->has_body) {
        s->body = fopen(path_of(r, body_name(r, slot)), "wb");
        s->has_body = s->body != NULL;
    }
    if (s->body == NULL || fwrite(data, 1, len, s->body) != len) fail(r, body_name(r, slot));
}

void recorder_answer(struct recorder *r, size_t slot, const char *source, const struct query *query, const struct query *whole,
                     const char *content_type, const struct answer *answer, bool transfer_failed) {
    close_body(r, slot);
    struct record_line line = {.source = source,
                               .query = query,
                               .whole = whole,
                               .content_type = content_type,
                               .file = r->slots[slot].has_body ? body_name(r, slot) : "",
                               .answer = answer,
                               .with_error = transfer_failed};
    json_t *record = record_line(&line);
    free(r->slots[slot].line);
    r->slots[slot].line = record != NULL ? json_dumps(record, JSON_COMPACT) : NULL;
    if (r->slots[slot].line == NULL && r->err.code == ERROR_NONE) {
        error_set(&r->err, ERROR_DATA, "a query or header that is not valid UTF-8 cannot be recorded");
    }
    json_decref(record);
}

bool recorder_close(struct recorder *r, struct error *err) {
    FILE *index = fopen(path_of(r, INDEX_NAME), "ab");
    bool ok = index != NULL;
    for (size_t i = 0; ok && i < r->count; i++) {
        // A slot without an answer is one the run was interrupted in: it keeps its number, with an empty line.
        ok = fputs(r->slots[i].line != NULL ? r->slots[i].line : "", index) != EOF && fputc('\n', index) != EOF;
    }
    if (index != NULL && fclose(index) != 0) ok = false;
    if (!ok) fail(r, INDEX_NAME);
    struct error first = r->err;
    recorder_free(r);
    if (first.code == ERROR_NONE) return true;
    if (err != NULL) *err = first;
    return error_prefix(err, "recording answers");
}
