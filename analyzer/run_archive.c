// SPDX-License-Identifier: GPL-3.0-or-later
// Ids begin with the time at which they were made, so the oldest analysis is the first by name.
#include "analyzer/run_archive.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/mem.h"

#define PAGE UINT64_C(4096) // files take whole blocks of the disk
#define MOST_PATH ((size_t)4096)

struct run_archive {
    char *dir;
    uint64_t most_bytes, spare_bytes;
    int64_t aged_ms;      // when it was last trimmed by age; used by the thread that trims
    pthread_mutex_t lock; // guards counts
    struct run_archive_counts counts;
};

void run_archive_look_name(size_t number, size_t attempt, char ret[RUN_ARCHIVE_NAME]) {
    if (attempt > 1) {
        snprintf(ret, RUN_ARCHIVE_NAME, "look-%02zu-%zu", number, attempt);
    } else {
        snprintf(ret, RUN_ARCHIVE_NAME, "look-%02zu", number);
    }
}

const char *run_archive_store_path(const char *where) {
    static const char scheme[] = "sqlite:";
    return strncmp(where, scheme, strlen(scheme)) == 0 ? where + strlen(scheme) : where;
}

const char *run_archive_folder(struct arena *arena, const char *where) {
    return arena_printf(arena, "%s.evidence", run_archive_store_path(where));
}

static uint64_t on_disk(uint64_t len) {
    return (len + PAGE - 1) / PAGE * PAGE;
}

static void take_from(uint64_t *count, uint64_t less) {
    *count -= less < *count ? less : *count;
}

static void count_change(struct run_archive *a, struct run_archive_counts more, struct run_archive_counts less) {
    pthread_mutex_lock(&a->lock);
    a->counts.bytes += more.bytes;
    a->counts.looks += more.looks;
    take_from(&a->counts.bytes, less.bytes);
    take_from(&a->counts.looks, less.looks);
    pthread_mutex_unlock(&a->lock);
}

void run_archive_counts(struct run_archive *a, struct run_archive_counts *ret) {
    pthread_mutex_lock(&a->lock);
    *ret = a->counts;
    pthread_mutex_unlock(&a->lock);
}

static uint64_t bytes_of(struct run_archive *a) {
    struct run_archive_counts counts;
    run_archive_counts(a, &counts);
    return counts.bytes;
}

// Files of other names, such as lost+found, are somebody else's.
static int is_ours(const struct dirent *entry) {
    const char *name = entry->d_name;
    return strncmp(name, "look-", 5) == 0 || strncmp(name, "run.tar", 7) == 0;
}

