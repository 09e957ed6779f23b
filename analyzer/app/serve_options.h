// SPDX-License-Identifier: GPL-3.0-or-later
// What serin serve takes beside what others take.
#ifndef APP_SERVE_OPTIONS_H
#define APP_SERVE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct serve_arguments { // NULL, 0: not given
    const char *config_dir, *listen, *store, *state_dir, *public_url;
    const char *cert_file, *key_file, *client_ca_file, *token_file;
    bool open_to_world;
    size_t workers;
    const char *log_format, *log_level;
};

#endif
