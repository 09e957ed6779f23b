// SPDX-License-Identifier: GPL-3.0-or-later
// A whole service in one process: opens what it is made of, runs until a signal ends it, and closes in an order that loses nothing.
// The calling thread waits for signals, one more looks after what is due now and then (configs that changed, retention).
#ifndef API_HOST_H
#define API_HOST_H

#include "analyzer/store.h"
#include "serve/listener.h"

struct host_options { // NULL, 0: as said
    const char *config_dir;
    const char *store;      // see store_open()
    const char *state_dir;  // of freezes and approvals; NULL: state_dir_default()
    const char *public_url; // how others reach the service; NULL: links are relative
    size_t workers;         // that judge; 0: the engine's default
    size_t most_open;       // analyses; 0: the engine's default
    int64_t settle_ms;      // how long late samples may take; -1: the engine's default
    struct listener_options listener; // all but tables and user
    struct store_retention retention;
    int64_t stop_ms;        // for requests and looks under way when it stops; 0: 10,000
};

// Returns the exit code: 0 when a signal ended it, else err says why it could not start.
int host_run(const struct host_options *options, struct error *err);

#endif
