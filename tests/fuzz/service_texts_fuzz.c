// SPDX-License-Identifier: GPL-3.0-or-later
// Texts that clients send to the service: bodies of Flagger's hooks and queries that read verdicts back. The first byte says which.
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "api/flagger_hook.h"
#include "api/flagger_run.h"
#include "api/readback.h"
#include "serve/json_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_hook(struct view text) {
    struct arena arena = {0};
    struct flagger_hook hook;
    struct error err = {0};
    json_t *json = json_text_parse(text, &err);
    if (json != NULL && flagger_hook_read(json, FLAGGER_ROLLOUT, &arena, &hook, &err)) {
        if (strlen(hook.object) > FLAGGER_MOST_OBJECT || strlen(hook.checksum) > FLAGGER_MOST_CHECKSUM || hook.length_ms < 0) abort();
        if (strlen(hook.config) > STORE_NAME_LEN) abort();
    } else if (err.code == ERROR_NONE || err.text[0] == '\0') {
        abort();
    }
    json_decref(json);
    arena_finish(&arena);
}

static void read_query(struct view text) {
    static struct store_analysis rows[] = {
        {.id = "2",
         .canary = "shop",
         .state = STORE_DONE,
         .verdict = "pass",
         .score = 90,
         .created_ms = 1000,
         .finished_ms = 2000,
         .key = "flagger:eu/shop:1"},
        {.id = "1", .canary = "cart", .state = STORE_OPEN, .score = (double)NAN, .created_ms = 500},
    };
    const struct store_analyses all = {rows, 2, NULL};
    struct arena arena = {0};
    struct readback query;
    struct error err = {0};
    if (readback_parse(text, &arena, &query, &err)) {
        json_decref(readback_instant(&query, &all, 3000));
        json_decref(readback_range(&query, &all, 1, 3001, 1000));
    } else if (err.code == ERROR_NONE || err.text[0] == '\0') {
        abort();
    }
    arena_finish(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    struct view text = {(const char *)data + 1, size - 1};
    if (data[0] == 'h')
        read_hook(text);
    else
        read_query(text);
    return 0;
}
