// SPDX-License-Identifier: GPL-3.0-or-later
// The analysis that messages are about, read from the store with its config as it was then.
#include <stdlib.h>

#include "base/mem.h"
#include "courier_private.h"

const char *subject_link(const struct courier *c, const struct publish_config *publish, const char *id, struct arena *arena) {
    const char *url = c->options.public_url;
    if (publish->link != NULL || url == NULL || *url == '\0') return publish->link;
    return arena_printf(arena, "%s/analyses/%s", url, id);
}

static bool read_config(struct subject *s, struct error *err) {
    struct findings findings;
    json_t *json = s->row.request != NULL ? json_loads(s->row.request, 0, NULL) : NULL;
    bool ok = analysis_request_read(json, &s->arena, &s->request, err);
    json_decref(json);
    if (!ok || s->row.config == NULL) return error_prefix(err, "its request cannot be read");
    findings_init(&findings, &s->arena);
    ok = config_read(view_of(s->row.config), "config", &s->request.overrides, &s->arena, &findings, &s->config);
    findings_finish(&findings);
    return ok || error_set(err, ERROR_CONFIG, "its config cannot be read any more");
}

struct subject *subject_load(struct courier *c, const char *id, bool result, struct error *err) {
    struct subject *s = mem_zero(1, sizeof *s);
    bool found = false;
    unsigned parts = STORE_CONFIG | STORE_REQUEST | (result ? STORE_RESULT : 0U);
    s->refs = 1;
    bool ok = store_get(c->options.store, id, parts, &s->arena, &s->row, &found, err);
    if (ok && !found) ok = error_set(err, ERROR_DATA, "its analysis is not kept any more");
    if (ok && read_config(s, err)) {
        if (s->config.publish != NULL) s->publish = *s->config.publish;
        s->publish.link = subject_link(c, &s->publish, id, &s->arena);
        if (result && s->row.result != NULL) s->result = json_loads(s->row.result, JSON_ALLOW_NUL, NULL);
        return s;
    }
    subject_release(s);
    return NULL;
}

void subject_release(struct subject *s) {
    if (s == NULL || --s->refs > 0) return;
    json_decref(s->result);
    arena_finish(&s->arena);
    free(s);
}
