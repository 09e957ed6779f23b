// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of the host share.
#ifndef API_HOST_PRIVATE_H
#define API_HOST_PRIVATE_H

#include <pthread.h>

#include "api/host.h"
#include "api/service.h"
#include "serve/listener.h"

#include <signal.h>

#define HOST_CLERKS 3
#define HOST_ENVOYS 8
#define HOST_READERS (HOST_CLERKS + HOST_ENVOYS + 5) // of the store, at a time

struct host {
    const struct serve_config *config;
    const char *state_dir; // NULL: state_dir_default()
    const sigset_t *signals; // that end it or make it read the configs again; blocked in all threads
    bool stopped;            // by one of them, before it was open
    struct listener_options listening;
    struct service service;
    pthread_mutex_t listener_lock; // guards `listener`: handlers run before it is set, and a clerk may still run after it is stopped
    struct listener *listener;
    struct arena arena; // of what lives as long as the service
    pthread_t keeper;
    bool keeping;       // the thread was started
    pthread_mutex_t keeper_lock; // guards keeper_ends
    pthread_cond_t keeper_wake;
    bool keeper_ends;
};

// host_configs.c
// Reads the folder of configs again, and stops exporting the canaries whose config is gone. False with err when it cannot be read.
bool host_read_configs(struct host *host, struct error *err);
bool host_reload(void *host, struct error *err); // configs, tokens and certificates; `host` is a struct host
void host_tell_configs(struct host *host);       // logs how many there are and what is wrong with them

// Sets service.store. Stands by, with a listener of the same routes, while another service owns a store that is shared. False with err, or
// with `stopped` set.
bool host_open_store(struct host *host, struct error *err);

// The keeper: a thread that does what is due now and then (keeper.c).
bool keeper_start(struct host *host, struct error *err);
void keeper_stop(struct host *host); // fine when it was not started

#endif
