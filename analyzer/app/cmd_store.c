// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include "analyzer/archive_backup.h"
#include "analyzer/store.h"
#include "base/timetext.h"
#include "command.h"
#include "exporters/store_report.h"
#include "history_command.h"

#define DEAD_MOST ((size_t)1000) // that are listed

static void set_time(json_t *object, const char *key, int64_t ms) {
    struct buf text;
    buf_init(&text, 64);
    time_format(&text, ms);
    json_object_set_new(object, key, json_string(buf_text(&text)));
    buf_finish(&text);
}

static void set_text(json_t *object, const char *key, const char *text) {
    json_object_set_new(object, key, text != NULL ? json_string(text) : json_null());
}

static bool publish_document(json_t *document, const struct options *options, struct error *err) {
    set_text(document, "store", options->store.where);
    bool ok = history_publish(document, store_text, options, err);
    json_decref(document);
    return ok;
}

// *ret is NULL where nothing was ever kept.
static bool open_archive(const struct options *options, struct arena *arena, struct run_archive **ret, struct error *err) {
    const char *folder = run_archive_folder(arena, options->store.where);
    *ret = NULL;
    if (store_is_shared(options->store.where)) return true; // it is not beside the store
    if (access(folder, F_OK) != 0) return true;
    *ret = run_archive_open(folder, 0, 0, err);
    return *ret != NULL;
}

// Looks without answers, beside what there is of answers.
static bool count_evidence(struct store *store, const struct options *options, struct arena *arena, json_t **ret, struct error *err) {
    struct archive_backup_counts c;
    struct run_archive *archive;
    if (!open_archive(options, arena, &archive, err)) return false;
    *ret = NULL;
    bool ok = archive == NULL || archive_backup_count(store, archive, &c, err);
    if (ok && archive != NULL)
        *ret = json_pack("{s:I,s:I,s:I}", "kept", (json_int_t)(c.looks - c.missing), "missing", (json_int_t)c.missing, "bytes",
                         (json_int_t)c.bytes);
    run_archive_close(archive);
    return ok;
}

static bool check(struct store *store, const struct options *options, struct arena *arena, struct error *err) {
    struct store_counts c;
    json_t *evidence;
    if (!store_check(store, err) || !store_count(store, &c, err) || !count_evidence(store, options, arena, &evidence, err)) return false;
    const struct {
        const char *name;
        int64_t count;
    } rows[] = {
        {"open", c.open},       {"done", c.done},           {"cancelled", c.cancelled}, {"looks", c.looks}, {"configs", c.configs},
        {"pending", c.pending}, {"delivered", c.delivered}, {"dead", c.dead},           {"memos", c.memos}, {"audits", c.audits},
    };
    json_t *document = json_object(), *counts = json_object();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) json_object_set_new(counts, rows[i].name, json_integer(rows[i].count));
    set_text(document, "schema", "serin.store/1");
    json_object_set_new(document, "schema_version", json_integer(c.schema_version));
    json_object_set_new(document, "counts", counts);
    if (evidence != NULL) json_object_set_new(document, "evidence", evidence);
    return publish_document(document, options, err);
}

static json_t *message_json(const struct store_message *m) {
    json_t *item = json_object();
    set_text(item, "id", m->id);
    set_text(item, "analysis", m->analysis);
    set_text(item, "target", m->target);
    set_text(item, "kind", m->kind);
    set_text(item, "event", m->event);
    set_time(item, "created", m->created_ms);
    set_time(item, "given_up", m->ended_ms);
    json_object_set_new(item, "attempts", json_integer(m->attempts));
    json_object_set_new(item, "status", m->status > 0 ? json_integer(m->status) : json_null());
    set_text(item, "error", m->last_error);
    return item;
}

static const char *person(void) {
    const char *login = getenv("LOGNAME");
    return login != NULL && *login != '\0' ? login : "unknown";
}

static bool replay(struct store *store, const char *which, struct error *err) {
    struct store_batch *batch = store_batch_create();
    struct store_outcome outcome;
    int64_t now_ms = wall_now_ms();
    store_batch_replay(batch, strcmp(which, "all") == 0 ? NULL : which, now_ms);
    store_batch_add_audit(batch, &(struct store_audit){.at_ms = now_ms, .who = person(), .action = "replay", .subject = which});
    if (store_submit_wait(store, batch, &outcome)) return true;
    *err = outcome.err;
    return false;
}

