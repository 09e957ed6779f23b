// SPDX-License-Identifier: GPL-3.0-or-later
// What a service does now and then: every second it starts scheduled analyses and brings the exported metrics up to date, less often it
// reads changed configs and deletes what is older than the retention.
#include <stdlib.h>
#include <time.h>

#include "analyzer/archive_sweep.h"
#include "api/exports.h"
#include "api/gate_watch.h"
#include "api/host_private.h"
#include "api/schedule.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/thread.h"
#include "base/timetext.h"
#include "serve/service_notify.h"

#define LOOK_MS 30000   // between looks at the folder of configs
#define TRIM_MS 3600000 // between deletions

static void look_at_configs(struct host *host) {
    struct error err = {0};
    if (!catalog_is_outdated(host->service.catalog)) return;
    if (host_read_configs(host, &err)) {
        host_tell_configs(host);
    } else {
        log_event(LOG_LEVEL_ERROR, "configs", "error", err.text);
    }
}

static void sweep(struct host *host) {
    struct error err = {0};
    size_t deleted;
    if (!archive_sweep_forgotten(host->service.archive, host->service.store, &deleted, &err))
        log_event(LOG_LEVEL_ERROR, "evidence", "error", err.text);
}

// Deletes a bounded number of rows; true when there are more.
static bool trim(struct host *host) {
    const struct serve_retention *keep = &host->config->retention;
    struct store_retention retention = {keep->age_ms, (size_t)keep->count, keep->audit_ms, keep->audit_ms};
    struct store_trimmed gone = {0};
    struct error err = {0};
    struct log_line line;
    if (!store_trim(host->service.store, &retention, wall_now_ms(), &gone, &err)) {
        log_event(LOG_LEVEL_ERROR, "retention", "error", err.text);
        return false;
    }
    if (gone.analyses > 0) view_cache_forget(host->service.views);
    sweep(host);
    if (gone.analyses + gone.messages + gone.audits == 0) return gone.more;
    log_begin(&line, LOG_LEVEL_INFO, "retention");
    log_i64(&line, "analyses", gone.analyses);
    log_i64(&line, "messages", gone.messages);
    log_i64(&line, "audit", gone.audits);
    log_end(&line);
    return gone.more;
}

// Waits that long; false when the keeper is to end.
static bool pause_ms(struct host *host, int64_t ms) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(ms / 1000);
    pthread_mutex_lock(&host->keeper_lock);
    while (!host->keeper_ends && pthread_cond_timedwait(&host->keeper_wake, &host->keeper_lock, &until) == 0) continue;
    bool goes_on = !host->keeper_ends;
    pthread_mutex_unlock(&host->keeper_lock);
    return goes_on;
}

static void run_schedules(struct host *host, struct schedule_state *slots) {
    for (size_t i = 0; i < host->config->schedule_count; i++)
        schedule_run(&host->service, &host->config->schedules[i], &slots[i], wall_now_ms());
}

static void refresh_exports(struct host *host) {
    struct exports_from from = {host->service.engine, host->service.archive, host->service.courier, host->listener,
                                host->service.state_dir};
    exports_refresh(host->service.exports, &from, wall_now_ms());
}

static void *keep(void *argument) {
    struct host *host = argument;
    int64_t look_ms = mono_now_ms() + LOOK_MS, trim_ms = mono_now_ms(), alive_ms = mono_now_ms();
    int64_t watchdog_ms = service_watchdog_ms();
    struct schedule_state *slots = mem_zero(host->config->schedule_count + 1, sizeof *slots);
    while (pause_ms(host, 1000)) {
        int64_t now = mono_now_ms();
        run_schedules(host, slots);
        refresh_exports(host);
        gate_watch_refresh(host->service.gates, wall_now_ms());
        if (host->service.archive != NULL) run_archive_trim(host->service.archive, host->config->retention.age_ms, wall_now_ms());
        if (now >= look_ms) {
            look_at_configs(host);
            look_ms = now + LOOK_MS;
        }
        if (watchdog_ms > 0 && now >= alive_ms) {
            service_notify_alive();
            alive_ms = now + watchdog_ms;
        }
        if (now >= trim_ms) {
            trim_ms = now + (trim(host) ? 0 : TRIM_MS);
        }
    }
    free(slots);
    return NULL;
}

bool keeper_start(struct host *host, struct error *err) {
    pthread_mutex_init(&host->keeper_lock, NULL);
    thread_cond_init(&host->keeper_wake);
    host->keeping = thread_start(&host->keeper, keep, host, err);
    return host->keeping;
}

void keeper_stop(struct host *host) {
    if (!host->keeping) return;
    pthread_mutex_lock(&host->keeper_lock);
    host->keeper_ends = true;
    pthread_cond_signal(&host->keeper_wake);
    pthread_mutex_unlock(&host->keeper_lock);
    pthread_join(host->keeper, NULL);
    pthread_cond_destroy(&host->keeper_wake);
    pthread_mutex_destroy(&host->keeper_lock);
}
