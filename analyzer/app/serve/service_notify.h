// SPDX-License-Identifier: GPL-3.0-or-later
// Tells the service manager the state of the service, over the datagram socket that NOTIFY_SOCKET names (sd_notify(3)). Does nothing when
// there is none. Any thread.
#ifndef SERVE_SERVICE_NOTIFY_H
#define SERVE_SERVICE_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

// Sends lines of NAME=VALUE. False when there is no socket, or it does not take them.
bool service_notify(const char *state);

bool service_notify_ready(void);
bool service_notify_stopping(void);
bool service_notify_reloading(void); // with the time; service_notify_ready() ends it
bool service_notify_alive(void);     // to be called at least every service_watchdog_ms()

// How often the service manager wants to be told that the service is alive; 0: never, or it means another process.
int64_t service_watchdog_ms(void);

#endif
