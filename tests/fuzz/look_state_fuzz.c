// SPDX-License-Identifier: GPL-3.0-or-later
// Reads any bytes as the state of a watch; what is taken as good must hold looks in order and a document that says what it says.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/verdict.h"
#include "look_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct look_state *state) {
    for (size_t i = 1; i < state->count; i++) {
        const struct look_entry *before = &state->entries[i - 1], *entry = &state->entries[i];
        bool again = entry->number == before->number && entry->attempt == before->attempt + 1;
        if (entry->number <= before->number && !again) abort();
    }
    if (state->start_ms <= 0 || state->settle_ms < 0) abort();
    if (state->result == NULL) return;
    json_int_t code = json_integer_value(json_object_get(state->result, "exit_code"));
    bool passes = strcmp(json_string_value(json_object_get(state->result, "verdict")), verdict_name(VERDICT_PASS)) == 0;
    if (passes != (code == EXIT_PASS)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct canary_config config = {.name = "shop", .sha256 = "00"};
    struct config_overrides overrides;
    struct look_state state;
    struct error err = {0};
    config_overrides_init(&overrides);
    look_state_init(&state, &config, &overrides);
    bool good = look_state_parse(&state, (struct view){(const char *)data, size}, "state.json", &err);
    if (!good && (err.code == ERROR_NONE || err.text[0] == '\0')) abort();
    if (good) check(&state);
    look_state_finish(&state);
    return 0;
}
