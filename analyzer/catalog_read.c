// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog_read.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analyzer/config.h"
#include "analyzer/config_files.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "texts.h"

struct config_file {
    const char *path, *stem;
    int64_t size, changed_ns;
};

struct config_files {
    struct config_file *items;
    size_t count, cap;
};

static size_t stem_length(const char *name) {
    static const char *const suffixes[] = {".yaml", ".yml", ".json"};
    size_t len = strlen(name);
    for (size_t i = 0; name[0] != '.' && i < sizeof suffixes / sizeof suffixes[0]; i++) {
        size_t cut = strlen(suffixes[i]);
        if (len > cut && strcmp(name + len - cut, suffixes[i]) == 0) return len - cut;
    }
    return 0; // hidden, or no config
}

static int by_path(const void *a, const void *b) {
    const struct config_file *x = a, *y = b;
    return strcmp(x->path, y->path);
}

// In the order of the names. Folders and what is gone already are left out.
static bool list_files(const char *dir, struct arena *arena, struct config_files *ret, struct error *err) {
    DIR *open = opendir(dir);
    const struct dirent *at;
    if (open == NULL) return error_set(err, ERROR_IO, "%s: %s", dir, strerror(errno));
    while ((at = readdir(open)) != NULL && ret->count <= CATALOG_MOST_FILES) {
        struct stat facts;
        size_t len = stem_length(at->d_name);
        const char *path = len > 0 ? arena_printf(arena, "%s/%s", dir, at->d_name) : NULL;
        if (path == NULL || stat(path, &facts) != 0 || !S_ISREG(facts.st_mode)) continue;
        mem_grow((void **)&ret->items, &ret->cap, ret->count, sizeof *ret->items);
        ret->items[ret->count++] = (struct config_file){
            .path = path,
            .stem = arena_strndup(arena, at->d_name, len),
            .size = (int64_t)facts.st_size,
            .changed_ns = (int64_t)facts.st_mtim.tv_sec * 1000000000 + facts.st_mtim.tv_nsec,
        };
    }
    closedir(open);
    if (ret->count > CATALOG_MOST_FILES) return error_set(err, ERROR_LIMIT, "%s: more than %zu config files", dir, CATALOG_MOST_FILES);
    if (ret->count > 0) qsort(ret->items, ret->count, sizeof *ret->items, by_path);
    return true;
}

static void digest_state(const struct config_files *files, char ret_state[65]) {
    struct buf text;
    buf_init(&text, (size_t)64 << 20);
    for (size_t i = 0; i < files->count; i++) {
        const struct config_file *f = &files->items[i];
        buf_printf(&text, "%s\n%lld %lld\n", f->path, (long long)f->size, (long long)f->changed_ns);
    }
    digest_hex((struct view){buf_text(&text), text.len}, ret_state);
    buf_finish(&text);
}

bool catalog_read_state(const char *dir, char ret_state[65], struct error *err) {
    struct config_files files = {0};
    struct arena arena = {0};
    bool ok = list_files(dir, &arena, &files, err);
    if (ok) digest_state(&files, ret_state);
    free(files.items);
    arena_finish(&arena);
    return ok;
}

struct reader {
    struct catalog_reading *to;
    const struct catalog_view *before;
    struct catalog_entry **entries; // room for one a file
    size_t entry_count;
    struct catalog_problem *problems;
    size_t problem_count, bytes;
};

static struct texts copy_texts(const struct texts *from, struct arena *arena) {
    struct texts copy = {0};
    for (size_t i = 0; i < from->count; i++) texts_add(&copy, arena, from->items[i]);
    return copy;
}

static struct catalog_entry *copy_entry(const struct catalog_entry *from, struct arena *arena) {
    struct catalog_entry *entry = arena_alloc(arena, sizeof *entry);
    *entry = *from;
    entry->name = arena_strdup(arena, from->name);
    entry->stem = arena_strdup(arena, from->stem);
    entry->file = arena_strdup(arena, from->file);
    entry->owner = arena_strdup(arena, from->owner);
    entry->runbook = arena_strdup(arena, from->runbook);
    entry->text.ptr = arena_strndup(arena, from->text.ptr, from->text.len);
    entry->server_vars = copy_texts(&from->server_vars, arena);
    entry->secret_vars = copy_texts(&from->secret_vars, arena);
    return entry;
}

