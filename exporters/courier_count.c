// SPDX-License-Identifier: GPL-3.0-or-later
// Counts of deliveries by outcome, and how much still waits for each target.
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "courier_private.h"

void courier_count(struct courier *c, const char *target, const char *outcome) {
    size_t i = 0;
    pthread_mutex_lock(&c->lock);
    while (i < c->count_count && (strcmp(c->counts[i].target, target) != 0 || strcmp(c->counts[i].outcome, outcome) != 0)) i++;
    if (i == c->count_count && i < COURIER_MOST_COUNTS) {
        mem_grow((void **)&c->counts, &c->count_cap, c->count_count, sizeof *c->counts);
        struct courier_count *count = &c->counts[c->count_count++];
        *count = (struct courier_count){.count = 0};
        snprintf(count->target, sizeof count->target, "%s", target);
        snprintf(count->outcome, sizeof count->outcome, "%s", outcome);
    }
    if (i < c->count_count) c->counts[i].count++;
    pthread_mutex_unlock(&c->lock);
}

void courier_counts(struct courier *c, void (*each)(void *user, const struct courier_count *count), void *user) {
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->count_count; i++) each(user, &c->counts[i]);
    pthread_mutex_unlock(&c->lock);
}

struct waiting {
    void (*each)(void *user, const char *target, uint64_t count);
    void *user;
};

static bool is_waited_for(const struct courier_count *count) {
    return strcmp(count->outcome, "suppressed") != 0 && strncmp(count->target, "publish.alertmanagers", 21) != 0; // alerts are repeated
}

static bool pending_found(void *user, const char *target, int64_t count) {
    const struct waiting *w = user;
    char key[COURIER_TARGET_LEN];
    const char *name = courier_target_key(target);
    snprintf(key, sizeof key, "%.*s", (int)strcspn(name, "#"), name);
    w->each(w->user, key, (uint64_t)count);
    return true;
}

// The values of one look or verdict, for each server that has not taken them.
static void tell_series(const struct series_entry *entry, const struct waiting *w) {
    size_t number = 0;
    for (unsigned i = 0; i < 64; i++) {
        char key[COURIER_TARGET_LEN];
        if ((entry->state->writes >> i & 1U) == 0) continue;
        snprintf(key, sizeof key, "publish.remote_write[%zu]", number++);
        if ((entry->done >> i & 1U) == 0) w->each(w->user, key, 1);
    }
}

void courier_waiting(struct courier *c, void (*each)(void *user, const char *target, uint64_t count), void *user) {
    struct waiting w = {each, user};
    struct error err;
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->count_count; i++) {
        if (is_waited_for(&c->counts[i])) each(user, c->counts[i].target, 0);
    }
    for (const struct series_entry *entry = c->series; entry != NULL; entry = entry->next) tell_series(entry, &w);
    pthread_mutex_unlock(&c->lock);
    if (!store_each_pending(c->options.store, pending_found, &w, &err)) courier_say(c, "", "the outbox cannot be counted: %s", err.text);
}
