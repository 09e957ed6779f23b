// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/named_config.h"

#include "api/view_value.h"

static struct texts copy_texts(const struct texts *from, struct arena *arena) {
    struct texts texts = {arena_array(arena, from->count + 1, sizeof *texts.items), from->count};
    for (size_t i = 0; i < from->count; i++) texts.items[i] = arena_strdup(arena, from->items[i]);
    return texts;
}

const char *named_config_fixed(const struct named_config *named, const struct name_values *vars, enum role role) {
    if (role >= ROLE_ADMIN) return NULL;
    return catalog_var_among(role >= ROLE_RUN ? &named->secret_vars : &named->server_vars, vars);
}

struct named_config *named_config_of(const struct service *service, const char *name, struct arena *arena) {
    struct named_config *named = NULL;
    const struct catalog_view *view = catalog_take(service->catalog);
    const struct catalog_entry *entry = catalog_find(view, name);
    if (entry != NULL) {
        named = arena_alloc(arena, sizeof *named);
        named->text = (struct view){arena_strndup(arena, entry->text.ptr, entry->text.len), entry->text.len};
        named->file = arena_strdup(arena, entry->file);
        named->server_vars = copy_texts(&entry->server_vars, arena);
        named->secret_vars = copy_texts(&entry->secret_vars, arena);
        config_overrides_init(&named->overrides);
    }
    catalog_release(service->catalog, view);
    return named;
}

struct named_config *named_config_find(const struct service *service, const char *name, struct errand *errand) {
    struct named_config *named = named_config_of(service, name, errand_arena(errand));
    if (named == NULL)
        errand_error(errand, 404, "unknown_canary", "GET /api/v1/configs lists what there is", "there is no config of the name %.256s",
                     name);
    return named;
}

void named_config_set_vars(struct named_config *named, const struct name_values *vars, struct arena *arena) {
    struct name_values *to = &named->overrides.vars;
    *to = (struct name_values){.items = arena_array(arena, vars->count + 1, sizeof *to->items)};
    for (size_t i = 0; i < vars->count; i++)
        to->items[to->count++] =
            (struct name_value){arena_strdup(arena, vars->items[i].name), arena_strdup(arena, vars->items[i].value), {0, 0}};
}

const struct canary_config *named_config_read(const struct named_config *named, struct errand *errand) {
    struct arena *arena = errand_arena(errand);
    struct canary_config *config = arena_alloc(arena, sizeof *config);
    struct findings findings;
    findings_init(&findings, arena);
    bool ok = config_read(named->text, named->file, &named->overrides, arena, &findings, config);
    if (!ok) {
        json_t *body = errand_error_body("bad_config", "see the findings", "the config cannot be used");
        json_object_set_new(json_object_get(body, "error"), "findings", view_findings(findings.items, findings.count));
        errand_json(errand, 422, body);
    }
    findings_finish(&findings);
    return ok ? config : NULL;
}
