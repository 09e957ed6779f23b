// SPDX-License-Identifier: GPL-3.0-or-later
// What serin serve takes beside what others take.
#ifndef APP_SERVE_OPTIONS_H
#define APP_SERVE_OPTIONS_H

#include <stdbool.h>

#include "base/log.h"

struct serve_arguments { // NULL, false: not given
    const char *file;    // --config
    const char *config_dir, *listen, *store, *state_dir, *public_url;
    const char *cert_file, *key_file, *client_ca_file, *token_file;
    bool open_to_world, has_log_format, has_log_level;
    enum log_format log_format;
    enum log_level log_level;
};

#endif
