// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch_world.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "noise.h"

#define STEP_MS INT64_C(60000)

const char world_config[] = "canary: shop\n"
                            "sources: {main: {url: \"http://127.0.0.1:9090\"}}\n"
                            "scopes: {baseline: {labels: {track: stable}}, canary: {labels: {track: canary}}}\n"
                            "window: {length: 30m, step: 1m}\n"
                            "guards: [{name: traffic, query: 'sum(hits)', min: 1}]\n"
                            "metrics: [{name: latency, query: 'latency{${scope}}', tolerance: 10%}]\n";

static int64_t now(void *user) {
    return ((struct world *)user)->now_ms;
}

static bool sleep_until(void *user, int64_t wall_ms) {
    struct world *world = user;
    if (wall_ms > world->stop_ms) world->interrupted = 1;
    if (world->interrupted != 0) return false;
    world->now_ms = wall_ms;
    return true;
}

static void warn(void *user, const char *text) {
    struct world *world = user;
    size_t used = strlen(world->warnings);
    snprintf(world->warnings + used, sizeof world->warnings - used, "%s\n", text);
}

static void see(void *user, const json_t *result) {
    struct world *world = user;
    if (world->seen_count == sizeof world->seen / sizeof world->seen[0]) fail_msg("more looks than there are");
    world->seen[world->seen_count++] = json_deep_copy(result);
}

void world_begin(struct world *world, double factor, int since) {
    struct noise noise[SIDE_COUNT] = {{11, 0}, {23, 0}};
    *world = (struct world){.now_ms = WORLD_START_MS, .stop_ms = INT64_MAX};
    snprintf(world->dir, sizeof world->dir, "/tmp/serin-watch-XXXXXX");
    if (mkdtemp(world->dir) == NULL) fail_msg("no directory");
    snprintf(world->state, sizeof world->state, "%s/state.json", world->dir);
    for (int side = 0; side < SIDE_COUNT; side++) {
        for (int i = 0; i < WORLD_STEPS; i++) {
            double value = 100 + 2 * noise_next(&noise[side], 0.2);
            world->values[side][i] = side == SIDE_CANARY && i >= since ? factor * value : value;
        }
    }
    config_overrides_init(&world->options.analysis.overrides);
    world->options.analysis.recorded_dir = world->dir;
    world->options.analysis.interrupted = &world->interrupted;
    world->options.analysis.warn = warn;
    world->options.analysis.user = world;
    world->options.clock = (struct watch_clock){now, sleep_until, world};
    world->options.start_ms = INT64_MIN;
    world->options.settle_ms = STEP_MS;
    world->options.max_failed = WATCH_MAX_FAILED;
    world->options.state_file = world->state;
    world->options.look = see;
    world->options.user = world;
}

void world_forget_looks(struct world *world) {
    for (size_t i = 0; i < world->seen_count; i++) json_decref(world->seen[i]);
    world->seen_count = 0;
    world->warnings[0] = '\0';
}

void world_end(struct world *world) {
    DIR *dir = opendir(world->dir);
    const struct dirent *entry;
    world_forget_looks(world);
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", world->dir, entry->d_name);
        unlink(path);
    }
    if (dir != NULL) closedir(dir);
    rmdir(world->dir);
}

static FILE *open_in(const struct world *world, const char *name, const char *mode) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", world->dir, name);
    FILE *file = fopen(path, mode);
    if (file == NULL) fail_msg("%s: cannot be written", path);
    return file;
}

// `values` NULL: the guard's value everywhere.
static void record(struct world *world, size_t look, const char *name, const char *expr, const double *values, double guard) {
    size_t steps = 10 + (look - 1) * 5;
    char body[64];
    snprintf(body, sizeof body, "%s-%zu.body", name, look);
    FILE *file = open_in(world, body, "w");
    fputs("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},\"values\":[", file);
    for (size_t i = 0; i < steps; i++) {
        double value = values != NULL ? values[i] : guard;
        fprintf(file, "%s[%lld,\"%.17g\"]", i > 0 ? "," : "",
                (long long)(WORLD_START_MS / 1000 + 60 * (int64_t)i + (values != NULL ? 30 : 0)), value);
    }
    fputs("]}]}}", file);
    fclose(file);
    file = open_in(world, "answers.jsonl", "a");
    fprintf(file,
            "{\"source\":\"main\",\"expr\":\"%s\",\"mode\":\"%s\",\"start_ms\":%lld,\"end_ms\":%lld,\"step_ms\":%d,\"http_status\":200,"
            "\"content_type\":\"application/json\",\"file\":\"%s\",\"duration_ms\":1,\"tries\":1,\"bytes\":1}\n",
            expr, values != NULL ? "raw" : "range", (long long)WORLD_START_MS, (long long)(WORLD_START_MS + (int64_t)steps * STEP_MS),
            values != NULL ? 0 : 60000, body);
    fclose(file);
}

void world_record(struct world *world, size_t look, double guard) {
    record(world, look, "baseline", "latency{track=\\\"stable\\\"}", world->values[SIDE_BASELINE], 0);
    record(world, look, "canary", "latency{track=\\\"canary\\\"}", world->values[SIDE_CANARY], 0);
    record(world, look, "guard", "sum(hits)", NULL, guard);
}

void world_record_all(struct world *world) {
    for (size_t look = 1; look <= WORLD_LOOKS; look++) world_record(world, look, 5);
}

json_t *world_watch(struct world *world, const char *config, struct error *err) {
    struct arena arena = {0};
    struct findings findings;
    findings_init(&findings, &arena);
    world_forget_looks(world);
    *err = (struct error){0};
    json_t *result = watch_run(view_of(config != NULL ? config : world_config), "c.yaml", &world->options, &arena, &findings, err);
    findings_finish(&findings);
    arena_finish(&arena);
    return result;
}

const json_t *world_look(const json_t *result, const char *key) {
    const json_t *value = json_object_get(json_object_get(result, "looks"), key);
    if (value == NULL) fail_msg("the document has no looks.%s", key);
    return value;
}
