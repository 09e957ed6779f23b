// SPDX-License-Identifier: GPL-3.0-or-later
// Ids begin with the time they were made at, so the oldest analysis is the first by name.
#include "analyzer/run_archive.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/mem.h"

#define PAGE UINT64_C(4096) // what a file takes at least
#define MOST_PATH ((size_t)4096)

struct run_archive {
    char *dir;
    uint64_t most_bytes;
    int64_t aged_ms;      // when it was last trimmed by age; of the thread that trims
    pthread_mutex_t lock; // guards bytes
    uint64_t bytes;
};

void run_archive_look_name(size_t number, size_t attempt, char ret[RUN_ARCHIVE_NAME]) {
    if (attempt > 1) {
        snprintf(ret, RUN_ARCHIVE_NAME, "look-%02zu-%zu", number, attempt);
    } else {
        snprintf(ret, RUN_ARCHIVE_NAME, "look-%02zu", number);
    }
}

static uint64_t on_disk(uint64_t len) {
    return (len + PAGE - 1) / PAGE * PAGE;
}

static void add_bytes(struct run_archive *a, uint64_t more, uint64_t less) {
    pthread_mutex_lock(&a->lock);
    a->bytes += more;
    a->bytes -= less < a->bytes ? less : a->bytes;
    pthread_mutex_unlock(&a->lock);
}

uint64_t run_archive_bytes(struct run_archive *a) {
    pthread_mutex_lock(&a->lock);
    uint64_t bytes = a->bytes;
    pthread_mutex_unlock(&a->lock);
    return bytes;
}

