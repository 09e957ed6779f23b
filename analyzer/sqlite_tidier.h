// SPDX-License-Identifier: GPL-3.0-or-later
// A thread that writes the log of a SQLite database back into it, with a connection of its own, while commits go on.
#ifndef ANALYZER_SQLITE_TIDIER_H
#define ANALYZER_SQLITE_TIDIER_H

struct sqlite_tidier;

struct sqlite_tidier *sqlite_tidier_start(const char *path); // the path is borrowed; NULL when no thread can be started
void sqlite_tidier_stop(struct sqlite_tidier *tidier);       // waits until it has finished what it does; fine with NULL

void sqlite_tidier_wake(struct sqlite_tidier *tidier); // has it write back what there is; any thread

#endif
