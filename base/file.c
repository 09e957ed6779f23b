// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

bool file_read(const char *path, size_t limit, struct arena *arena, struct view *ret_text, struct error *err) {
    bool std = strcmp(path, "-") == 0;
    FILE *in = std ? stdin : fopen(path, "rb");
    if (in == NULL) return error_set(err, ERROR_IO, "%s: %s", path, strerror(errno));
    struct buf text;
    buf_init(&text, limit);
    char chunk[16384];
    size_t n;
    while (!text.failed && (n = fread(chunk, 1, sizeof chunk, in)) > 0) buf_bytes(&text, chunk, n);
    bool ok = true;
    if (text.failed) {
        ok = error_set(err, ERROR_LIMIT, "%s: larger than %zu bytes", path, limit);
    } else if (ferror(in)) {
        ok = error_set(err, ERROR_IO, "%s: %s", path, strerror(errno));
    } else {
        *ret_text = (struct view){arena_strndup(arena, buf_text(&text), text.len), text.len};
    }
    buf_finish(&text);
    if (!std) fclose(in);
    return ok;
}

// Devices, pipes and sockets are written where they are: a rename would put a file in their place.
static bool write_in_place(const char *path, struct view text, struct error *err) {
    FILE *out = fopen(path, "wb");
    if (out == NULL) return error_set(err, ERROR_IO, "%s: %s", path, strerror(errno));
    bool written = fwrite(text.ptr, 1, text.len, out) == text.len;
    if (fclose(out) != 0 || !written) return error_set(err, ERROR_IO, "%s: %s", path, strerror(errno));
    return true;
}

bool file_write(const char *path, struct view text, struct error *err) {
    struct stat there;
    if (stat(path, &there) == 0 && !S_ISREG(there.st_mode) && !S_ISDIR(there.st_mode)) return write_in_place(path, text, err);
    struct buf temporary;
    buf_init(&temporary, 4096);
    buf_printf(&temporary, "%s.%ld.tmp", path, (long)getpid());
    bool ok = false;
    FILE *out = temporary.failed ? NULL : fopen(buf_text(&temporary), "wb");
    if (out == NULL) {
        error_set(err, ERROR_IO, "%s: %s", path, strerror(errno));
        goto out;
    }
    bool written = fwrite(text.ptr, 1, text.len, out) == text.len;
    if (fclose(out) != 0 || !written || rename(buf_text(&temporary), path) != 0) {
        error_set(err, ERROR_IO, "%s: %s", path, strerror(errno));
        unlink(buf_text(&temporary));
        goto out;
    }
    ok = true;
out:
    buf_finish(&temporary);
    return ok;
}

static bool failed(const char *path, struct error *err) {
    return error_set(err, ERROR_IO, "%s: %s", path, strerror(errno));
}

bool file_may_replace(const char *path, const char *kept, struct error *err) {
    struct stat mine, other;
    if (stat(path, &other) != 0) return errno == ENOENT || failed(path, err);
    if (!S_ISREG(other.st_mode)) return error_set(err, ERROR_USAGE, "%s: there, and not a file", path);
    if (stat(kept, &mine) != 0) return failed(kept, err);
    if (mine.st_dev != other.st_dev || mine.st_ino != other.st_ino) return true;
    return error_set(err, ERROR_USAGE, "%s: this is %s itself; name another file", path, kept);
}

static bool sync_path(const char *path, int flags, struct error *err) {
    int file = open(path, flags | O_CLOEXEC);
    bool ok = (file >= 0 && fsync(file) == 0) || failed(path, err);
    if (file >= 0) close(file);
    return ok;
}

static bool sync_folder_of(const char *path, struct error *err) {
    struct arena arena = {0};
    const char *slash = strrchr(path, '/');
    const char *folder = slash == NULL ? "." : slash == path ? "/" : arena_strndup(&arena, path, (size_t)(slash - path));
    bool ok = sync_path(folder, O_RDONLY | O_DIRECTORY, err);
    arena_finish(&arena);
    return ok;
}

bool file_replace(const char *temporary, const char *path, struct error *err) {
    return sync_path(temporary, O_RDWR, err) && (rename(temporary, path) == 0 || failed(path, err)) && sync_folder_of(path, err);
}

bool file_append(const char *path, struct view text, struct error *err) {
    FILE *out = fopen(path, "ab");
    if (out == NULL) return error_set(err, ERROR_IO, "%s: %s", path, strerror(errno));
    bool written = fwrite(text.ptr, 1, text.len, out) == text.len;
    if (fclose(out) != 0 || !written) return error_set(err, ERROR_IO, "%s: %s", path, strerror(errno));
    return true;
}

bool file_make_dir(const char *path, struct error *err) {
    char part[4096];
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof part) return error_set(err, ERROR_IO, "%s: not a usable path", path);
    memcpy(part, path, len + 1);
    for (size_t i = 1; i <= len; i++) {
        if (part[i] != '/' && part[i] != '\0') continue;
        char saved = part[i];
        part[i] = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST) return error_set(err, ERROR_IO, "%s: %s", part, strerror(errno));
        part[i] = saved;
    }
    struct stat s;
    if (stat(path, &s) != 0 || !S_ISDIR(s.st_mode)) return error_set(err, ERROR_IO, "%s: not a directory", path);
    return true;
}
