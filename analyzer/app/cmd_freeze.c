// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdlib.h>
#include <string.h>

#include "analyzer/freeze.h"
#include "base/timetext.h"
#include "command.h"
#include "exporters/gate_report.h"
#include "history_command.h"

// The user's name at the system, which people overrule with --by. The log has the number beside it.
static const char *person(const struct options *options) {
    const char *login = getenv("LOGNAME");
    if (options->gate.by != NULL) return options->gate.by;
    return login != NULL && *login != '\0' ? login : "unknown";
}

static int64_t now_ms(const struct options *options) {
    return options->end_ms != INT64_MIN ? options->end_ms : wall_now_ms();
}

static const char *state_of(const struct options *options, struct arena *arena) {
    return options->gate.state != NULL ? options->gate.state : state_dir_default(arena);
}

static bool publish_freezes(const struct freezes *freezes, const struct options *options, struct arena *arena, struct error *err) {
    json_t *document = json_object(), *list = json_array();
    for (size_t i = 0; i < freezes->count; i++) {
        json_t *item = freeze_json(&freezes->items[i]);
        json_object_set_new(item, "active", json_boolean(freeze_is_active(&freezes->items[i], now_ms(options))));
        json_array_append_new(list, item);
    }
    json_object_set_new(document, "schema", json_string("serin.freezes/1"));
    json_object_set_new(document, "state", json_string(state_of(options, arena)));
    json_object_set_new(document, "freezes", list);
    bool ok = history_publish(document, freezes_text, options, err);
    json_decref(document);
    return ok;
}

static bool set(const struct options *options, struct arena *arena, struct error *err) {
    const struct gate_arguments *a = &options->gate;
    struct freeze freeze = {.reach = FREEZE_CANARY, .by = person(options), .reason = a->reason, .at_ms = now_ms(options)};
    bool named = options->operand_count == 2;
    if (named == (a->scope != NULL)) return error_set(err, ERROR_USAGE, "freeze set takes the NAME of a canary or --scope");
    if (a->reason == NULL) return error_set(err, ERROR_USAGE, "freeze set needs --reason");
    if (a->until_ms == 0 && a->lasts_ms == 0) return error_set(err, ERROR_USAGE, "freeze set needs --until");
    freeze.until_ms = a->until_ms != 0 ? a->until_ms : freeze.at_ms + a->lasts_ms;
    const char *scope = named ? arena_printf(arena, "canary=%s", options->operands[1]) : a->scope;
    if (!freeze_read_scope(scope, &freeze, err) || !freeze_set(state_of(options, arena), &freeze, err)) return false;
    return publish_freezes(&(struct freezes){&freeze, 1}, options, arena, err);
}

static bool list(const struct options *options, struct arena *arena, struct error *err) {
    struct freezes all, shown = {0};
    if (options->operand_count != 1) return error_set(err, ERROR_USAGE, "freeze list takes no name");
    if (!freeze_list(state_of(options, arena), arena, &all, err)) return false;
    shown.items = all.items;
    for (size_t i = 0; i < all.count; i++) {
        if (options->gate.all || freeze_is_active(&all.items[i], now_ms(options))) shown.items[shown.count++] = all.items[i];
    }
    return publish_freezes(&shown, options, arena, err);
}

static bool lift(const struct options *options, struct arena *arena, struct error *err) {
    const struct gate_arguments *a = &options->gate;
    struct freezes lifted;
    bool named = options->operand_count == 2;
    if (named == (a->scope != NULL))
        return error_set(err, ERROR_USAGE, "freeze lift takes the ID of a freeze, the NAME of a canary or --scope");
    if (a->reason == NULL) return error_set(err, ERROR_USAGE, "freeze lift needs --reason");
    return freeze_lift(state_of(options, arena), named ? options->operands[1] : a->scope, person(options), a->reason, now_ms(options),
                       arena, &lifted, err) &&
           publish_freezes(&lifted, options, arena, err);
}

static int run(const struct options *options, struct arena *arena) {
    static const struct {
        const char *name;
        bool (*run)(const struct options *options, struct arena *arena, struct error *err);
    } actions[] = {{"set", set}, {"list", list}, {"lift", lift}};
    struct error err = {0};
    bool ok = false, found = false;
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (options->operand_count == 0 || options->operand_count > 2 || strcmp(options->operands[0], actions[i].name) != 0) continue;
        found = true;
        ok = actions[i].run(options, arena, &err);
    }
    if (!found) error_set(&err, ERROR_USAGE, "freeze takes set, list or lift; see serin freeze --help");
    if (!ok) tell_error(&err);
    return ok ? EXIT_PASS : EXIT_USAGE;
}

const struct command cmd_freeze = {
    .name = "freeze",
    .usage = "freeze set NAME|--scope SCOPE --until TIME --reason TEXT | list [--all] | lift ID|NAME|--scope SCOPE --reason TEXT",
    .summary = "close the gates of a canary, an owner or all until a time; tell and lift freezes",
    .details =
        "SCOPE is all, owner=NAME or canary=NAME; NAME alone is a canary. Every change is kept in audit.jsonl of the state directory.\n"
        "The exit code is 0 when it was done, 2 when it was not.\n",
    .options = OPTIONS_FREEZE | OPTIONS_STATE,
    .run = run,
};
