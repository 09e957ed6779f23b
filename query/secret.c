// SPDX-License-Identifier: GPL-3.0-or-later
#include "secret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

#define MOST_BYTES ((size_t)65536)

void secret_wipe(char **text) {
    if (*text == NULL) return;
    for (volatile char *p = *text; *p != '\0'; p++) *p = '\0';
    free(*text);
    *text = NULL;
}

static bool is_same(const struct stat *a, const struct stat *b) {
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_mode == b->st_mode;
}

// The line feed that editors put at the end is not part of the secret.
static bool read_line(struct secret *s, struct error *err) {
    struct arena arena = {0};
    struct view text;
    bool ok = file_read(s->path, MOST_BYTES, &arena, &text, err);
    while (ok && text.len > 0 && strchr(" \t\r\n", text.ptr[text.len - 1]) != NULL) text.len--;
    if (ok && text.len == 0) ok = error_set(err, ERROR_CONFIG, "%s: the file is empty", s->path);
    if (ok && memchr(text.ptr, '\n', text.len) != NULL) ok = error_set(err, ERROR_CONFIG, "%s: holds more than one line", s->path);
    if (ok && memchr(text.ptr, '\0', text.len) != NULL) ok = error_set(err, ERROR_CONFIG, "%s: holds a zero byte", s->path);
    if (ok) s->text = mem_strndup(text.ptr, text.len);
    arena_finish(&arena);
    return ok;
}

bool secret_refresh(struct secret *s, struct error *err) {
    struct stat now;
    if (s->path == NULL) return true;
    bool there = stat(s->path, &now) == 0;
    if (there && s->text != NULL && is_same(&now, &s->seen)) return true;
    secret_wipe(&s->text);
    if (!there) return error_set(err, ERROR_IO, "%s: %s: %s", s->key, s->path, strerror(errno));
    s->reads++;
    s->seen = now; // from before the reading: what is written meanwhile shows the next time
    return read_line(s, err) || error_prefix(err, "%s", s->key);
}

bool secret_is_open_to_all(const struct secret *s) {
    return s->text != NULL && (s->seen.st_mode & S_IROTH) != 0;
}

void secret_finish(struct secret *s) {
    secret_wipe(&s->text);
}
