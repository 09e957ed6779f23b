// SPDX-License-Identifier: GPL-3.0-or-later
// The open analyses of an engine, and the lanes and config texts that they share.
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "engine_private.h"

static int compare_ids(const void *a, const void *b) {
    return strcmp(((const struct running *)a)->id, ((const struct running *)b)->id);
}

struct running *engine_find(struct engine *e, const char *id) {
    struct running key = {.phase = PHASE_WAITING};
    size_t len = strlen(id);
    if (len > STORE_ID_LEN) return NULL;
    memcpy(key.id, id, len + 1);
    struct running *const *found = tfind(&key, &e->table, compare_ids);
    return found != NULL ? *found : NULL;
}

void engine_insert(struct engine *e, struct running *r) {
    tsearch(r, &e->table, compare_ids);
    e->open++;
    e->phases[r->phase]++;
}

void engine_phase(struct engine *e, struct running *r, enum phase phase) {
    if (!r->gone) {
        e->phases[r->phase]--;
        e->phases[phase]++;
    }
    r->phase = phase;
}

void engine_wait_for(struct engine *e, struct running *r, int64_t due_ms) {
    engine_phase(e, r, PHASE_WAITING);
    due_heap_put(&e->heap, &r->due, due_ms);
}

static void leave_lane(struct running *r) {
    struct lane *lane = r->lane;
    struct running *before = NULL;
    for (struct running *i = lane->first; i != NULL; before = i, i = i->behind) {
        if (i != r) continue;
        if (before != NULL) {
            before->behind = r->behind;
        } else {
            lane->first = r->behind;
        }
        if (lane->last == r) lane->last = before;
        return;
    }
}

void engine_remove(struct engine *e, struct running *r) {
    tdelete(r, &e->table, compare_ids);
    due_heap_remove(&e->heap, &r->due);
    if (r->phase == PHASE_QUEUED) leave_lane(r);
    e->phases[r->phase]--;
    e->open--;
    r->gone = true;
}

struct lane *engine_lane(struct engine *e, const char *key) {
    struct lane *lane = e->lanes;
    while (lane != NULL && strcmp(lane->key, key) != 0) lane = lane->next;
    if (lane == NULL) {
        lane = mem_zero(1, sizeof *lane);
        memcpy(lane->key, key, DIGEST_HEX_LEN + 1);
        lane->next = e->lanes;
        e->lanes = lane;
    }
    lane->members++;
    return lane;
}

struct config_text *engine_text(struct engine *e, const char *sha256, struct view text) {
    struct config_text *t = e->texts;
    while (t != NULL && strcmp(t->sha256, sha256) != 0) t = t->next;
    if (t == NULL) {
        t = mem_zero(1, sizeof *t);
        memcpy(t->sha256, sha256, DIGEST_HEX_LEN + 1);
        t->text = mem_strndup(text.ptr, text.len);
        t->len = text.len;
        t->next = e->texts;
        e->texts = t;
    }
    t->members++;
    return t;
}

static void release_lane(struct engine *e, struct lane *lane) {
    struct lane **at = &e->lanes;
    if (--lane->members > 0) return;
    while (*at != lane) at = &(*at)->next;
    *at = lane->next;
    free(lane);
}

static void release_text(struct engine *e, struct config_text *text, bool stored) {
    struct config_text **at = &e->texts;
    text->stored -= stored;
    if (--text->members > 0) return;
    while (*at != text) at = &(*at)->next;
    *at = text->next;
    free(text->text);
    free(text);
}

void engine_release(struct engine *e, struct running *r) {
    release_lane(e, r->lane);
    release_text(e, r->text, r->revision > 0);
    free(r->canary);
    free(r->file);
    free(r->request);
    free(r->look_state);
    free(r);
}
