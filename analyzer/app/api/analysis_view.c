// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/analysis_view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json_print.h"
#include "base/timetext.h"

const char *analysis_view_verdict(const struct store_analysis *row) {
    if (row->state == STORE_OPEN) return "running";
    if (row->state == STORE_CANCELLED) return "cancelled";
    return row->verdict != NULL ? row->verdict : "error";
}

struct link {
    const char *name, *rest;
};

static const struct link links[] = {{"self", ""},
                                    {"wait", "/wait"},
                                    {"cancel", "/cancel"},
                                    {"looks", "/looks"},
                                    {"result", "/result"},
                                    {"report", "/report?format=html"},
                                    {"evidence", "/evidence"}};

static json_t *links_of(const struct service *service, const char *id) {
    json_t *object = json_object();
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        char path[STORE_ID_LEN + 64];
        snprintf(path, sizeof path, "/api/v1/analyses/%s%s", id, links[i].rest);
        json_object_set_new(object, links[i].name, view_link(service, path));
    }
    return object;
}

// Written directly, without a JSON tree: it runs on the store's thread, and many analyses are accepted at once.
// Each link begins with the address of the service in quotes, of which the last is left out.
void analysis_view_accepted(const struct service *service, const char *id, struct buf *out) {
    struct buf base;
    buf_init(&base, 8192);
    if (!json_print_text(&base, view_of(service->public_url))) {
        buf_clear(&base);
        buf_str(&base, "\"\"");
    }
    buf_printf(out, "{\"id\":\"%s\",\"state\":\"%s\",\"verdict\":\"running\",\"links\":{", id, store_state_name(STORE_OPEN));
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        if (i > 0) buf_char(out, ',');
        json_print_text(out, view_of(links[i].name));
        buf_char(out, ':');
        buf_bytes(out, buf_text(&base), base.len - 1);
        buf_str(out, "/api/v1/analyses/");
        buf_str(out, id);
        buf_str(out, links[i].rest);
        buf_char(out, '"');
    }
    buf_str(out, "}}");
    buf_finish(&base);
}

json_t *analysis_view_short(const struct service *service, const struct store_analysis *row) {
    json_t *root = json_object();
    json_object_set_new(root, "id", view_text(row->id));
    json_object_set_new(root, "canary", view_text(row->canary));
    json_object_set_new(root, "state", view_text(store_state_name(row->state)));
    json_object_set_new(root, "verdict", view_text(analysis_view_verdict(row)));
    json_object_set_new(root, "score", view_number(row->score));
    json_object_set_new(root, "exit_code", row->exit_code >= 0 ? json_integer(row->exit_code) : json_null());
    json_object_set_new(root, "version", view_text(row->version));
    json_object_set_new(root, "artefact", view_text(row->artefact));
    json_object_set_new(root, "config", view_text(row->config_name));
    json_object_set_new(root, "config_sha256", view_text(row->config_sha256));
    json_object_set_new(root, "created", view_time(row->created_ms));
    json_object_set_new(root, "created_by", view_text(row->created_by));
    json_object_set_new(root, "start", view_time(row->start_ms));
    json_object_set_new(root, "end", view_time(row->horizon_ms));
    json_object_set_new(root, "finished", view_time(row->finished_ms));
    json_object_set_new(root, "looks", json_integer((json_int_t)row->looks));
    json_object_set_new(root, "revision", json_integer(row->revision));
    json_object_set_new(root, "links", links_of(service, row->id));
    return root;
}

// The chance of a false fail that the looks so far have spent.
static json_t *spent_alpha(const char *look_state) {
    json_t *state = look_state != NULL ? json_loads(look_state, 0, NULL) : NULL, *look;
    double spent = (double)NAN;
    size_t i;
    json_array_foreach(json_object_get(state, "looks"), i, look) {
        const json_t *value = json_object_get(look, "spent");
        if (json_is_number(value)) spent = json_number_value(value);
    }
    json_decref(state);
    return view_number(spent);
}

static json_t *list_of(const json_t *result, const char *name) {
    json_t *list = json_deep_copy(json_object_get(result, name));
    return list != NULL ? list : json_array();
}

static void add_request(json_t *root, const char *request) {
    json_t *json = request != NULL ? json_loads(request, 0, NULL) : NULL;
    json_t *correlation = json_object_get(json, "correlation_id");
    json_object_set_new(root, "correlation_id", correlation != NULL ? json_incref(correlation) : json_null());
    json_object_set_new(root, "request", json != NULL ? json : json_null());
}

static struct engine_now now_of(const struct service *service, const struct store_analysis *row) {
    struct engine_now now = {0};
    if (row->state == STORE_OPEN) engine_now(service->engine, row->id, &now);
    if (!now.found) now.looks = now.planned = row->looks;
    if (row->state == STORE_OPEN && now.planned <= now.looks) now.planned = now.looks + 1; // one that failed is taken again
    return now;
}

json_t *analysis_view_progress(const struct service *service, const struct store_analysis *row) {
    struct engine_now now = now_of(service, row);
    char text[64];
    snprintf(text, sizeof text, "%zu of %zu looks", now.looks, now.planned);
    return json_string(text);
}

static void add_progress(const struct service *service, json_t *root, const struct store_analysis *row) {
    struct engine_now now = now_of(service, row);
    json_object_set_new(root, "progress", analysis_view_progress(service, row));
    json_object_set_new(root, "phase", now.found ? json_string(now.phase) : json_null());
    json_object_set_new(root, "planned_looks", now.found ? json_integer((json_int_t)now.planned) : json_null());
    json_object_set_new(root, "next_look", now.found ? view_time(now.next_ms) : json_null());
}

json_t *analysis_view_silenced(const struct service *service, const struct store_analysis *row) {
    bool alerts = row->state == STORE_DONE && strcmp(analysis_view_verdict(row), "pass") != 0;
    return alerts ? courier_silenced(service->courier, row->canary, row->id) : json_array();
}

json_t *analysis_view(const struct service *service, const struct store_analysis *row) {
    json_t *root = analysis_view_short(service, row);
    json_t *result = row->result != NULL ? json_loads(row->result, 0, NULL) : NULL;
    json_object_set_new(root, "reasons", list_of(result, "reasons"));
    json_object_set_new(root, "missing", list_of(result, "missing"));
    json_object_set_new(root, "next", list_of(result, "next"));
    json_object_set_new(root, "spent_alpha", spent_alpha(row->look_state));
    json_object_set_new(root, "alerts_suppressed", analysis_view_silenced(service, row));
    json_object_set_new(root, "updated", view_time(row->updated_ms));
    add_progress(service, root, row);
    add_request(root, row->request);
    json_decref(result);
    return root;
}

static const char *first_reason(const struct store_analysis *row, struct arena *arena) {
    json_t *result = row->result != NULL ? json_loads(row->result, 0, NULL) : NULL;
    const char *reason = json_string_value(json_array_get(json_object_get(result, "reasons"), 0));
    const char *copy = arena_strdup(arena, reason);
    json_decref(result);
    return copy;
}

const char *analysis_view_sentence(const struct service *service, const struct store_analysis *row, struct arena *arena) {
    struct engine_now now = now_of(service, row);
    if (row->state == STORE_OPEN) return arena_printf(arena, "running: %zu of %zu looks taken", now.looks, now.planned);
    const char *reason = first_reason(row, arena), *verdict = analysis_view_verdict(row);
    const char *score = isfinite(row->score) ? arena_printf(arena, ", score %.4g", row->score) : "";
    return reason != NULL ? arena_printf(arena, "%s%s: %s", verdict, score, reason) : arena_printf(arena, "%s%s", verdict, score);
}
