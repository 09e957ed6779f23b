// SPDX-License-Identifier: GPL-3.0-or-later
// What commands take that a service carries out.
#ifndef APP_REMOTE_OPTIONS_H
#define APP_REMOTE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct remote_arguments { // NULL, false, 0: not given
    const char *server, *token_file, *ca_file, *cert_file, *cert_key;
    const char *key, *release;
    bool wait;
    int64_t timeout_ms;
};

#endif
