// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of the host share.
#ifndef API_HOST_PRIVATE_H
#define API_HOST_PRIVATE_H

#include <pthread.h>

#include "api/host.h"
#include "api/service.h"

struct host {
    const struct serve_config *config;
    const char *state_dir; // NULL: the default
    struct service service;
    pthread_mutex_t listener_lock; // guards the pointer: handlers run before it is set, and a clerk may outlast the listener
    struct listener *listener;
    struct arena arena;
    pthread_t keeper;
    bool keeping;
    pthread_mutex_t keeper_lock; // guards keeper_ends
    pthread_cond_t keeper_wake;
    bool keeper_ends;
};

bool host_read_configs(struct host *host, struct error *err); // those that are gone are not told of any more
bool host_reload(void *host, struct error *err); // configs, tokens and certificates
void host_tell_configs(struct host *host);       // logs how many there are and what is wrong with them

// The thread that looks after what is due now and then.
bool keeper_start(struct host *host, struct error *err);
void keeper_stop(struct host *host); // fine when it was not started

#endif