// Names that begin with a dot are not ours.
static int is_ours(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static uint64_t size_of(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 ? on_disk((uint64_t)status.st_size) : 0;
}

// Calls `each` for every file of a folder, in the order of their names, and returns how many there were.
static size_t each_file(const char *folder, void (*each)(void *user, const char *path, const char *name), void *user) {
    struct dirent **names = NULL;
    int count = scandir(folder, &names, is_ours, alphasort);
    for (int i = 0; i < count; i++) {
        char path[MOST_PATH];
        int len = snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        if (len > 0 && (size_t)len < sizeof path) each(user, path, names[i]->d_name);
        free(names[i]);
    }
    free(names);
    return count > 0 ? (size_t)count : 0;
}

static void add_size(void *user, const char *path, const char *name) {
    (void)name;
    *(uint64_t *)user += size_of(path);
}

static void measure(void *user, const char *path, const char *name) {
    struct run_archive *a = user;
    (void)name;
    each_file(path, add_size, &a->bytes);
}

static bool make_folder(const char *path, struct error *err) {
    if (mkdir(path, 0700) == 0 || errno == EEXIST) return true;
    return error_set(err, ERROR_IO, "%s: %s", path, strerror(errno));
}

struct run_archive *run_archive_open(const char *dir, uint64_t most_bytes, struct error *err) {
    if (!make_folder(dir, err)) return NULL;
    if (access(dir, R_OK | W_OK | X_OK) != 0) {
        error_set(err, ERROR_IO, "%s: %s", dir, strerror(errno));
        return NULL;
    }
    struct run_archive *a = mem_zero(1, sizeof *a);
    a->dir = mem_strdup(dir);
    a->most_bytes = most_bytes;
    pthread_mutex_init(&a->lock, NULL);
    each_file(dir, measure, a);
    return a;
}

void run_archive_close(struct run_archive *a) {
    if (a == NULL) return;
    pthread_mutex_destroy(&a->lock);
    free(a->dir);
    free(a);
}

// Of the analysis; of a file in it unless `name` is NULL.
static const char *path_of(const struct run_archive *a, struct arena *arena, const char *id, const char *name) {
    return name != NULL ? arena_printf(arena, "%s/%s/%s.tar", a->dir, id, name) : arena_printf(arena, "%s/%s", a->dir, id);
}

bool run_archive_holds(struct run_archive *a, const char *id, const char *name) {
    struct arena arena = {0};
    bool there = access(path_of(a, &arena, id, name), F_OK) == 0;
    arena_finish(&arena);
    return there;
}

bool run_archive_keep(struct run_archive *a, const char *id, const char *name, struct view entries, struct error *err) {
    struct arena arena = {0};
    const char *path = path_of(a, &arena, id, name);
    bool ok = run_archive_bytes(a) + on_disk(entries.len) <= a->most_bytes ||
              error_set(err, ERROR_LIMIT, "%s holds as much as it may, %llu bytes", a->dir, (unsigned long long)a->most_bytes);
    uint64_t before = ok ? size_of(path) : 0;
    ok = ok && make_folder(path_of(a, &arena, id, NULL), err) && file_write(path, entries, err);
    if (ok) add_bytes(a, on_disk(entries.len), before);
    arena_finish(&arena);
    return ok;
}

struct trimming {
    struct run_archive *archive;
    int64_t before_ms; // of the last change; older ones go
    uint64_t target;   // bytes that may stay
};

static void delete_file(void *user, const char *path, const char *name) {
    uint64_t size = size_of(path);
    (void)name;
    if (unlink(path) == 0) add_bytes(user, 0, size);
}

static bool is_old(const char *folder, int64_t before_ms) {
    struct stat status;
    return stat(folder, &status) == 0 && (int64_t)status.st_mtime * 1000 < before_ms;
}

static void trim_one(void *user, const char *path, const char *name) {
    const struct trimming *t = user;
    (void)name;
    if (run_archive_bytes(t->archive) <= t->target && !is_old(path, t->before_ms)) return;
    each_file(path, delete_file, t->archive);
    rmdir(path); // not when a look has just been kept there
}

void run_archive_trim(struct run_archive *a, int64_t age_ms, int64_t now_ms) {
    const int64_t hour_ms = 3600000;
    uint64_t most = a->most_bytes;
    bool full = run_archive_bytes(a) > most - most / 8, aged = age_ms > 0 && now_ms >= a->aged_ms + hour_ms;
    if (!full && !aged) return;
    struct trimming t = {
        .archive = a, .before_ms = age_ms > 0 ? now_ms - age_ms : INT64_MIN, .target = full ? most - most / 4 : UINT64_MAX};
    if (aged) a->aged_ms = now_ms;
    each_file(a->dir, trim_one, &t);
}

struct reading {
    const char *only;
    struct buf *out;
    struct error *err;
    bool ok, found;
};

static bool is_wanted(const char *name, const char *only) {
    size_t len = strlen(name);
    if (len < 5 || strcmp(name + len - 4, ".tar") != 0) return false;
    return only == NULL || strcmp(name, "run.tar") == 0 || (strlen(only) == len - 4 && strncmp(name, only, len - 4) == 0);
}

static void read_one(void *user, const char *path, const char *name) {
    struct reading *r = user;
    struct arena arena = {0};
    struct view text;
    if (!r->ok || !is_wanted(name, r->only)) return;
    r->ok = file_read(path, r->out->limit, &arena, &text, r->err);
    if (r->ok) {
        buf_bytes(r->out, text.ptr, text.len);
        r->found = r->found || strcmp(name, "run.tar") != 0;
    }
    arena_finish(&arena);
}

bool run_archive_read(struct run_archive *a, const char *id, const char *only, struct buf *out, bool *ret_found, struct error *err) {
    struct arena arena = {0};
    struct reading r = {.only = only, .out = out, .err = err, .ok = true};
    each_file(path_of(a, &arena, id, NULL), read_one, &r);
    arena_finish(&arena);
    *ret_found = r.ok && r.found;
    if (r.ok && out->failed) r.ok = error_set(err, ERROR_LIMIT, "the answers are larger than %zu MiB", out->limit >> 20);
    return r.ok;
}
