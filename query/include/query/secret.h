// SPDX-License-Identifier: GPL-3.0-or-later
// A secret in a file: one line of text, read again when the file has changed. It is wiped when it is replaced or let go, and no
// error holds it.
#ifndef QUERY_SECRET_H
#define QUERY_SECRET_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/error.h"

struct secret { // begins as zeroes with key and path
    const char *key;  // of the config, for messages
    const char *path; // NULL: there is no such secret
    char *text;       // NULL until read
    struct stat seen; // the file it was read from
    unsigned reads;   // how often it was
};

// Reads the file unless it is the one that was read before: same device, inode, size and time of change.
bool secret_refresh(struct secret *secret, struct error *err);

bool secret_is_open_to_all(const struct secret *secret); // every user of the machine may read the file
void secret_finish(struct secret *secret);               // may be refreshed again afterwards
void secret_wipe(char **text);                           // overwrites, frees and sets to NULL; fine with NULL

#endif
