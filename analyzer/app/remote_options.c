// SPDX-License-Identifier: GPL-3.0-or-later
#include "option.h"

static bool set_text(struct option_call *p, const char **field, const char *value) {
    *field = value;
    return *value != '\0' || error_set(p->err, ERROR_USAGE, "must not be empty");
}

bool option_remote_server(struct option_call *p, const char *value) {
    return set_text(p, &p->options->remote.server, value);
}

bool option_remote_token(struct option_call *p, const char *value) {
    return set_text(p, &p->options->remote.token_file, value);
}

bool option_remote_ca(struct option_call *p, const char *value) {
    return set_text(p, &p->options->remote.ca_file, value);
}

bool option_remote_cert(struct option_call *p, const char *value) {
    return set_text(p, &p->options->remote.cert_file, value);
}

bool option_remote_cert_key(struct option_call *p, const char *value) {
    return set_text(p, &p->options->remote.cert_key, value);
}

bool option_remote_key(struct option_call *p, const char *value) {
    return set_text(p, &p->options->remote.key, value);
}

bool option_remote_release(struct option_call *p, const char *value) {
    return set_text(p, &p->options->remote.release, value);
}

bool option_remote_wait(struct option_call *p, const char *value) {
    (void)value;
    return p->options->remote.wait = true;
}

bool option_remote_timeout(struct option_call *p, const char *value) {
    return option_duration(p, value, &p->options->remote.timeout_ms);
}

bool remote_options_check(const struct options *options, struct error *err) {
    const struct remote_arguments *r = &options->remote;
    const struct gate_arguments *g = &options->gate;
    const struct {
        bool given;
        const char *name;
    } only_with[] = {{r->wait, "--wait"},
                     {r->key != NULL, "--key"},
                     {r->release != NULL, "--release"},
                     {r->timeout_ms != 0, "--timeout"},
                     {r->token_file != NULL, "--token-file"},
                     {r->ca_file != NULL, "--ca-file"},
                     {r->cert_file != NULL, "--cert-file"}},
      only_without[] = {{options->looks.watch, "--watch"},           {options->record_dir != NULL, "--record"},
                        {options->recorded_dir != NULL, "--source"}, {options->deadline_ms != 0, "--deadline"},
                        {g->result_file != NULL, "--result"},        {g->state != NULL, "--state"}};
    for (size_t i = 0; r->server == NULL && i < sizeof only_with / sizeof only_with[0]; i++) {
        if (only_with[i].given) return error_set(err, ERROR_USAGE, "%s needs --server", only_with[i].name);
    }
    if (r->cert_key != NULL && r->cert_file == NULL) return error_set(err, ERROR_USAGE, "--cert-key needs --cert-file");
    for (size_t i = 0; r->server != NULL && i < sizeof only_without / sizeof only_without[0]; i++) {
        if (only_without[i].given) return error_set(err, ERROR_USAGE, "%s cannot be used with --server", only_without[i].name);
    }
    return true;
}
