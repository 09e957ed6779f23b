// SPDX-License-Identifier: GPL-3.0-or-later
// When several canaries fail for one cause, such as one release, a receiver that names a group is told once: the first canary of the group
// with a verdict sends the message, and those with the same verdict within an hour are only counted as suppressed. A memo of what was
// told is committed together with the message.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "courier_private.h"

#define GROUP "courier.group" // kind of the memos; the key is a digest of group, word and receiver
#define GROUP_MS INT64_C(3600000)

enum { MOST_GROUPS = 1000, MOST_PRUNED = 16 }; // remembered; forgotten in one batch at most

static void free_group(struct courier_group *group) {
    free(group->key);
    free(group);
}

// Forgets what is older than an hour, and the oldest when there are too many. The lock is held.
static void prune(struct courier *c, int64_t now_ms, struct store_batch *batch) {
    for (int i = 0; i < MOST_PRUNED && c->groups != NULL; i++) {
        struct courier_group *oldest = c->groups;
        if (now_ms - oldest->at_ms < GROUP_MS && c->group_count < MOST_GROUPS) return;
        c->groups = oldest->next;
        c->group_count--;
        store_batch_memo(batch, GROUP, oldest->key, NULL, now_ms);
        free_group(oldest);
    }
}

// The lock is held.
static struct courier_group *find(struct courier *c, const char *key) {
    struct courier_group *group = c->groups;
    while (group != NULL && strcmp(group->key, key) != 0) group = group->next;
    return group;
}

// The lock is held.
static void add(struct courier *c, const char *key, const char *id, int64_t at_ms) {
    struct courier_group *group = mem_zero(1, sizeof *group), **at = &c->groups;
    group->key = mem_strdup(key);
    group->at_ms = at_ms;
    snprintf(group->id, sizeof group->id, "%s", id);
    while (*at != NULL && (*at)->at_ms <= at_ms) at = &(*at)->next;
    group->next = *at;
    *at = group;
    c->group_count++;
}

static void keep(struct store_batch *batch, const char *key, const char *id, int64_t now_ms) {
    json_t *memo = json_pack("{s:s}", "analysis", id);
    char *text = json_dumps(memo, JSON_COMPACT);
    store_batch_memo(batch, GROUP, key, text, now_ms);
    free(text);
    json_decref(memo);
}

bool courier_is_grouped(struct telling *t, const struct publish_target *target, const char *word) {
    struct courier *c = t->courier;
    char key[DIGEST_HEX_LEN + 1];
    struct arena arena = {0};
    if (target->group == NULL || !t->words.verdict) return false;
    const char *url = target->url != NULL ? target->url : target->url_file;
    digest_hex(view_of(arena_printf(&arena, "%s\n%s\n%s", target->group, word, url)), key);
    arena_finish(&arena);
    pthread_mutex_lock(&c->lock);
    prune(c, t->now_ms, t->batch);
    const struct courier_group *group = find(c, key);
    bool told = group != NULL && t->now_ms - group->at_ms < GROUP_MS;
    bool own = told && strcmp(group->id, t->id) == 0; // the event is composed again: the first batch was not committed
    if (!told) add(c, key, t->id, t->now_ms);
    pthread_mutex_unlock(&c->lock);
    if (!told || own) keep(t->batch, key, t->id, t->now_ms);
    return told && !own;
}

static bool group_found(void *user, const char *key, const char *json, int64_t at_ms) {
    struct courier *c = user;
    json_t *memo = json_loads(json, 0, NULL);
    const char *id = json_string_value(json_object_get(memo, "analysis"));
    pthread_mutex_lock(&c->lock);
    if (id != NULL && c->group_count < 2 * MOST_GROUPS) add(c, key, id, at_ms);
    pthread_mutex_unlock(&c->lock);
    json_decref(memo);
    return true;
}

bool courier_read_groups(struct courier *c, struct error *err) {
    return store_each_memo(c->options.store, GROUP, group_found, c, err);
}

void courier_groups_finish(struct courier *c) {
    while (c->groups != NULL) {
        struct courier_group *group = c->groups;
        c->groups = group->next;
        free_group(group);
    }
}
