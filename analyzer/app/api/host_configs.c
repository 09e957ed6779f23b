// SPDX-License-Identifier: GPL-3.0-or-later
// What the host and its keeper do with the folder of configs: read it again, and tell what is wrong in it.
#include <pthread.h>

#include "api/exports.h"
#include "api/host_private.h"
#include "base/log.h"
#include "base/timetext.h"

bool host_read_configs(struct host *host, struct error *err) {
    struct catalog *catalog = host->service.catalog;
    const struct catalog_view *before = catalog_take(catalog);
    bool read = catalog_reload(catalog, wall_now_ms(), err);
    const struct catalog_view *now = catalog_take(catalog);
    for (size_t i = 0; i < before->count; i++) {
        const char *canary = before->entries[i]->name;
        if (catalog_find(now, canary) != NULL) continue;
        exports_forget(host->service.exports, canary);
        courier_forget(host->service.courier, canary);
    }
    exports_know(host->service.exports, now);
    catalog_release(catalog, now);
    catalog_release(catalog, before);
    return read;
}

void host_tell_configs(struct host *host) {
    const struct catalog_view *view = catalog_take(host->service.catalog);
    struct log_line line;
    log_begin(&line, view->problem_count > 0 ? LOG_LEVEL_WARN : LOG_LEVEL_INFO, "configs");
    log_i64(&line, "configs", (int64_t)view->count);
    log_i64(&line, "problems", (int64_t)view->problem_count);
    log_end(&line);
    for (size_t i = 0; i < view->problem_count; i++) {
        const struct catalog_problem *p = &view->problems[i];
        log_begin(&line, LOG_LEVEL_WARN, "config");
        log_text(&line, "file", p->file);
        log_i64(&line, "line", p->findings[0].line);
        log_text(&line, "error", p->findings[0].text);
        log_end(&line);
    }
    catalog_release(host->service.catalog, view);
}

bool host_reload(void *user, struct error *err) {
    struct host *host = user;
    bool read = host_read_configs(host, err);
    pthread_mutex_lock(&host->listener_lock);
    bool kept = host->listener == NULL || listener_reload(host->listener, err);
    pthread_mutex_unlock(&host->listener_lock);
    host_tell_configs(host);
    return read && kept;
}
