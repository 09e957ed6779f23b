// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "option.h"

static bool set_text(struct option_call *p, const char **field, const char *value) {
    *field = value;
    return *value != '\0' || error_set(p->err, ERROR_USAGE, "must not be empty");
}

bool option_serve_config_dir(struct option_call *p, const char *value) {
    return set_text(p, &p->options->serve.config_dir, value);
}

bool option_serve_listen(struct option_call *p, const char *value) {
    return set_text(p, &p->options->serve.listen, value);
}

bool option_serve_store(struct option_call *p, const char *value) {
    return set_text(p, &p->options->serve.store, value);
}

bool option_serve_state(struct option_call *p, const char *value) {
    return set_text(p, &p->options->serve.state_dir, value);
}

bool option_serve_public_url(struct option_call *p, const char *value) {
    return set_text(p, &p->options->serve.public_url, value);
}

bool option_serve_cert(struct option_call *p, const char *value) {
    return set_text(p, &p->options->serve.cert_file, value);
}

bool option_serve_key(struct option_call *p, const char *value) {
    return set_text(p, &p->options->serve.key_file, value);
}

bool option_serve_client_ca(struct option_call *p, const char *value) {
    return set_text(p, &p->options->serve.client_ca_file, value);
}

bool option_serve_tokens(struct option_call *p, const char *value) {
    return set_text(p, &p->options->serve.token_file, value);
}

bool option_serve_open(struct option_call *p, const char *value) {
    (void)value;
    return p->options->serve.open_to_world = true;
}

bool option_serve_config(struct option_call *p, const char *value) {
    return set_text(p, &p->options->serve.file, value);
}

bool option_serve_log_format(struct option_call *p, const char *value) {
    p->options->serve.has_log_format = true;
    p->options->serve.log_format = strcmp(value, "json") == 0 ? LOG_FORMAT_JSON : LOG_FORMAT_LOGFMT;
    return strcmp(value, "logfmt") == 0 || strcmp(value, "json") == 0 || option_bad(p, value, "logfmt or json");
}

bool option_serve_log_level(struct option_call *p, const char *value) {
    static const char *const words[] = {"debug", "info", "warn", "error", "none"};
    p->options->serve.has_log_level = true;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i], value) != 0) continue;
        p->options->serve.log_level = (enum log_level)i;
        return true;
    }
    return option_bad(p, value, "debug, info, warn, error or none");
}
