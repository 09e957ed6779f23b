// SPDX-License-Identifier: GPL-3.0-or-later
// A thread that writes the log of a SQLite database back into it, over a connection of its own: commits go on meanwhile.
#ifndef ANALYZER_SQLITE_TIDIER_H
#define ANALYZER_SQLITE_TIDIER_H

struct sqlite_tidier;

struct sqlite_tidier *sqlite_tidier_start(const char *path); // borrowed; NULL when no thread can be made
void sqlite_tidier_stop(struct sqlite_tidier *tidier);       // waits for what it is at; fine with NULL

void sqlite_tidier_wake(struct sqlite_tidier *tidier); // has it write back what there is, soon; any thread

#endif
