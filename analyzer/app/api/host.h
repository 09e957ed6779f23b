// SPDX-License-Identifier: GPL-3.0-or-later
// A whole service in one process: opens everything it is made of, runs until a signal ends it, and closes in an order that loses nothing.
// The calling thread waits for signals; the keeper, a thread of its own, does what is due now and then (changed configs, retention).
#ifndef API_HOST_H
#define API_HOST_H

#include "serve/serve_config.h"

// Returns the exit code: 0 when a signal has ended the service, else err says why it could not start. state_dir is the folder of freezes
// and approvals (NULL: state_dir_default()).
int host_run(const struct serve_config *config, const char *state_dir, struct error *err);

#endif
