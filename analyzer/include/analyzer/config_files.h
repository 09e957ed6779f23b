// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a config names files of the machine that reads it: secrets, certificates, priors. A service must not read its own files for
// whoever sends it a text, not even to say what is wrong in them; so this looks at the text alone and opens nothing.
#ifndef ANALYZER_CONFIG_FILES_H
#define ANALYZER_CONFIG_FILES_H

#include "analyzer/config.h"
#include "base/finding.h"
#include "base/view.h"

// Adds an error for every key that names a file, with its place. True when there is none. A text that is no YAML is left to
// config_read(), which tells what is wrong with it: true.
bool config_names_no_files(struct view text, const char *file, struct arena *arena, struct findings *findings);

// Names of variables, in the arena, that decide which server a config asks or tells: those that stand where a `url` names its host.
// `secret`: only for servers that get a secret, by a key for files or by `headers`. Whoever may set such a variable can have the secret
// sent to a server of their own. Some names may be there twice.
struct texts config_server_vars(struct view text, const char *file, bool secret, struct arena *arena);

#endif
