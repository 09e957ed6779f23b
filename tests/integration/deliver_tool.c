// SPDX-License-Identifier: GPL-3.0-or-later
// Delivers a result document: deliver_tool CONFIG RESULT [EARLIER]. Prints what is said and counted, a line each.
#include <stdio.h>

#include "base/file.h"
#include "base/timetext.h"
#include "exporters/deliver.h"

static void say(void *user, const char *text) {
    (void)user;
    printf("say %s\n", text);
}

static void count(void *user, const char *target, const char *outcome) {
    (void)user;
    printf("count %s %s\n", target, outcome);
}

int main(int argc, char **argv) {
    struct arena arena = {0};
    struct findings findings;
    struct canary_config config;
    struct config_overrides none;
    struct view text;
    struct error err;
    config_overrides_init(&none);
    findings_init(&findings, &arena);
    json_t *result = argc > 2 ? json_load_file(argv[2], 0, NULL) : NULL, *earlier = argc > 3 ? json_load_file(argv[3], 0, NULL) : NULL;
    bool ok = result != NULL && file_read(argv[1], 1 << 20, &arena, &text, &err) &&
              config_read(text, argv[1], &none, &arena, &findings, &config) && config.publish != NULL;
    if (ok) {
        struct deliver_options how = {.now_ms = wall_now_ms(), .say = say, .count = count, .earlier = earlier};
        printf("failed %zu\n", deliver(config.publish, result, &how));
    }
    json_decref(result);
    json_decref(earlier);
    findings_finish(&findings);
    arena_finish(&arena);
    return ok ? 0 : 1;
}
