// SPDX-License-Identifier: GPL-3.0-or-later
// How an analysis is asked for, by whatever route: finds the config, refuses what the asker may not do, hands it to the engine.
#ifndef API_INTAKE_H
#define API_INTAKE_H

#include "api/service.h"
#include "serve/call.h"

struct intake_refusal {
    int status;
    const char *code, *hint, *message;
    const struct findings *findings; // NULL: none
    bool again; // the same request may be taken in some seconds
};

struct intake { // lies in the errand's arena
    const struct service *service;
    struct errand *errand;
    struct analysis_request request;
    const char *who;
    bool is_admin; // whose configs may name files of the server
    bool key_is_enough; // a request that differs from the first one with its key finds that one's analysis too
    char id[STORE_ID_LEN + 1]; // once accepted
    // Each ends the errand. `opened`: a new analysis was accepted; on the store's thread, must be quick. `found`: the key has been used
    // for this very request; on a clerk. `refused`: any thread, the refusal is valid during the call.
    void (*opened)(struct intake *intake);
    void (*found)(struct intake *intake);
    void (*refused)(struct intake *intake, const struct intake_refusal *refusal);
    void *user;
};

// Takes what is filled in but the id; one of the three functions is called, now or later. A request with its config's text is read by
// a clerk, so that a long one holds nobody up.
void intake_begin(struct intake *intake);

// The usual refusal: an error with findings as {line, column, key, message}.
void intake_refuse_json(struct intake *intake, const struct intake_refusal *refusal);

#endif
