// SPDX-License-Identifier: GPL-3.0-or-later
// A recorded run that came as one file: the tar archive that a service gives as evidence. It is unpacked into a folder of its own, which is
// deleted afterwards.
#ifndef APP_UNPACKED_RUN_H
#define APP_UNPACKED_RUN_H

#include "base/arena.h"
#include "base/error.h"

bool unpacked_run_is_file(const char *path); // "-" is standard input; a folder is none

// NULL with err when the file is no such archive or cannot be unpacked; nothing is left then. The path lives in the arena.
const char *unpacked_run_make(const char *path, struct arena *arena, struct error *err);

void unpacked_run_delete(const char *dir); // fine with NULL

#endif
