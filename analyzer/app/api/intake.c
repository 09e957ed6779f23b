// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/intake.h"

#include <stdio.h>
#include <string.h>

#include "analyzer/config_files.h"
#include "api/view_value.h"

void intake_refuse_json(struct intake *intake, const struct intake_refusal *refusal) {
    json_t *body = errand_error_body(refusal->code, refusal->hint, refusal->message);
    if (refusal->findings != NULL)
        json_object_set_new(json_object_get(body, "error"), "findings", view_findings(refusal->findings->items, refusal->findings->count));
    if (refusal->again) errand_header(intake->errand, "Retry-After", "5");
    errand_json(intake->errand, refusal->status, body);
}

static void found_by_clerk(void *user, struct errand *errand, void *input) {
    struct intake *intake = input;
    (void)user;
    (void)errand;
    intake->found(intake);
}

static void hand_to_clerk(struct intake *intake) {
    desk_give(intake->service->clerks, "found", intake->errand, found_by_clerk, intake);
}

static void refuse(struct intake *intake, int status, const char *code, const char *hint, const char *message, bool again) {
    struct intake_refusal refusal = {.status = status, .code = code, .hint = hint, .message = message, .again = again};
    intake->refused(intake, &refusal);
}

static void answered(void *user, const struct engine_answer *answer) {
    struct intake *intake = user;
    snprintf(intake->id, sizeof intake->id, "%s", answer->id);
    switch (answer->kind) {
    case ENGINE_OK:
        intake->opened(intake);
        return;
    case ENGINE_SAME:
        hand_to_clerk(intake);
        return;
    case ENGINE_REUSED:
        if (intake->key_is_enough) {
            hand_to_clerk(intake);
            return;
        }
        refuse(intake, 409, "key_reused", "use another idempotency key, or send the same request",
               arena_printf(errand_arena(intake->errand), "the idempotency key was used for a different request: analysis %s", intake->id),
               false);
        return;
    case ENGINE_FULL:
        refuse(intake, 503, "too_many_open", "ask again when some have ended", "too many analyses are open", true);
        return;
    case ENGINE_OVER:
    case ENGINE_UNKNOWN:
    case ENGINE_FAILED:
        refuse(intake, 503, "store_failed", "ask again; see the log of the service", "the analysis could not be kept", true);
        return;
    }
}

static void submit(struct intake *intake, struct view text, const char *file) {
    struct arena *arena = errand_arena(intake->errand);
    struct engine_submission submission = {.request = intake->request, .config = text, .config_file = file, .who = intake->who};
    struct findings findings;
    struct error err = {0};
    findings_init(&findings, arena);
    bool allowed = intake->request.canary != NULL || intake->is_admin || config_names_no_files(text, file, arena, &findings);
    if (!allowed) {
        refuse(intake, 403, "names_files", "have the config put into the service's folder, or ask as an admin",
               "the config names files of the server", false);
    } else if (!engine_submit(intake->service->engine, &submission, &findings, answered, intake, &err)) {
        bool config = err.code == ERROR_CONFIG || findings.errors > 0;
        struct intake_refusal refusal = {
            422, config ? "bad_config" : "bad_request", config ? "serin check tells the same" : "", err.text, &findings, false};
        if (err.text[0] == '\0') refusal.message = "the config has errors";
        intake->refused(intake, &refusal);
    }
    findings_finish(&findings);
}

static void submit_by_clerk(void *user, struct errand *errand, void *input) {
    struct intake *intake = input;
    (void)user;
    (void)errand;
    submit(intake, intake->request.config, "config");
}

static void submit_named(struct intake *intake) {
    const struct catalog_view *view = catalog_take(intake->service->catalog);
    const struct catalog_entry *entry = catalog_find(view, intake->request.canary);
    const char *var = entry != NULL ? catalog_var_among(&entry->secret_vars, &intake->request.overrides.vars) : NULL;
    if (var != NULL && !intake->is_admin) {
        refuse(intake, 403, "fixed_variable", "have it set in the config, or ask as an admin",
               arena_printf(errand_arena(intake->errand), "the variable %s decides which server gets a secret", var), false);
    } else if (entry != NULL) {
        submit(intake, entry->text, entry->file);
    } else {
        refuse(intake, 422, "unknown_canary", "GET /api/v1/configs lists what there is",
               arena_printf(errand_arena(intake->errand), "there is no config of the name %s", intake->request.canary), false);
    }
    catalog_release(intake->service->catalog, view);
}

void intake_begin(struct intake *intake) {
    if (intake->request.canary != NULL) {
        submit_named(intake);
    } else if (intake->request.config.ptr != NULL) {
        desk_give(intake->service->clerks, "inline", intake->errand, submit_by_clerk, intake);
    } else {
        refuse(intake, 422, "bad_request", "give canary, the name of a config, or config, the text of one", "the request names no canary",
               false);
    }
}
