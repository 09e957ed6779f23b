// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdlib.h>

#include "base/mem.h"
#include "courier_private.h"

const char *letter_link(const struct courier *c, const struct publish_config *publish, const char *id, struct arena *arena) {
    const char *url = c->options.public_url;
    if (publish->link != NULL || url == NULL || *url == '\0') return publish->link;
    return arena_printf(arena, "%s/analyses/%s", url, id);
}

static bool read_config(struct letter *l, struct error *err) {
    struct findings findings;
    json_t *json = l->row.request != NULL ? json_loads(l->row.request, 0, NULL) : NULL;
    bool ok = analysis_request_read(json, &l->arena, &l->request, err);
    json_decref(json);
    if (!ok || l->row.config == NULL) return error_prefix(err, "its request cannot be read");
    findings_init(&findings, &l->arena);
    ok = config_read(view_of(l->row.config), "config", &l->request.overrides, &l->arena, &findings, &l->config);
    findings_finish(&findings);
    return ok || error_set(err, ERROR_CONFIG, "its config cannot be read any more");
}

struct letter *letter_load(struct courier *c, const char *id, bool result, struct error *err) {
    struct letter *l = mem_zero(1, sizeof *l);
    bool found = false;
    unsigned parts = STORE_CONFIG | STORE_REQUEST | (result ? STORE_RESULT : 0U);
    l->refs = 1;
    bool ok = store_get(c->options.store, id, parts, &l->arena, &l->row, &found, err);
    if (ok && !found) ok = error_set(err, ERROR_DATA, "its analysis is not kept any more");
    if (ok && read_config(l, err)) {
        if (l->config.publish != NULL) l->publish = *l->config.publish;
        l->publish.link = letter_link(c, &l->publish, id, &l->arena);
        if (result && l->row.result != NULL) l->result = json_loads(l->row.result, JSON_ALLOW_NUL, NULL);
        return l;
    }
    letter_release(l);
    return NULL;
}

void letter_release(struct letter *l) {
    if (l == NULL || --l->refs > 0) return;
    json_decref(l->result);
    arena_finish(&l->arena);
    free(l);
}
