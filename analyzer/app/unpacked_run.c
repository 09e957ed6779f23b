// SPDX-License-Identifier: GPL-3.0-or-later
#include "unpacked_run.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/tar.h"

#define MOST_BYTES ((size_t)1 << 30)

bool unpacked_run_is_file(const char *path) {
    struct stat status;
    return strcmp(path, "-") == 0 || (stat(path, &status) == 0 && !S_ISDIR(status.st_mode));
}

static bool write_entry(const char *dir, const struct tar_entry *entry, struct arena *arena, struct error *err) {
    char *path = arena_printf(arena, "%s/%s", dir, entry->name), *slash = strrchr(path, '/');
    *slash = '\0';
    bool ok = file_make_dir(path, err);
    *slash = '/';
    return ok && file_write(path, entry->content, err);
}

static bool unpack(const char *dir, struct view archive, struct error *err) {
    struct tar_entry entry;
    enum tar_read read;
    bool ok = true;
    while (ok && (read = tar_next(&archive, &entry, err)) != TAR_END) {
        struct arena arena = {0};
        ok = read == TAR_ENTRY && write_entry(dir, &entry, &arena, err);
        arena_finish(&arena);
    }
    return ok;
}

const char *unpacked_run_make(const char *path, struct arena *arena, struct error *err) {
    struct arena own = {0};
    struct view archive;
    const char *base = getenv("TMPDIR");
    char *dir = arena_printf(arena, "%s/serin-replay-XXXXXX", base != NULL && *base != '\0' ? base : "/tmp");
    bool read = file_read(path, MOST_BYTES, &own, &archive, err), made = read && mkdtemp(dir) != NULL, ok = false;
    if (read && !made) error_set(err, ERROR_IO, "%s: %s", dir, strerror(errno));
    if (made) ok = unpack(dir, archive, err) || error_prefix(err, "%s", path);
    if (made && !ok) unpacked_run_delete(dir);
    arena_finish(&own);
    return ok ? dir : NULL;
}

static int delete_one(const char *path, const struct stat *status, int kind, struct FTW *place) {
    (void)status;
    (void)place;
    return kind == FTW_DP ? rmdir(path) : unlink(path);
}

void unpacked_run_delete(const char *dir) {
    if (dir != NULL) nftw(dir, delete_one, 16, FTW_DEPTH | FTW_PHYS);
}
