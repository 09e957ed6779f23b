// SPDX-License-Identifier: GPL-3.0-or-later
// Looks at the gates of the canaries whose config has somebody to tell of them: every minute, and at once after a verdict, a freeze or an
// approval. A few threads of its own ask the sources, so that one that hangs delays other gates and nothing else.
#ifndef API_GATE_WATCH_H
#define API_GATE_WATCH_H

#include "api/service.h"

struct gate_watch;

struct gate_watch *gate_watch_start(const struct service *service, struct error *err); // NULL with err: no more threads
void gate_watch_stop(struct gate_watch *watch);    // waits for looks under way; there will be no more. Fine with NULL
void gate_watch_destroy(struct gate_watch *watch); // stopped; nobody may call any more. Fine with NULL

// Takes note of configs and freezes that have changed. One thread, about every second.
void gate_watch_refresh(struct gate_watch *watch, int64_t now_ms);

// Something has happened to the canary, or to any of them with NULL, that may have opened or closed its gate. Any thread; quick.
void gate_watch_note(struct gate_watch *watch, const char *canary);

#endif
