// SPDX-License-Identifier: GPL-3.0-or-later
// The canary configs of a directory: its files *.yaml, *.yml and *.json, found by the name of their canary or by that of the file.
// Readers take a view that never changes; reading the directory again makes a new one. A file that was good and is broken now keeps
// what it held, and the view says what is wrong with it.
#ifndef ANALYZER_CATALOG_H
#define ANALYZER_CATALOG_H

#include "analyzer/config.h"
#include "base/error.h"
#include "base/finding.h"
#include "base/view.h"

#define CATALOG_MOST_FILES ((size_t)10000)
#define CATALOG_MOST_FILE_BYTES ((size_t)1 << 20)
#define CATALOG_MOST_BYTES ((size_t)64 << 20) // of all files

struct catalog_entry {
    const char *name;       // of the canary
    const char *stem;       // of the file, without folder and suffix
    const char *file;       // as it is opened
    const char *owner, *runbook; // NULL: none
    char sha256[65];        // of the text
    struct view text;
    int64_t changed_ms;     // when the file was changed last
    bool kept;              // the file cannot be used any more: this is what it held
    size_t metrics, objectives;
    struct texts server_vars; // variables that decide which server is asked or told
    struct texts secret_vars; // the same of servers that get a secret
};

struct catalog_problem { // of a file that cannot be used as it is
    const char *file;
    int64_t changed_ms;     // 0: not known
    const struct finding *findings; // errors, at least one, and warnings
    size_t count;
};

struct catalog_view {
    const struct catalog_entry *const *entries; // by name
    size_t count;
    const struct catalog_problem *problems; // by file
    size_t problem_count;
    int64_t read_ms;
};

struct catalog;

// Reads the directory. Broken files are problems of the view; NULL with err when the directory itself cannot be read.
struct catalog *catalog_open(const char *dir, int64_t now_ms, struct error *err);
void catalog_close(struct catalog *catalog); // every view must have been released; fine with NULL

// Reads everything again. False with err, and nothing changed, when the directory cannot be read. Any thread; takes as long as it takes,
// while views can be taken.
bool catalog_reload(struct catalog *catalog, int64_t now_ms, struct error *err);

// Whether files came, went or were changed since the directory was read, or it cannot be read now. Any thread.
bool catalog_is_outdated(struct catalog *catalog);

// What was read last. Any thread; to be released.
const struct catalog_view *catalog_take(struct catalog *catalog);
void catalog_release(struct catalog *catalog, const struct catalog_view *view); // fine with NULL

// The first of the variables whose name is among the texts; NULL when there is none.
const char *catalog_var_among(const struct texts *texts, const struct name_values *vars);

// By the canary's name, else by the file's; NULL when there is none.
const struct catalog_entry *catalog_find(const struct catalog_view *view, const char *name);

#endif