// Reads a file and its config in an arena of its own, as a parsed config is many times as large as its text.
static struct catalog_entry *read_entry(struct reader *r, const struct config_file *file, struct arena *arena, struct findings *findings) {
    struct catalog_entry entry = {.file = file->path, .stem = file->stem, .changed_ms = file->changed_ns / 1000000};
    struct config_overrides overrides;
    struct canary_config config;
    struct error err;
    config_overrides_init(&overrides);
    if (!file_read(file->path, CATALOG_MOST_FILE_BYTES, arena, &entry.text, &err)) {
        findings_add(findings, FINDING_ERROR, file->path, 0, 0, "", "%s", err.text);
        return NULL;
    }
    r->bytes += entry.text.len;
    if (r->bytes > CATALOG_MOST_BYTES) {
        findings_add(findings, FINDING_ERROR, file->path, 0, 0, "", "all files together are larger than %zu bytes", CATALOG_MOST_BYTES);
        return NULL;
    }
    if (!config_read(entry.text, file->path, &overrides, arena, findings, &config)) return NULL;
    entry.name = config.name;
    entry.owner = config.owner;
    entry.runbook = config.runbook;
    entry.metrics = config.metric_count;
    entry.objectives = config.objective_count;
    entry.server_vars = config_server_vars(entry.text, file->path, false, arena);
    entry.secret_vars = config_server_vars(entry.text, file->path, true, arena);
    memcpy(entry.sha256, config.sha256, sizeof entry.sha256);
    return copy_entry(&entry, &r->to->arena);
}

static const struct catalog_entry *taken_by(const struct reader *r, const struct catalog_entry *entry) {
    for (size_t i = 0; i < r->entry_count; i++) {
        if (strcmp(r->entries[i]->name, entry->name) == 0 || strcmp(r->entries[i]->stem, entry->stem) == 0) return r->entries[i];
    }
    return NULL;
}

static const struct catalog_entry *held_before(const struct reader *r, const char *file) {
    for (size_t i = 0; r->before != NULL && i < r->before->count; i++) {
        if (strcmp(r->before->entries[i]->file, file) == 0) return r->before->entries[i];
    }
    return NULL;
}

static void add_problem(struct reader *r, const struct config_file *file, const struct findings *findings) {
    struct arena *arena = &r->to->arena;
    struct finding *items = arena_array(arena, findings->count, sizeof *items);
    for (size_t i = 0; i < findings->count; i++) {
        items[i] = findings->items[i];
        items[i].file = arena_strdup(arena, items[i].file);
        items[i].key = arena_strdup(arena, items[i].key);
        items[i].text = arena_strdup(arena, items[i].text);
    }
    r->problems[r->problem_count++] =
        (struct catalog_problem){arena_strdup(arena, file->path), file->changed_ns / 1000000, items, findings->count};
}

static void read_file(struct reader *r, const struct config_file *file) {
    struct arena arena = {0};
    struct findings findings;
    findings_init(&findings, &arena);
    struct catalog_entry *entry = read_entry(r, file, &arena, &findings);
    const struct catalog_entry *old = entry == NULL ? held_before(r, file->path) : NULL;
    if (old != NULL) {
        entry = copy_entry(old, &r->to->arena);
        entry->kept = true;
    }
    const struct catalog_entry *other = entry != NULL ? taken_by(r, entry) : NULL;
    if (other != NULL) {
        findings_add(&findings, FINDING_ERROR, file->path, 0, 0, "", "the canary %s of %s has the same name; names must differ",
                     other->name, other->file);
    } else if (entry != NULL) {
        r->entries[r->entry_count++] = entry;
    }
    if (findings.errors > 0) add_problem(r, file, &findings);
    findings_finish(&findings);
    arena_finish(&arena);
}

static int by_name(const void *a, const void *b) {
    const struct catalog_entry *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

bool catalog_read(const char *dir, const struct catalog_view *before, int64_t now_ms, struct catalog_reading *ret, struct error *err) {
    struct reader r = {.to = ret, .before = before};
    struct config_files files = {0};
    struct arena arena = {0};
    bool ok = list_files(dir, &arena, &files, err);
    if (ok) {
        digest_state(&files, ret->state);
        r.entries = arena_array(&ret->arena, files.count, sizeof *r.entries);
        r.problems = arena_array(&ret->arena, files.count, sizeof *r.problems);
        for (size_t i = 0; i < files.count; i++) read_file(&r, &files.items[i]);
        if (r.entry_count > 0) qsort(r.entries, r.entry_count, sizeof *r.entries, by_name);
        ret->view =
            (struct catalog_view){(const struct catalog_entry *const *)r.entries, r.entry_count, r.problems, r.problem_count, now_ms};
    }
    free(files.items);
    arena_finish(&arena);
    return ok;
}
