// SPDX-License-Identifier: GPL-3.0-or-later
// Tells the service manager how the service is, by the datagram socket that NOTIFY_SOCKET names (sd_notify(3)). Without one nothing
// happens. Any thread.
#ifndef SERVE_SERVICE_NOTIFY_H
#define SERVE_SERVICE_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

// Lines of NAME=VALUE. False when there is no such socket or it takes nothing.
bool service_notify(const char *state);

bool service_notify_ready(void);
bool service_notify_stopping(void);
bool service_notify_reloading(void); // with the time; service_notify_ready() ends it
bool service_notify_alive(void);     // to be called at least once in each service_watchdog_ms()

// How often the service manager wants to hear that the service is alive; 0: never, or another process is meant.
int64_t service_watchdog_ms(void);

#endif
