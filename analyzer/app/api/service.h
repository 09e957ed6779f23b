// SPDX-License-Identifier: GPL-3.0-or-later
// What the handlers of a service share: everything it is made of. Set up before the listener starts and not changed until it has stopped.
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
    struct run_archive *archive; // NULL: no answers are kept
    struct courier *courier;
    struct catalog *catalog;
    struct desk *clerks;    // for what takes some milliseconds: files, reports, long texts
    struct desk *envoys;    // for what asks sources
    struct watchers *watchers;
    struct view_cache *views;
    struct readiness *readiness;
    struct flagger_locks *flagger;
    struct exports *exports;
    struct gate_watch *gates;
    const char *state_dir;  // of freezes and approvals
    const char *public_url; // how others reach the service, without slash at the end; "" when links are to be relative
    // Reads configs, tokens and certificates again. False with err, and what was read before stays.
    bool (*reload)(void *user, struct error *err);
    void *user;
};

struct call;

const struct service *service_of(const struct call *call);

// The tables of routes, for the listener.
struct route_table;
extern const struct route_table analyses_table, reports_table, evidence_table, configs_table, gates_table, decisions_table, verdicts_table,
    flagger_table, readback_table, operation_table, metrics_table, pages_table;

#endif
