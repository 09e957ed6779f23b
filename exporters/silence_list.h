// SPDX-License-Identifier: GPL-3.0-or-later
// What an Alertmanager says of alerts that it keeps to itself, read from its answers. Pure; the answers may hold anything.
#ifndef EXPORTERS_SILENCE_LIST_H
#define EXPORTERS_SILENCE_LIST_H

#include <jansson.h>

#include "base/arena.h"
#include "base/view.h"

enum { SILENCE_LIST_MOST = 10, SILENCE_LIST_ALERTS = 50, SILENCE_ID_LEN = 36 }; // silences; alerts; bytes of an id

struct silence_answer { // what the peer answered when it was asked for a silence
    char id[SILENCE_ID_LEN + 1];
    struct view text; // ptr NULL: nothing
};

// The silences that the alerts name, each once; returns how many. Ids are fit to be part of a path.
size_t silence_list_ids(const json_t *alerts, struct silence_answer ret[SILENCE_LIST_MOST]);

// The alerts that are silenced or inhibited, as courier_silenced() gives them but for the target. The caller releases the list.
json_t *silence_list(const json_t *alerts, const struct silence_answer *answers, size_t count, struct arena *arena);

#endif
