// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/state_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/timetext.h"
#include "result_number.h"

#define MOST_DOCUMENT_BYTES ((size_t)65536)
#define MOST_DOCUMENTS 10000
#define LOCK_WAIT_MS INT64_C(10000)
#define LOCK_PAUSE_NS 20000000L

const char *state_dir_default(struct arena *arena) {
    const char *home = getenv("XDG_STATE_HOME");
    return home != NULL && *home == '/' ? arena_printf(arena, "%s/serin", home) : "/var/lib/serin";
}

static bool failed(const char *path, struct error *err) {
    return error_set(err, ERROR_IO, "%s: %s", path, strerror(errno));
}

bool state_dir_lock(struct state_dir *dir, const char *path, struct error *err) {
    struct arena arena = {0};
    const char *file = arena_printf(&arena, "%s/lock", path);
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int64_t until_ms = mono_now_ms() + LOCK_WAIT_MS;
    *dir = (struct state_dir){path, -1};
    bool ok = file_make_dir(path, err);
    if (ok) dir->lock = open(file, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (ok && dir->lock < 0) ok = failed(file, err);
    while (ok && fcntl(dir->lock, F_SETLK, &whole) != 0) {
        if (errno != EACCES && errno != EAGAIN && errno != EINTR) ok = failed(file, err);
        if (ok && mono_now_ms() > until_ms) ok = error_set(err, ERROR_IO, "%s: another change has not ended for 10 seconds", file);
        if (ok) nanosleep(&(struct timespec){0, LOCK_PAUSE_NS}, NULL);
    }
    if (!ok) state_dir_unlock(dir);
    arena_finish(&arena);
    return ok;
}

void state_dir_unlock(struct state_dir *dir) {
    if (dir->lock >= 0) close(dir->lock);
    dir->lock = -1;
}

static bool write_all(int file, const char *text, size_t len) {
    while (len > 0) {
        ssize_t n = write(file, text, len);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        text += n;
        len -= (size_t)n;
    }
    return fsync(file) == 0;
}

static bool sync_folder(const char *folder, struct error *err) {
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = file >= 0 && fsync(file) == 0;
    if (!ok) failed(folder, err);
    if (file >= 0) close(file);
    return ok;
}

// A line that a crash or a full disk cut short stays alone: the next one begins behind a line feed of its own.
static bool append_line(const char *path, const char *text, struct error *err) {
    struct buf line;
    char last = '\n';
    int file = open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (file < 0) return failed(path, err);
    off_t end = lseek(file, 0, SEEK_END);
    bool ok = end >= 0 && (end == 0 || pread(file, &last, 1, end - 1) == 1);
    buf_init(&line, 2 * MOST_DOCUMENT_BYTES);
    if (last != '\n') buf_char(&line, '\n');
    buf_str(&line, text);
    buf_char(&line, '\n');
    ok = ok && write_all(file, buf_text(&line), line.len);
    if (!ok) failed(path, err);
    buf_finish(&line);
    close(file);
    return ok;
}

// The lock is held, so nobody else writes the temporary file; one that is there is left from a crash.
static bool write_document(const char *folder, const char *id, const char *text, struct error *err) {
    struct arena arena = {0};
    const char *path = arena_printf(&arena, "%s/%s.json", folder, id), *temporary = arena_printf(&arena, "%s/.%s.tmp", folder, id);
    unlink(temporary);
    int file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    bool ok = file >= 0 && write_all(file, text, strlen(text));
    if (file >= 0 && close(file) != 0) ok = false;
    ok = ok && rename(temporary, path) == 0;
    if (!ok) failed(path, err);
    if (!ok) unlink(temporary);
    arena_finish(&arena);
    return ok && sync_folder(folder, err);
}

bool state_dir_put(struct state_dir *dir, const char *folder, const json_t *document, json_t *change, struct error *err) {
    struct arena arena = {0};
    const char *id = json_string_value(json_object_get(document, "id")), *in = arena_printf(&arena, "%s/%s", dir->path, folder);
    json_object_set_new(change, "id", json_string(id));
    json_object_set_new(change, "logged", result_instant(wall_now_ms()));
    json_object_set_new(change, "uid", json_integer((json_int_t)getuid()));
    char *text = json_dumps(document, JSON_INDENT(2)), *line = json_dumps(change, JSON_COMPACT);
    bool ok = text != NULL && line != NULL ? true : error_set(err, ERROR_DATA, "%s: not UTF-8", in);
    ok = ok && (strlen(text) < MOST_DOCUMENT_BYTES || error_set(err, ERROR_LIMIT, "%s: more than %zu bytes", in, MOST_DOCUMENT_BYTES));
    ok = ok && file_make_dir(in, err) && append_line(arena_printf(&arena, "%s/audit.jsonl", dir->path), line, err) &&
         sync_folder(dir->path, err) && write_document(in, id, text, err);
    free(text);
    free(line);
    arena_finish(&arena);
    return ok;
}

void state_dir_drop(struct state_dir *dir, const char *folder, const char *id) {
    struct arena arena = {0};
    unlink(arena_printf(&arena, "%s/%s/%s.json", dir->path, folder, id));
    arena_finish(&arena);
}

void state_dir_name(const json_t *document, char ret_id[STATE_ID_LEN + 1]) {
    static unsigned count;
    char hex[DIGEST_HEX_LEN + 1], *json = json_dumps(document, JSON_COMPACT);
    struct buf text;
    buf_init(&text, 2 * MOST_DOCUMENT_BYTES);
    buf_printf(&text, "%ld %u %lld %s", (long)getpid(), count++, (long long)wall_now_ms(), json != NULL ? json : "");
    digest_hex((struct view){buf_text(&text), text.len}, hex);
    buf_finish(&text);
    free(json);
    memcpy(ret_id, hex, STATE_ID_LEN);
    ret_id[STATE_ID_LEN] = '\0';
}

static bool is_document(const char *name) {
    return strlen(name) == STATE_ID_LEN + 5 && strspn(name, "0123456789abcdef") == STATE_ID_LEN &&
           strcmp(name + STATE_ID_LEN, ".json") == 0;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool list_names(const char *folder, struct arena *arena, const char **names, size_t *ret_count, struct error *err) {
    DIR *dir = opendir(folder);
    struct dirent *entry;
    *ret_count = 0;
    if (dir == NULL) return errno == ENOENT || failed(folder, err);
    bool ok = true;
    for (errno = 0; ok && (entry = readdir(dir)) != NULL; errno = 0) {
        if (!is_document(entry->d_name)) continue;
        if (*ret_count == MOST_DOCUMENTS) ok = error_set(err, ERROR_LIMIT, "%s: more than %d documents", folder, MOST_DOCUMENTS);
        if (ok) names[(*ret_count)++] = arena_strdup(arena, entry->d_name);
    }
    if (ok && errno != 0) ok = failed(folder, err);
    closedir(dir);
    qsort(names, *ret_count, sizeof *names, by_name);
    return ok;
}

static json_t *read_document(const char *path, const char *id, const char *schema, struct error *err) {
    struct arena arena = {0};
    struct view text;
    json_error_t problem;
    json_t *document = NULL;
    if (file_read(path, MOST_DOCUMENT_BYTES, &arena, &text, err)) {
        document = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &problem);
        const char *says = json_string_value(json_object_get(document, "schema")),
                   *name = json_string_value(json_object_get(document, "id"));
        if (document == NULL) {
            error_set(err, ERROR_DATA, "%s:%d:%d: %s", path, problem.line, problem.column, problem.text);
        } else if (says == NULL || strcmp(says, schema) != 0 || name == NULL || strlen(name) != STATE_ID_LEN ||
                   strncmp(name, id, STATE_ID_LEN) != 0) {
            error_set(err, ERROR_DATA, "%s: not a document %s with the id of its file", path, schema);
            json_decref(document);
            document = NULL;
        }
    }
    arena_finish(&arena);
    return document;
}

json_t *state_dir_list(const char *path, const char *folder, const char *schema, struct error *err) {
    struct arena arena = {0};
    const char *in = arena_printf(&arena, "%s/%s", path, folder), **names = arena_array(&arena, MOST_DOCUMENTS, sizeof *names);
    json_t *list = json_array();
    size_t count;
    bool ok = list_names(in, &arena, names, &count, err);
    for (size_t i = 0; ok && i < count; i++) {
        const char *file = arena_printf(&arena, "%s/%s", in, names[i]);
        json_t *document = read_document(file, names[i], schema, err);
        bool gone = document == NULL && access(file, F_OK) != 0 && errno == ENOENT;
        ok = gone || (document != NULL && json_array_append_new(list, document) == 0);
    }
    arena_finish(&arena);
    if (ok) return list;
    json_decref(list);
    return NULL;
}
