// SPDX-License-Identifier: GPL-3.0-or-later
#include "good_config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

const char good_config[] = "canary: shop\n"                                                               // line 1
                           "sources:\n"                                                                   // 2
                           "  main: {url: \"http://127.0.0.1:9090\"}\n"                                   // 3
                           "scopes:\n"                                                                    // 4
                           "  baseline: {labels: {track: stable}}\n"                                      // 5
                           "  canary: {labels: {track: canary}}\n"                                        // 6
                           "window: {length: 30m, warmup: 2m, step: 15s}\n"                               // 7
                           "judge: {name: kayenta, pass: 85, marginal: 70}\n"                             // 8
                           "groups: {errors: 60, other: 40}\n"                                            // 9
                           "guards:\n"                                                                    // 10
                           "  - {name: traffic, query: 'sum(rate(hits{${scope}}[1m]))', min: 1}\n"        // 11
                           "metrics:\n"                                                                   // 12
                           "  - name: failures\n"                                                         // 13
                           "    group: errors\n"                                                          // 14
                           "    critical: true\n"                                                         // 15
                           "    direction: increase\n"                                                    // 16
                           "    counts: {bad: 'hits{code=~\"5..\",${scope}}', total: 'hits{${scope}}'}\n" // 17
                           "  - name: memory\n"                                                           // 18
                           "    group: other\n"                                                           // 19
                           "    query: 'memory_bytes{${scope}}'\n"                                        // 20
                           "  - name: load\n"                                                             // 21
                           "    group: other\n"                                                           // 22
                           "    threshold: {query: 'max(load{${scope}})', max: 0.9}\n";                   // 23

void read_config(struct read_config *r, const char *text, const struct config_overrides *overrides) {
    struct config_overrides none;
    config_overrides_init(&none);
    memset(&r->config, 0, sizeof r->config);
    findings_init(&r->findings, &r->arena);
    r->ok = config_read(view_of(text), "c.yaml", overrides != NULL ? overrides : &none, &r->arena, &r->findings, &r->config);
}

void read_config_finish(struct read_config *r) {
    findings_finish(&r->findings);
    arena_finish(&r->arena);
}

const char *edited_config(struct arena *arena, const char *old, const char *new) {
    const char *at = strstr(good_config, old);
    if (at == NULL) fail_msg("the good config holds no %s", old);
    return arena_printf(arena, "%.*s%s%s", (int)(at - good_config), good_config, new, at + strlen(old));
}
