// SPDX-License-Identifier: GPL-3.0-or-later
// A whole service in one process: opens what it is made of, runs until a signal ends it, and closes in an order that loses nothing.
// The calling thread waits for signals, one more looks after what is due now and then (configs that changed, retention).
#ifndef API_HOST_H
#define API_HOST_H

#include "serve/serve_config.h"

// Freezes and approvals are in state_dir (NULL: state_dir_default()). Returns the exit code: 0 when a signal ended the service, else err
// says why it could not start.
int host_run(const struct serve_config *config, const char *state_dir, struct error *err);

#endif
