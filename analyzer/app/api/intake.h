// SPDX-License-Identifier: GPL-3.0-or-later
// Starting an analysis for a request, whatever its route: finds the config, refuses what the asker may not do, submits to the engine.
#ifndef API_INTAKE_H
#define API_INTAKE_H

#include "api/service.h"
#include "serve/call.h"

struct intake_refusal {
    int status;
    const char *code, *hint, *message; // as of reply_error_hint()
    const struct findings *findings;   // NULL: none
    bool again; // the same request may succeed in some seconds: Retry-After
};

struct intake { // lies in the errand's arena
    const struct service *service;
    struct errand *errand;
    struct analysis_request request;
    const char *who; // the asker
    bool is_admin;   // may send configs that name files of the server, and set any variable
    bool key_is_enough; // an idempotency key that was used for a different request finds that one's analysis, instead of 409
    char id[STORE_ID_LEN + 1]; // once accepted
    // One of these is called, once, and ends the errand. `opened`: a new analysis was accepted; on the store's thread, must be quick.
    // `found`: there is an analysis with the key; on a clerk. `refused`: on any thread; the refusal is valid during the call.
    void (*opened)(struct intake *intake);
    void (*found)(struct intake *intake);
    void (*refused)(struct intake *intake, const struct intake_refusal *refusal);
    void *user;
};

// Everything but the id is filled in by the caller. One of the three functions is called, before this returns or later. A config that
// comes with the request is read by a clerk, as it may be long.
void intake_begin(struct intake *intake);

// For `refused`: ends the errand with the refusal as JSON, with its findings.
void intake_refuse_json(struct intake *intake, const struct intake_refusal *refusal);

#endif
