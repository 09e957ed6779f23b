// SPDX-License-Identifier: GPL-3.0-or-later
// A config that the service has, as an errand needs it: its text in the errand's arena, read by whoever carries the errand out.
#ifndef API_NAMED_CONFIG_H
#define API_NAMED_CONFIG_H

#include "analyzer/config.h"
#include "api/service.h"

struct named_config {
    struct view text;
    const char *file;
    struct config_overrides overrides;
    struct texts server_vars, secret_vars; // as of catalog.h
};

// The first variable that somebody of this role may not set: only an admin may decide which server gets a secret, and whoever may
// only read not which one is asked. NULL: all may be set.
const char *named_config_fixed(const struct named_config *named, const struct name_values *vars, enum role role);

// In the arena; NULL when there is no config of that name.
struct named_config *named_config_of(const struct service *service, const char *name, struct arena *arena);

// In the errand's arena; NULL when there is no config of that name: the errand has ended then, with 404.
struct named_config *named_config_find(const struct service *service, const char *name, struct errand *errand);

// NULL when it cannot be read with these overrides: the errand has ended then, with its findings.
const struct canary_config *named_config_read(const struct named_config *named, struct errand *errand);

#endif
