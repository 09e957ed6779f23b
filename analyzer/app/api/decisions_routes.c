// SPDX-License-Identifier: GPL-3.0-or-later
// Freezes and approvals, which people decide, and the audit log of who changed what.
#include <string.h>

#include "analyzer/freeze.h"
#include "analyzer/gate.h"
#include "api/audit.h"
#include "api/body.h"
#include "api/gate_watch.h"
#include "api/named_config.h"
#include "api/parameter.h"
#include "api/reply.h"
#include "api/view_value.h"
#include "base/timetext.h"

#define DECIDE_MS INT64_C(30000)
#define AUDIT_MOST 500

struct decision {
    const char *who;                 // name of the token
    const char *by;                  // who decides; only an admin may name another than `who`
    const char *reason, *scope, *id; // those that the route has
    int64_t until_ms, lasts_ms;
    bool all;
    struct approval approval;
    struct named_config *named;
};

// Reads by and reason. Gates count approvals by person, so only an admin may decide in another's name. False when the call was answered.
static bool read_by(struct call *call, const json_t *body, struct decision *ret) {
    struct call_who who = call_who(call);
    if (!body_text(call, body, "by", false, call_arena(call), &ret->by) ||
        !body_text(call, body, "reason", true, call_arena(call), &ret->reason))
        return false;
    if (ret->by == NULL) ret->by = who.name;
    ret->who = who.name;
    if (who.role == ROLE_ADMIN || strcmp(ret->by, who.name) == 0) return true;
    reply_error_hint(call, 403, "not_yourself", "leave by out, or ask as an admin", "the token of %s cannot decide for others", who.name);
    return false;
}

static struct decision *begin(struct call *call, const struct decision *from, struct errand **ret) {
    struct errand *errand = *ret = errand_begin(call, DECIDE_MS);
    struct arena *arena = errand_arena(errand);
    struct decision *d = arena_alloc(arena, sizeof *d);
    *d = *from;
    d->who = arena_strdup(arena, from->who);
    d->by = arena_strdup(arena, from->by);
    d->reason = arena_strdup(arena, from->reason);
    d->scope = arena_strdup(arena, from->scope);
    d->id = arena_strdup(arena, from->id);
    d->approval.artefact = arena_strdup(arena, from->approval.artefact);
    return d;
}

static json_t *freeze_view(const struct freeze *freeze) {
    json_t *item = freeze_json(freeze);
    json_object_set_new(item, "active", json_boolean(freeze_is_active(freeze, wall_now_ms())));
    return item;
}

static void refuse(struct errand *errand, const struct error *err) {
    if (err->code == ERROR_USAGE) {
        errand_error(errand, 422, "bad_request", "", "%s", err->text);
    } else {
        errand_error(errand, 503, "state_failed", "see the folder of --state", "%s", err->text);
    }
}

// Freezes.

static void list_by_clerk(void *user, struct errand *errand, void *input) {
    const struct service *service = user;
    const struct decision *d = input;
    struct freezes freezes;
    struct error err = {0};
    if (!freeze_list(service->state_dir, errand_arena(errand), &freezes, &err)) {
        refuse(errand, &err);
        return;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < freezes.count; i++) {
        if (d->all || freeze_is_active(&freezes.items[i], wall_now_ms())) json_array_append_new(list, freeze_view(&freezes.items[i]));
    }
    errand_json(errand, 200, json_pack("{s:o}", "freezes", list));
}

static void list_freezes(struct call *call) {
    const char *all = call_query(call, "all");
    struct decision from = {.all = all != NULL && strcmp(all, "true") == 0};
    struct errand *errand;
    if (all != NULL && strcmp(all, "true") != 0 && strcmp(all, "false") != 0) {
        reply_error(call, 400, "bad_parameter", "all must be true or false");
        return;
    }
    struct decision *d = begin(call, &from, &errand);
    desk_give(service_of(call)->clerks, "state", errand, list_by_clerk, d);
}

static void set_by_clerk(void *user, struct errand *errand, void *input) {
    const struct service *service = user;
    const struct decision *d = input;
    struct freeze freeze = {.by = d->by, .reason = d->reason, .at_ms = wall_now_ms()};
    struct error err = {0};
    freeze.until_ms = d->until_ms != 0 ? d->until_ms : freeze.at_ms + d->lasts_ms;
    if (!freeze_read_scope(d->scope, &freeze, &err) || !freeze_set(service->state_dir, &freeze, &err)) {
        refuse(errand, &err);
    } else if (!audit_add(service, d->who, "freeze.set", freeze.id, d->reason, &err)) {
        errand_store_failed(errand, &err);
    } else {
        errand_json(errand, 201, freeze_view(&freeze));
    }
}

