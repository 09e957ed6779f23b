// SPDX-License-Identifier: GPL-3.0-or-later
// A config of the service's folder, copied for an errand: the catalog may be read again while the errand is carried out.
#ifndef API_NAMED_CONFIG_H
#define API_NAMED_CONFIG_H

#include "analyzer/config.h"
#include "api/service.h"

struct named_config { // all in an arena
    struct view text;
    const char *file; // what findings call it
    struct config_overrides overrides;
    struct texts server_vars, secret_vars; // variables in hosts of sources, and of sources with secrets; as of catalog.h
};

// The first of the variables that this role may not set; NULL: it may set them all. Only an admin may decide which server gets a secret,
// and a role that can only read must not decide which server is asked at all.
const char *named_config_fixed(const struct named_config *named, const struct name_values *vars, enum role role);

// NULL when there is no config of that name.
struct named_config *named_config_of(const struct service *service, const char *name, struct arena *arena);

// The same in the errand's arena. NULL when there is none: the errand has ended then, with 404.
struct named_config *named_config_find(const struct service *service, const char *name, struct errand *errand);

// Sets the variables that the config is read with; they are copied into the arena.
void named_config_set_vars(struct named_config *named, const struct name_values *vars, struct arena *arena);

// Reads it with its overrides, into the errand's arena. NULL when that fails: the errand has ended then, with 422 and the findings.
const struct canary_config *named_config_read(const struct named_config *named, struct errand *errand);

#endif
