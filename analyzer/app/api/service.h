// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that a service is made of, for its handlers. It is set up before the listener starts and not changed until it has stopped.
#ifndef API_SERVICE_H
#define API_SERVICE_H

#include "analyzer/catalog.h"
#include "analyzer/engine.h"
#include "analyzer/store.h"
#include "api/desk.h"
#include "api/readiness.h"
#include "api/view_cache.h"
#include "api/watchers.h"
#include "exporters/courier.h"

struct service {
    struct store *store;
    struct engine *engine;
    struct run_archive *archive; // NULL: the answers to looks are not kept
    struct courier *courier;
    struct catalog *catalog;
    struct desk *clerks;    // threads for work of some milliseconds: files, the store, reports, long texts
    struct desk *envoys;    // threads for work that waits for sources
    struct watchers *watchers;
    struct view_cache *views;
    struct readiness *readiness;
    struct flagger_locks *flagger;
    struct exports *exports;
    struct gate_watch *gates;
    const char *state_dir;  // folder of freezes and approvals
    const char *public_url; // what links begin with, without slash at the end; "": links are relative
    // Reads configs, tokens and certificates again; blocks. False with err when one cannot be read: what was read before stays in use.
    bool (*reload)(void *user, struct error *err);
    void *user; // of reload
};

struct call;

const struct service *service_of(const struct call *call);

// The tables of routes, for the listener.
struct route_table;
extern const struct route_table analyses_table, reports_table, evidence_table, configs_table, gates_table, decisions_table, verdicts_table,
    flagger_table, readback_table, operation_table, metrics_table, pages_table;

#endif
