// SPDX-License-Identifier: GPL-3.0-or-later
#include "history_document.h"

#include "result_number.h"

static json_t *window_json(const struct window_config *window) {
    json_t *item = json_object();
    json_object_set_new(item, "length_s", result_seconds(window->length_ms));
    json_object_set_new(item, "warmup_s", result_seconds(window->warmup_ms));
    json_object_set_new(item, "step_s", result_seconds(window->step_ms));
    return item;
}

json_t *history_document(const char *schema, const struct history *history) {
    const struct canary_config *config = history->config;
    json_t *root = json_object(), *file = json_object(), *time = json_object();
    json_object_set_new(root, "schema", json_string(schema));
    json_object_set_new(root, "serin", json_string(SERIN_VERSION));
    json_object_set_new(root, "canary", json_string(config->name));
    json_object_set_new(file, "file", json_string(config->file));
    json_object_set_new(file, "sha256", json_string(config->sha256));
    json_object_set_new(root, "config", file);
    json_object_set_new(root, "judge", json_string(config->judge.name));
    json_object_set_new(time, "from", result_instant(history->from_ms));
    json_object_set_new(time, "to", result_instant(history->to_ms));
    json_object_set_new(root, "time", time);
    json_object_set_new(root, "window", window_json(&config->window));
    return root;
}