static void set_freeze(struct call *call) {
    static const char *const names[] = {"scope", "until", "for", "reason", "by", NULL};
    struct decision from = {0};
    struct errand *errand;
    const json_t *body;
    if (!body_object(call, names, &body) || !body_text(call, body, "scope", true, call_arena(call), &from.scope) ||
        !body_time(call, body, "until", &from.until_ms) || !body_duration(call, body, "for", &from.lasts_ms) || !read_by(call, body, &from))
        return;
    if ((from.until_ms != 0) == (from.lasts_ms != 0)) {
        reply_error(call, 422, "bad_request", "give until, a time, or for, a duration");
        return;
    }
    struct decision *d = begin(call, &from, &errand);
    desk_give(service_of(call)->clerks, "state", errand, set_by_clerk, d);
}

static bool is_active_freeze(const struct freezes *freezes, const char *id) {
    for (size_t i = 0; i < freezes->count; i++) {
        if (strcmp(freezes->items[i].id, id) == 0) return freeze_is_active(&freezes->items[i], wall_now_ms());
    }
    return false;
}

static void lift_by_clerk(void *user, struct errand *errand, void *input) {
    const struct service *service = user;
    const struct decision *d = input;
    struct arena *arena = errand_arena(errand);
    struct freezes freezes, lifted;
    struct error err = {0};
    if (!freeze_list(service->state_dir, arena, &freezes, &err)) {
        refuse(errand, &err);
    } else if (!is_active_freeze(&freezes, d->id)) {
        errand_error(errand, 404, "unknown_freeze", "GET /api/v1/freezes lists what there is", "there is no active freeze %.64s", d->id);
    } else if (!freeze_lift(service->state_dir, d->id, d->by, d->reason, wall_now_ms(), arena, &lifted, &err)) {
        refuse(errand, &err);
    } else if (!audit_add(service, d->who, "freeze.lift", d->id, d->reason, &err)) {
        errand_store_failed(errand, &err);
    } else {
        errand_json(errand, 200, freeze_view(&lifted.items[0]));
    }
}

static void lift_freeze(struct call *call) {
    static const char *const names[] = {"reason", "by", NULL};
    struct decision from = {.id = call_path(call, "id")};
    struct errand *errand;
    const json_t *body;
    if (!body_object(call, names, &body) || !read_by(call, body, &from)) return;
    struct decision *d = begin(call, &from, &errand);
    desk_give(service_of(call)->clerks, "state", errand, lift_by_clerk, d);
}

// Approvals.

static void approve_by_clerk(void *user, struct errand *errand, void *input) {
    const struct service *service = user;
    struct decision *d = input;
    struct arena *arena = errand_arena(errand);
    struct gate_options options = {.now_ms = wall_now_ms(), .artefact = d->approval.artefact, .state = service->state_dir};
    struct approval approval = {.by = d->by, .reason = d->reason};
    struct error err = {0};
    const struct canary_config *config = named_config_read(d->named, errand);
    if (config == NULL) return;
    if (!gate_approve(config, &options, &approval, arena, &err)) {
        refuse(errand, &err);
    } else if (!audit_add(service, d->who, "approve", config->name, d->reason, &err)) {
        errand_store_failed(errand, &err);
    } else {
        gate_watch_note(service->gates, config->name);
        errand_json(errand, 201,
                    json_pack("{s:s,s:o,s:o,s:o,s:o}", "id", approval.id, "canary", view_text(approval.canary), "artefact",
                              view_text(approval.artefact), "by", view_text(approval.by), "reason", view_text(approval.reason)));
    }
}

static void approve(struct call *call) {
    static const char *const names[] = {"reason", "by", "artefact", "vars", NULL};
    struct decision from = {0};
    struct name_values vars = {0};
    struct errand *errand;
    const json_t *body;
    if (!body_object(call, names, &body) || !body_text(call, body, "artefact", false, call_arena(call), &from.approval.artefact) ||
        !read_by(call, body, &from) || !body_vars(call, body, call_arena(call), &vars))
        return;
    struct decision *d = begin(call, &from, &errand);
    d->named = named_config_find(service_of(call), call_path(call, "canary"), errand);
    if (d->named == NULL) return;
    named_config_set_vars(d->named, &vars, errand_arena(errand));
    desk_give(service_of(call)->clerks, "state", errand, approve_by_clerk, d);
}