static int is_id(const struct dirent *entry) {
    const char *c = entry->d_name;
    while ((*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z')) c++;
    return *c == '\0';
}

// What one of our files adds to the counts.
static struct run_archive_counts counts_of(const char *path) {
    struct stat status;
    if (stat(path, &status) != 0) return (struct run_archive_counts){0};
    const char *name = strrchr(path, '/') + 1;
    size_t len = strlen(name);
    bool look = len > 4 && strcmp(name + len - 4, ".tar") == 0 && strcmp(name, "run.tar") != 0;
    return (struct run_archive_counts){.bytes = on_disk((uint64_t)status.st_size), .looks = look};
}

typedef void each_path_fn(void *user, const char *path, const char *name);

// Calls `each` for our files or folders in a folder, in the order of their names, and returns how many there were.
static size_t each_of(const char *folder, int (*ours)(const struct dirent *entry), each_path_fn *each, void *user) {
    struct dirent **names = NULL;
    int count = scandir(folder, &names, ours, alphasort);
    for (int i = 0; i < count; i++) {
        char path[MOST_PATH];
        int len = snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        if (len > 0 && (size_t)len < sizeof path) each(user, path, names[i]->d_name);
        free(names[i]);
    }
    free(names);
    return count > 0 ? (size_t)count : 0;
}

static size_t each_file(const char *folder, each_path_fn *each, void *user) {
    return each_of(folder, is_ours, each, user);
}

static void add_counts(void *user, const char *path, const char *name) {
    (void)name;
    count_change(user, counts_of(path), (struct run_archive_counts){0});
}

static void measure(void *user, const char *path, const char *name) {
    (void)name;
    each_file(path, add_counts, user);
}

static void ignore(void *user, const char *path, const char *name) {
    (void)user, (void)path, (void)name;
}

static bool make_folder(const char *path, struct error *err) {
    if (mkdir(path, 0700) == 0 || errno == EEXIST) return true;
    return error_set(err, ERROR_IO, "%s: %s", path, strerror(errno));
}

struct run_archive *run_archive_open(const char *dir, uint64_t most_bytes, uint64_t spare_bytes, struct error *err) {
    if (!make_folder(dir, err)) return NULL;
    if (access(dir, R_OK | W_OK | X_OK) != 0) {
        error_set(err, ERROR_IO, "%s: %s", dir, strerror(errno));
        return NULL;
    }
    struct run_archive *a = mem_zero(1, sizeof *a);
    a->dir = mem_strdup(dir);
    a->most_bytes = most_bytes;
    a->spare_bytes = spare_bytes;
    pthread_mutex_init(&a->lock, NULL);
    each_of(dir, is_id, measure, a);
    return a;
}

bool run_archive_is_empty(const char *folder) {
    return each_of(folder, is_id, ignore, NULL) == 0;
}

void run_archive_close(struct run_archive *a) {
    if (a == NULL) return;
    pthread_mutex_destroy(&a->lock);
    free(a->dir);
    free(a);
}

// The path of the analysis's folder, or of the file `name` in it unless that is NULL.
static const char *path_of(const struct run_archive *a, struct arena *arena, const char *id, const char *name) {
    return name != NULL ? arena_printf(arena, "%s/%s/%s.tar", a->dir, id, name) : arena_printf(arena, "%s/%s", a->dir, id);
}

bool run_archive_holds(struct run_archive *a, const char *id, const char *name) {
    struct arena arena = {0};
    bool there = access(path_of(a, &arena, id, name), F_OK) == 0;
    arena_finish(&arena);
    return there;
}

// Two threads that ask at once may both be told that there is room: what is spared is large enough for that.
static bool has_room(struct run_archive *a, size_t len, struct error *err) {
    struct statvfs disk;
    if (bytes_of(a) + on_disk(len) > a->most_bytes)
        return error_set(err, ERROR_LIMIT, "%s holds as much as it may, %llu bytes", a->dir, (unsigned long long)a->most_bytes);
    if (statvfs(a->dir, &disk) != 0) return error_set(err, ERROR_IO, "%s: %s", a->dir, strerror(errno));
    uint64_t free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
    if (free_bytes >= a->spare_bytes && free_bytes - a->spare_bytes >= on_disk(len)) return true;
    return error_set(err, ERROR_LIMIT, "%s: %llu MiB of the disk are free, and %llu are left to others", a->dir,
                     (unsigned long long)(free_bytes >> 20), (unsigned long long)(a->spare_bytes >> 20));
}

bool run_archive_keep(struct run_archive *a, const char *id, const char *name, struct view entries, struct error *err) {
    struct arena arena = {0};
    const char *path = path_of(a, &arena, id, name);
    bool ok = has_room(a, entries.len, err);
    struct run_archive_counts before = ok ? counts_of(path) : (struct run_archive_counts){0};
    ok = ok && make_folder(path_of(a, &arena, id, NULL), err) && file_write(path, entries, err);
    if (ok) count_change(a, counts_of(path), before);
    arena_finish(&arena);
    return ok;
}

struct trimming {
    struct run_archive *archive;
    int64_t before_ms; // analyses that were last changed before that time are deleted
    uint64_t target;   // how many bytes may stay
};

static void delete_file(void *user, const char *path, const char *name) {
    struct run_archive_counts counts = counts_of(path);
    (void)name;
    if (unlink(path) == 0) count_change(user, (struct run_archive_counts){0}, counts);
}

void run_archive_drop(struct run_archive *a, const char *id, const char *name) {
    struct arena arena = {0};
    delete_file(a, path_of(a, &arena, id, name), name);
    arena_finish(&arena);
}

struct pruning {
    struct run_archive *archive;
    char (*names)[RUN_ARCHIVE_NAME];
    size_t count, deleted;
};

static void prune_file(void *user, const char *path, const char *name) {
    struct pruning *p = user;
    bool stays = p->count > 0 && strcmp(name, "run.tar") == 0;
    for (size_t i = 0; i < p->count && !stays; i++) {
        size_t len = strlen(p->names[i]);
        stays = strncmp(name, p->names[i], len) == 0 && strcmp(name + len, ".tar") == 0;
    }
    if (stays) return;
    delete_file(p->archive, path, name);
    p->deleted++;
}

size_t run_archive_prune(struct run_archive *a, const char *id, char (*names)[RUN_ARCHIVE_NAME], size_t count) {
    struct arena arena = {0};
    struct pruning p = {.archive = a, .names = names, .count = count};
    const char *folder = path_of(a, &arena, id, NULL);
    each_file(folder, prune_file, &p);
    if (count == 0) rmdir(folder);
    arena_finish(&arena);
    return p.deleted;
}

static bool is_old(const char *folder, int64_t before_ms) {
    struct stat status;
    return stat(folder, &status) == 0 && (int64_t)status.st_mtime * 1000 < before_ms;
}

static void trim_one(void *user, const char *path, const char *name) {
    const struct trimming *t = user;
    (void)name;
    if (bytes_of(t->archive) <= t->target && !is_old(path, t->before_ms)) return;
    each_file(path, delete_file, t->archive);
    rmdir(path); // fails, and is to fail, when a look has just been kept there
}

void run_archive_trim(struct run_archive *a, int64_t age_ms, int64_t now_ms) {
    const int64_t hour_ms = 3600000;
    uint64_t most = a->most_bytes;
    bool full = bytes_of(a) > most - most / 8, aged = age_ms > 0 && now_ms >= a->aged_ms + hour_ms;
    if (!full && !aged) return;
    struct trimming t = {
        .archive = a, .before_ms = age_ms > 0 ? now_ms - age_ms : INT64_MIN, .target = full ? most - most / 4 : UINT64_MAX};
    if (aged) a->aged_ms = now_ms;
    each_of(a->dir, is_id, trim_one, &t);
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

bool run_archive_piece(struct run_archive *a, const char *id, const char *name, size_t limit, struct arena *arena, struct view *ret_piece,
                       bool *ret_found, struct error *err) {
    const char *path = path_of(a, arena, id, name);
    *ret_found = file_read(path, limit, arena, ret_piece, err);
    return *ret_found || (access(path, F_OK) != 0 && errno == ENOENT);
}
