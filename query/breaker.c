// SPDX-License-Identifier: GPL-3.0-or-later
#include "breaker.h"

#include <stdio.h>

enum breaker_advice breaker_ask(struct breaker *b, int64_t now_mono_ms) {
    if (!b->open) return BREAKER_GO;
    if (now_mono_ms < b->until_mono_ms) return BREAKER_REFUSE;
    if (b->probing) return BREAKER_WAIT;
    b->probing = true;
    return BREAKER_GO;
}

void breaker_report(struct breaker *b, bool good, const char *why, int64_t now_mono_ms) {
    b->probing = false;
    if (good) {
        b->failed = 0;
        b->open = false;
        return;
    }
    b->failed++;
    if (!b->open && b->failed < BREAKER_FAILURES) return;
    b->open = true;
    b->until_mono_ms = now_mono_ms + BREAKER_OPEN_MS;
    snprintf(b->why, sizeof b->why, "%s", why);
}

void breaker_forget(struct breaker *b) {
    b->probing = false;
}
