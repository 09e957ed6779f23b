// SPDX-License-Identifier: GPL-3.0-or-later
#include "pace.h"

int64_t pace_due_ms(const struct pace *p, int64_t now_mono_ms) {
    int64_t due = now_mono_ms;
    if (p->rate > 0 && (p->next_mono_us + 999) / 1000 > due) due = (p->next_mono_us + 999) / 1000;
    return p->paused_mono_ms > due ? p->paused_mono_ms : due;
}

void pace_take(struct pace *p, int64_t now_mono_ms) {
    if (!(p->rate > 0)) return;
    int64_t now_us = now_mono_ms * 1000;
    if (p->next_mono_us < now_us) p->next_mono_us = now_us;
    p->next_mono_us += (int64_t)(1e6 / p->rate);
}

void pace_pause(struct pace *p, int64_t until_mono_ms) {
    if (p->paused_mono_ms < until_mono_ms) p->paused_mono_ms = until_mono_ms;
}
