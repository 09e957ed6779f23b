// SPDX-License-Identifier: GPL-3.0-or-later
// Configs that were read, shared by all analyses with the same text and the same options; a config never changes once it is read.
// Any thread.
#ifndef ANALYZER_CONFIG_CACHE_H
#define ANALYZER_CONFIG_CACHE_H

#include "analyzer/config.h"
#include "base/digest.h"
#include "base/error.h"

struct config_cache;

struct cached_config {
    const struct canary_config *config; // valid until it is released
    char sources[DIGEST_HEX_LEN + 1];   // digest of what it reads from: equal for those that share their sources
};

struct config_cache *config_cache_create(void);
void config_cache_destroy(struct config_cache *cache); // fine with NULL; everything must have been released

// Reads a config, or gives the one that was read before. NULL with err (ERROR_CONFIG) and findings, which may be NULL, when it cannot be
// used. Texts are copied.
struct cached_config *config_cache_get(struct config_cache *cache, struct view text, const char *file,
                                             const struct config_overrides *overrides, struct findings *findings, struct error *err);

void config_cache_release(struct config_cache *cache, struct cached_config *cached); // fine with NULL

#endif
