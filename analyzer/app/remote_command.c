// SPDX-License-Identifier: GPL-3.0-or-later
// Commands that a service carries out: the request is made from the same options, the reports and exit codes are the same.
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/http.h"
#include "base/timetext.h"
#include "exporters/gate_report.h"
#include "history_command.h"
#include "remote.h"

#define REQUEST_MS INT64_C(60000)

static void set_text(json_t *body, const char *name, const char *text) {
    if (text != NULL) json_object_set_new(body, name, json_string(text));
}

static void set_time(json_t *body, const char *name, int64_t ms) {
    struct buf text;
    if (ms == INT64_MIN || ms == 0) return;
    buf_init(&text, 64);
    time_format(&text, ms);
    json_object_set_new(body, name, json_string(buf_text(&text)));
    buf_finish(&text);
}

static void set_duration(json_t *body, const char *name, int64_t ms) {
    struct buf text;
    if (ms == 0) return;
    buf_init(&text, 64);
    duration_format(&text, ms);
    json_object_set_new(body, name, json_string(buf_text(&text)));
    buf_finish(&text);
}

static void set_vars(json_t *body, const struct name_values *vars) {
    if (vars->count == 0) return;
    json_t *object = json_object();
    for (size_t i = 0; i < vars->count; i++) json_object_set_new(object, vars->items[i].name, json_string(vars->items[i].value));
    json_object_set_new(body, "vars", object);
}

static void set_overrides(json_t *body, const struct options *options) {
    const struct config_overrides *o = &options->overrides;
    bool bounded = options->start_ms != INT64_MIN && options->end_ms != INT64_MIN;
    set_vars(body, &o->vars);
    set_text(body, "url", o->url);
    if (!bounded) set_duration(body, "length", o->length_ms);
    set_duration(body, "step", o->step_ms);
    if (!isnan(o->pass)) json_object_set_new(body, "pass", json_real(o->pass));
    if (!isnan(o->marginal)) json_object_set_new(body, "marginal", json_real(o->marginal));
    if (o->sides[SIDE_BASELINE] == NULL && o->sides[SIDE_CANARY] == NULL) return;
    json_t *sides = json_object();
    set_text(sides, "baseline", o->sides[SIDE_BASELINE]);
    set_text(sides, "canary", o->sides[SIDE_CANARY]);
    json_object_set_new(body, "sides", sides);
}

// An operand that is a file is sent as it is; anything else is the name of a config that the service has.
static bool set_config(json_t *body, const char *operand, struct arena *arena, struct error *err) {
    struct stat facts;
    struct view text;
    if (strcmp(operand, "-") != 0 && stat(operand, &facts) != 0) {
        set_text(body, "canary", operand);
        return true;
    }
    if (!read_config_file(operand, arena, &text, err)) return false;
    json_t *config = json_stringn(text.ptr, text.len);
    if (config == NULL) return error_set(err, ERROR_CONFIG, "%s: is not UTF-8", operand);
    json_object_set_new(body, "config", config);
    return true;
}

static json_t *analysis_body(const struct options *options, struct arena *arena, struct error *err) {
    json_t *body = json_object();
    if (!set_config(body, options->operands[0], arena, err)) {
        json_decref(body);
        return NULL;
    }
    set_overrides(body, options);
    set_time(body, "start", options->start_ms);
    set_time(body, "end", options->end_ms);
    set_text(body, "version", options->remote.release);
    set_text(body, "idempotency_key", options->remote.key);
    return body;
}

// With a key the request may be made again without a second analysis.
static json_t *ask_to_start(struct remote *remote, const json_t *body, const struct options *options, struct error *err) {
    struct remote_request request = {"POST", "/api/v1/analyses", body, REQUEST_MS};
    int64_t timeout_ms = options->remote.timeout_ms;
    struct remote_patience patience = {.until_ms = timeout_ms > 0 ? mono_now_ms() + timeout_ms : INT64_MAX,
                                       .seed = (uint64_t)wall_now_ms()};
    json_t *accepted;
    int status;
    do {
        accepted = remote_call(remote, &request, &status, err);
    } while (accepted == NULL && remote_be_patient(&patience, status, options->remote.key != NULL, err));
    if (accepted == NULL || remote_is_analysis(accepted, NULL)) return accepted;
    error_set(err, ERROR_SOURCE, "%s: is no serin serve", options->remote.server);
    json_decref(accepted);
    return NULL;
}

static int start(struct remote *remote, const json_t *body, const struct options *options) {
    struct error err = {0};
    json_t *accepted = ask_to_start(remote, body, options, &err);
    const char *id = json_string_value(json_object_get(accepted, "id"));
    int code = EXIT_PASS;
    if (accepted == NULL) {
        tell_error(&err);
        code = exit_code_of(&err);
    } else if (options->remote.wait) {
        code = remote_finish(remote, id, options);
    } else {
        printf("%s\n", id);
        if (fflush(stdout) != 0) code = EXIT_USAGE;
    }
    json_decref(accepted);
    return code;
}

int remote_analyze(const struct options *options, struct arena *arena) {
    struct error err = {0};
    struct remote *remote = remote_open(&options->remote, &err);
    json_t *body = remote != NULL ? analysis_body(options, arena, &err) : NULL;
    int code = EXIT_USAGE;
    if (body != NULL)
        code = start(remote, body, options);
    else
        tell_error(&err);
    json_decref(body);
    remote_close(remote);
    return code;
}

int remote_gate(const struct options *options, struct arena *arena) {
    struct error err = {0};
    struct buf path;
    json_t *body = json_object(), *document = NULL;
    struct remote *remote = remote_open(&options->remote, &err);
    (void)arena;
    set_vars(body, &options->overrides.vars);
    set_text(body, "artefact", options->gate.digest);
    set_time(body, "release_start", options->release_start_ms);
    buf_init(&path, 4096);
    buf_str(&path, "/api/v1/gate/");
    http_percent_encode(&path, view_of(options->operands[0]));
    struct remote_request request = {"POST", buf_text(&path), body, REQUEST_MS};
    if (remote != NULL) document = remote_call(remote, &request, NULL, &err);
    if (document != NULL && !json_is_string(json_object_get(document, "gate"))) {
        error_set(&err, ERROR_SOURCE, "%s: is no serin serve", options->remote.server);
        json_decref(document);
        document = NULL;
    }
    int code = document != NULL ? analysis_exit_code(document) : exit_code_of(&err);
    bool shown = document != NULL && history_publish(document, gate_text, options, &err);
    if (!shown) tell_error(&err);
    if (document != NULL && options->gate.advisory) code = EXIT_PASS;
    if (document != NULL && !shown && code == EXIT_PASS) code = EXIT_USAGE; // a report that is lost opens nothing
    buf_finish(&path);
    json_decref(document);
    json_decref(body);
    remote_close(remote);
    return code;
}