static bool dead(struct store *store, const struct options *options, struct arena *arena, struct error *err) {
    struct store_messages messages;
    struct store_counts before, after;
    const char *which = options->store.replay;
    bool ok = store_count(store, &before, err) && (which == NULL || replay(store, which, err)) &&
              store_dead(store, 0, DEAD_MOST, arena, &messages, err) && store_count(store, &after, err);
    if (!ok) return false;
    json_t *document = json_object(), *list = json_array();
    for (size_t i = 0; i < messages.count; i++) json_array_append_new(list, message_json(&messages.items[i]));
    set_text(document, "schema", "serin.store.dead/1");
    json_object_set_new(document, "replayed", json_integer(which != NULL && before.dead > after.dead ? before.dead - after.dead : 0));
    json_object_set_new(document, "count", json_integer(after.dead));
    json_object_set_new(document, "dead", list);
    return publish_document(document, options, err);
}

static bool backup(struct store *store, const struct options *options, struct arena *arena, struct error *err) {
    const char *file = options->operands[1];
    struct archive_backup_counts c;
    struct run_archive *archive = NULL;
    bool evidence = options->store.evidence && !store_is_shared(options->store.where);
    bool ok = !evidence || open_archive(options, arena, &archive, err);
    if (ok && evidence) {
        ok = archive_backup(store, options->store.where, archive, file, &c, err);
    } else if (ok) {
        ok = store_backup(store, file, err);
    }
    run_archive_close(archive);
    if (!ok) return false;
    if (options->store.evidence) {
        printf("written to %s: %llu looks, %llu of them with their answers, %.1f MiB\n", file, (unsigned long long)c.looks,
               (unsigned long long)(c.looks - c.missing), (double)c.bytes / (1 << 20));
    } else {
        printf("written to %s\n", file);
    }
    return fflush(stdout) == 0 || error_set(err, ERROR_IO, "standard output: cannot be written");
}

static bool act(const struct options *options, struct arena *arena, struct error *err) {
    static const struct {
        const char *name;
        size_t operands;
        bool (*run)(struct store *store, const struct options *options, struct arena *arena, struct error *err);
    } actions[] = {{"backup", 2, backup}, {"check", 1, check}, {"dead", 1, dead}};
    const char *name = options->operand_count > 0 ? options->operands[0] : "";
    size_t i = 0;
    while (i < 3 && strcmp(name, actions[i].name) != 0) i++;
    if (i == 3) return error_set(err, ERROR_USAGE, "store takes backup, check or dead; see serin store --help");
    if (options->operand_count != actions[i].operands)
        return error_set(err, ERROR_USAGE, "store %s takes %s", name, actions[i].operands == 2 ? "the FILE to write" : "no further name");
    if (options->store.where == NULL) return error_set(err, ERROR_USAGE, "store %s needs --store", name);
    if (options->store.replay != NULL && actions[i].run != dead) return error_set(err, ERROR_USAGE, "--replay belongs to store dead");
    if (options->store.evidence && actions[i].run != backup) return error_set(err, ERROR_USAGE, "--evidence belongs to store backup");
    struct store *store = store_open(options->store.where, &(struct store_options){0}, err);
    bool ok = store != NULL && actions[i].run(store, options, arena, err);
    store_close(store);
    return ok;
}

static int run(const struct options *options, struct arena *arena) {
    struct error err = {0};
    if (act(options, arena, &err)) return EXIT_PASS;
    tell_error(&err);
    return EXIT_USAGE;
}

const struct command cmd_store = {
    .name = "store",
    .usage = "store backup FILE [--evidence] --store PATH | store check --store PATH | store dead [--replay ID|all] --store PATH",
    .summary = "copy or check what serin serve keeps, list and replay messages that were given up",
    .details = "All of it may be done while the store is in use. The exit code is 0 when it was done and nothing is wrong, else 2.\n",
    .options = OPTIONS_STORE,
    .run = run,
};
