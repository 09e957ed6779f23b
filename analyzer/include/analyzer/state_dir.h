// SPDX-License-Identifier: GPL-3.0-or-later
// A directory that keeps what people decided: one JSON document per decision in a folder of its kind, and audit.jsonl, to which every
// change adds a line. A file is there whole or not at all, a crash included, and a change is in the log before it is made. Readers
// need no lock; writers hold one for the length of a change.
#ifndef ANALYZER_STATE_DIR_H
#define ANALYZER_STATE_DIR_H

#include <jansson.h>

#include "base/arena.h"
#include "base/error.h"

#define STATE_ID_LEN 12

struct state_dir {
    const char *path; // borrowed
    int lock;         // file descriptor
};

// $XDG_STATE_HOME/serin, or /var/lib/serin when that is not set.
const char *state_dir_default(struct arena *arena);

// Makes the directory when needed and waits at most 10 seconds for others to finish their change.
bool state_dir_lock(struct state_dir *dir, const char *path, struct error *err);
void state_dir_unlock(struct state_dir *dir);

// Adds the change to the log, then puts the document, whose member "id" names the file, in the folder. The change is an object; what
// it says of time, user and id is added to it. Both stay the caller's. A failure leaves the folder as it was.
bool state_dir_put(struct state_dir *dir, const char *folder, const json_t *document, json_t *change, struct error *err);

// Takes a document away, which the log goes on to tell of. One that cannot be taken away stays, for the next try.
void state_dir_drop(struct state_dir *dir, const char *folder, const char *id);

// A name for a document that has none yet: lower-case hexadecimal.
void state_dir_name(const json_t *document, char ret_id[STATE_ID_LEN + 1]);

// All documents of a folder as an array, which the caller releases, in the order of their ids; empty when there is no such folder.
// One that is taken away meanwhile is left out. NULL with err when one cannot be read, is no document of that schema, or has another id than its file.
json_t *state_dir_list(const char *path, const char *folder, const char *schema, struct error *err);

#endif
