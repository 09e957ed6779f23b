// SPDX-License-Identifier: GPL-3.0-or-later
#include "played.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct played played_start(const struct fake_answer *script, size_t count, struct source_settings settings, const char *path) {
    struct played p = {.server = fake_server_start(script, count, NULL)};
    struct error err = {0};
    p.url = mem_alloc(128);
    snprintf(p.url, 128, "http://127.0.0.1:%d%s", fake_server_port(p.server), path);
    settings.url = p.url;
    p.source = source_create_prometheus("prod", &settings, &err);
    if (p.source == NULL) fail_msg("%s", err.text);
    return p;
}

void played_finish(struct played *p) {
    source_destroy(p->source);
    fake_server_stop(p->server);
    free(p->url);
}

struct answer played_ask(struct source *source, const struct query *query, int64_t deadline_ms) {
    struct fetch_job job = {.source = source, .query = *query};
    struct error err = {0};
    if (!fetch_run(&job, 1, &(struct fetch_options){.deadline_ms = deadline_ms}, &err)) fail_msg("%s", err.text);
    return job.answer;
}

void has_text(const char *text, const char *part) {
    if (strstr(text, part) == NULL) fail_msg("\"%s\" is not in \"%s\"", part, text);
}
