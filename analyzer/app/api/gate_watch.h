// SPDX-License-Identifier: GPL-3.0-or-later
// Asks the gates of canaries whose config wants to be told when they open or close: every minute, and at once after a verdict, a freeze or
// an approval. It has a few threads of its own, so that a source that hangs delays other gates and nothing else.
#ifndef API_GATE_WATCH_H
#define API_GATE_WATCH_H

#include "api/service.h"

struct gate_watch;

struct gate_watch *gate_watch_start(const struct service *service, struct error *err); // NULL with err: no more threads
void gate_watch_stop(struct gate_watch *watch);    // waits for the gates that are being asked, and asks no more. Fine with NULL
void gate_watch_destroy(struct gate_watch *watch); // of one that was stopped; nobody may use it any more. Fine with NULL

// Notices configs and freezes that have changed. To be called about every second, by one thread.
void gate_watch_refresh(struct gate_watch *watch, int64_t now_ms);

// Has the gate of the canary (NULL: of every one) asked at once, as something may have opened or closed it. Any thread; quick.
void gate_watch_note(struct gate_watch *watch, const char *canary);

#endif
