// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config_cache.h"

static const char text[] = "canary: shop\n"
                           "vars: {host: '127.0.0.1', port: '9090'}\n"
                           "sources: {main: {url: 'http://${host}:${port}'}}\n"
                           "scopes: {baseline: {labels: {track: stable}}, canary: {labels: {track: canary}}}\n"
                           "window: {length: 30m, step: 1m}\n"
                           "metrics: [{name: latency, query: 'latency{${scope}}', tolerance: 10%}]\n";

static struct cached_config *get(struct config_cache *cache, const char *port) {
    struct error err = {0};
    struct config_overrides overrides;
    char *name = mem_strdup("port"), *value = mem_strdup(port), *all = mem_strdup(text), *file = mem_strdup("shop.yaml");
    struct name_value var = {name, value, {0, 0}};
    config_overrides_init(&overrides);
    overrides.vars = (struct name_values){&var, 1};
    struct cached_config *cached = config_cache_get(cache, view_of(all), file, &overrides, NULL, &err);
    if (cached == NULL) fail_msg("%s", err.text);
    memset(name, 'z', strlen(name)); // what a config was read from goes with the request that brought it
    memset(value, 'z', strlen(value));
    memset(all, 'z', strlen(all));
    memset(file, 'z', strlen(file));
    free(name);
    free(value);
    free(all);
    free(file);
    return cached;
}

static void test_config_cache__a_config_outlives_what_it_was_read_from(void **state) {
    (void)state;
    struct config_cache *cache = config_cache_create();
    struct cached_config *cached = get(cache, "9191");
    const struct canary_config *config = cached->config;
    assert_string_equal(config->file, "shop.yaml");
    assert_string_equal(config->sources[0].settings.url, "http://127.0.0.1:9191");
    bool found = false;
    for (size_t i = 0; i < config->vars.count; i++) {
        if (strcmp(config->vars.items[i].name, "port") == 0) found = strcmp(config->vars.items[i].value, "9191") == 0;
    }
    assert_true(found);
    config_cache_release(cache, cached);
    config_cache_destroy(cache);
}

static void test_config_cache__equal_options_share_a_config(void **state) {
    (void)state;
    struct config_cache *cache = config_cache_create();
    struct cached_config *a = get(cache, "9191"), *b = get(cache, "9191"), *c = get(cache, "9192");
    assert_ptr_equal(a, b);
    assert_ptr_not_equal(a, c);
    assert_string_equal(c->config->sources[0].settings.url, "http://127.0.0.1:9192");
    config_cache_release(cache, a);
    struct cached_config *again = get(cache, "9191");
    assert_ptr_equal(again, b);
    config_cache_release(cache, again);
    config_cache_release(cache, b);
    config_cache_release(cache, c);
    config_cache_destroy(cache);
}

static void test_config_cache__keeps_only_so_many(void **state) {
    (void)state;
    struct config_cache *cache = config_cache_create();
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 100; i++) {
            char port[16];
            snprintf(port, sizeof port, "%d", 9000 + i);
            struct cached_config *cached = get(cache, port);
            assert_true(strstr(cached->config->sources[0].settings.url, port) != NULL);
            config_cache_release(cache, cached);
        }
    }
    config_cache_destroy(cache);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_config_cache__a_config_outlives_what_it_was_read_from),
        cmocka_unit_test(test_config_cache__equal_options_share_a_config),
        cmocka_unit_test(test_config_cache__keeps_only_so_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
