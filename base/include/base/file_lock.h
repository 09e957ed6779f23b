// SPDX-License-Identifier: GPL-3.0-or-later
// A lock file, which says that one process has something for itself. The lock goes with the process, however that ends; the file stays.
// Threads of one process do not keep each other out.
#ifndef BASE_FILE_LOCK_H
#define BASE_FILE_LOCK_H

#include <stdbool.h>

#include "base/error.h"

struct file_lock {
    int file; // -1: not held
};

#define FILE_LOCK_NONE ((struct file_lock){-1})

// Makes the file when it is not there, for its owner alone. *ret_holder is 0 when the lock is held now, else the process that has it.
// False with err (ERROR_IO) when the file cannot be made or locked.
bool file_lock_take(struct file_lock *lock, const char *path, long *ret_holder, struct error *err);

void file_lock_drop(struct file_lock *lock); // fine when it is not held

#endif
