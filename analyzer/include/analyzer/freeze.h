// SPDX-License-Identifier: GPL-3.0-or-later
// Freezes: until a time nothing of a reach may be promoted. A freeze that holds is never taken away, only lifted or over; of those that
// are over the last ones are kept, and the log of the directory tells of all.
#ifndef ANALYZER_FREEZE_H
#define ANALYZER_FREEZE_H

#include <stdint.h>

#include "analyzer/state_dir.h"

enum freeze_reach { FREEZE_ALL, FREEZE_OWNER, FREEZE_CANARY };

#define FREEZE_MOST_OVER 200
#define FREEZE_LONGEST_MS (INT64_C(366) * 86400000)

struct freeze {
    char id[STATE_ID_LEN + 1];
    enum freeze_reach reach;
    const char *name;       // of the owner or the canary; NULL with FREEZE_ALL
    const char *by, *reason;
    int64_t at_ms, until_ms;
    const char *lifted_by, *lifted_reason; // NULL: not lifted
    int64_t lifted_ms;
};

struct freezes {
    struct freeze *items; // by time, equals by id
    size_t count;
};

// "all", "owner=NAME" or "canary=NAME". `text` is borrowed.
bool freeze_read_scope(const char *text, struct freeze *ret, struct error *err);
const char *freeze_scope(const struct freeze *freeze, struct arena *arena); // the same text again

// Keeps a freeze and gives it an id. It must end after at_ms, at most 366 days later. ERROR_USAGE for texts that cannot be kept, and when
// 1,000 freezes hold already.
bool freeze_set(const char *state, struct freeze *freeze, struct error *err);

// All freezes that hold, and the FREEZE_MOST_OVER that were set last of those that are over.
bool freeze_list(const char *state, struct arena *arena, struct freezes *ret, struct error *err);

// Lifts the freeze with that id, or every active freeze of exactly that scope or canary. *ret are those lifted. ERROR_USAGE when there
// is none.
bool freeze_lift(const char *state, const char *which, const char *by, const char *reason, int64_t now_ms, struct arena *arena,
                 struct freezes *ret, struct error *err);

// A freeze begins when it is set, whatever its time says of the past: a gate asked for another time is closed too.
bool freeze_is_active(const struct freeze *freeze, int64_t now_ms);

bool freeze_covers(const struct freeze *freeze, const char *canary, const char *owner); // owner NULL: none

json_t *freeze_json(const struct freeze *freeze); // the caller releases it; NULL when a text is not UTF-8

#endif
