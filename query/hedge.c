// SPDX-License-Identifier: GPL-3.0-or-later
#include "hedge.h"

#include <stdlib.h>
#include <string.h>

int64_t hedge_after_ms(const struct hedge *h) {
    if (h->after_ms > 0) return h->after_ms;
    return h->share > 0 && h->seen >= HEDGE_FEWEST ? h->share_ms : INT64_MAX;
}

void hedge_request(struct hedge *h) {
    h->requests++;
}

static int compare(const void *a, const void *b) {
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

void hedge_answer(struct hedge *h, int64_t duration_ms) {
    if (!(h->share > 0)) return;
    int64_t sorted[HEDGE_SEEN];
    h->seen_ms[h->seen++ % HEDGE_SEEN] = duration_ms;
    size_t count = h->seen < HEDGE_SEEN ? h->seen : HEDGE_SEEN;
    memcpy(sorted, h->seen_ms, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare);
    size_t at = (size_t)(h->share * (double)count);
    h->share_ms = sorted[at < count ? at : count - 1] + 1; // later than those within a millisecond
}

bool hedge_take(struct hedge *h) {
    if ((h->sent + 1) * HEDGE_ONE_OF > h->requests) return false;
    h->sent++;
    return true;
}