// The log.

static json_t *audit_view(const struct store_audit *row) {
    return json_pack("{s:I,s:o,s:o,s:o,s:o,s:o}", "seq", (json_int_t)row->seq, "at", view_time(row->at_ms), "who", view_text(row->who),
                     "action", view_text(row->action), "subject", view_text(row->subject), "detail", view_text(row->detail));
}

static void audit(struct call *call) {
    struct store_audits page;
    struct error err = {0};
    int64_t before = 0, limit = 50;
    if (!parameter_number(call, "before", INT64_MAX, &before) || !parameter_limit(call, AUDIT_MOST, &limit)) return;
    if (!store_audit(service_of(call)->store, before, limit > 0 ? (size_t)limit : 1, call_arena(call), &page, &err)) {
        reply_store_failed(call, &err);
        return;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < page.count; i++) json_array_append_new(list, audit_view(&page.items[i]));
    bool more = page.count > 0 && page.count == (size_t)limit && page.items[page.count - 1].seq > 1;
    reply_json(call, 200, json_pack("{s:o,s:o}", "audit", list, "next", more ? json_integer(page.items[page.count - 1].seq) : json_null()));
}

static const struct route_parameter freezes_parameters[] = {
    {"all", "true: those that are over or lifted too", "{\"type\":\"boolean\"}", false}, {NULL, NULL, NULL, false}};
static const struct route_parameter audit_parameters[] = {
    {"before", "rows older than that seq", "{\"type\":\"integer\",\"minimum\":0}", false},
    {"limit", "most rows of a page; else 50", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":500}", false},
    {NULL, NULL, NULL, false},
};
static const struct route_answer freezes_answers[] = {{200, "freezes by time", "FreezeList", NULL}, {0, NULL, NULL, NULL}};
static const struct route_answer set_answers[] = {
    {201, "the gates are closed", "Document", NULL}, {422, "scope, time or text cannot be used", "Error", NULL}, {0, NULL, NULL, NULL}};
static const struct route_answer lift_answers[] = {
    {200, "lifted", "Document", NULL}, {404, "there is no such active freeze", "Error", NULL}, {0, NULL, NULL, NULL}};
static const struct route_answer approve_answers[] = {
    {201, "kept", "Document", NULL}, {404, "there is no such config", "Error", NULL}, {0, NULL, NULL, NULL}};
static const struct route_answer audit_answers[] = {{200, "rows, newest first", "AuditList", NULL}, {0, NULL, NULL, NULL}};

static const struct route routes[] = {
    {.method = "GET",
     .path = "/api/v1/freezes",
     .role = ROLE_READ,
     .handle = list_freezes,
     .resume = errand_resume,
     .operation = "listFreezes",
     .summary = "List freezes",
     .parameters = freezes_parameters,
     .answers = freezes_answers},
    {.method = "POST",
     .path = "/api/v1/freezes",
     .role = ROLE_GATE,
     .body = BODY_REQUIRED,
     .body_most = 16384,
     .handle = set_freeze,
     .resume = errand_resume,
     .operation = "setFreeze",
     .summary = "Close the gates of a canary, an owner or all until a time",
     .request_schema = "FreezeRequest",
     .answers = set_answers},
    {.method = "POST",
     .path = "/api/v1/freezes/{id}/lift",
     .role = ROLE_GATE,
     .body = BODY_REQUIRED,
     .body_most = 16384,
     .handle = lift_freeze,
     .resume = errand_resume,
     .operation = "liftFreeze",
     .summary = "Lift a freeze",
     .request_schema = "LiftRequest",
     .answers = lift_answers},
    {.method = "POST",
     .path = "/api/v1/approvals/{canary}",
     .role = ROLE_GATE,
     .body = BODY_REQUIRED,
     .body_most = 65536,
     .handle = approve,
     .resume = errand_resume,
     .operation = "approve",
     .summary = "Approve that a canary's artefact may be promoted",
     .request_schema = "ApprovalRequest",
     .answers = approve_answers},
    {.method = "GET",
     .path = "/api/v1/audit",
     .role = ROLE_ADMIN,
     .handle = audit,
     .operation = "readAudit",
     .summary = "Read who changed what, newest first",
     .parameters = audit_parameters,
     .answers = audit_answers},
};

const struct route_table decisions_table = {routes, sizeof routes / sizeof routes[0], NULL};
