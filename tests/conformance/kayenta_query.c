// SPDX-License-Identifier: GPL-3.0-or-later
// Cases of Kayenta's query templates and of the PromQL built from them.
#include "analyzer/kayenta_query.h"

#include <string.h>

#include "conform.h"

#define MOST_TEXT ((size_t)1 << 20)

static void read_map(const json_t *map, struct arena *arena, struct name_values *ret) {
    const char *name;
    json_t *value;
    ret->items = arena_array(arena, json_object_size(map) + 1, sizeof *ret->items);
    ret->count = 0;
    for (void *at = json_object_iter((json_t *)(uintptr_t)map); at != NULL; at = json_object_iter_next((json_t *)(uintptr_t)map, at)) {
        name = json_object_iter_key(at);
        value = json_object_iter_value(at);
        const char *text = conform_scalar(value, arena);
        if (text != NULL) ret->items[ret->count++] = (struct name_value){.name = name, .value = text};
    }
}

static void read_list(const json_t *list, struct texts *ret, struct arena *arena) {
    ret->items = arena_array(arena, json_array_size(list) + 1, sizeof *ret->items);
    ret->count = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = conform_scalar(json_array_get(list, i), arena);
        if (text != NULL) ret->items[ret->count++] = text;
    }
}

static bool read_query(const json_t *json, struct arena *arena, struct kayenta_query_config *ret, struct error *err) {
    const json_t *old = json_object_get(json, "customFilter");
    *ret = (struct kayenta_query_config){
        .metric_name = conform_text(json, "metricName"),
        .resource_type = conform_text(json, "resourceType"),
        .inline_template = conform_text(json, "customInlineTemplate"),
        .filter_template = conform_text(json, "customFilterTemplate"),
    };
    read_list(json_object_get(json, "labelBindings"), &ret->label_bindings, arena);
    read_list(json_object_get(json, "groupByFields"), &ret->group_by, arena);
    return old == NULL || json_is_null(old) ||
           error_set(err, ERROR_CONFIG,
                     "CanaryMetricSetQueryConfig.customFilter is deprecated, use CanaryMetricSetQueryConfig.customInlineTemplate instead.");
}

static void read_scope(const json_t *json, struct arena *arena, struct kayenta_query_scope *ret) {
    const json_t *params = json_object_get(json, "extendedScopeParams");
    *ret = (struct kayenta_query_scope){
        .scope = conform_text(json, "scope"),
        .location = conform_text(json, "location"),
        .project = conform_text(json, "project"),
        .resource_type = conform_text(json, "resourceType"),
    };
    if (ret->project == NULL) ret->project = conform_text(params, "project");
    if (ret->resource_type == NULL) ret->resource_type = conform_text(params, "resourceType");
    read_map(params, arena, &ret->params);
}

static bool build(const json_t *inputs, struct arena *arena, struct buf *out, struct error *err) {
    const json_t *templates = json_object_get(inputs, "templates");
    const char *label = conform_text(inputs, "scopeLabel");
    struct kayenta_query_config query;
    struct kayenta_query_scope scope;
    struct name_values named;
    read_scope(json_object_get(inputs, "scope"), arena, &scope);
    read_map(templates, arena, &named);
    return read_query(json_object_get(inputs, "query"), arena, &query, err) &&
           kayenta_query_build(&query, &named, &scope, label != NULL ? label : KAYENTA_SCOPE_LABEL, out, err);
}

static json_t *promql_build(const json_t *inputs, struct error *err) {
    struct arena arena = {0};
    struct buf out;
    buf_init(&out, MOST_TEXT);
    bool ok = build(inputs, &arena, &out, err);
    json_t *json = ok ? json_pack("{s:s}", "query", buf_text(&out)) : NULL;
    buf_finish(&out);
    arena_finish(&arena);
    return json;
}

static bool known(const char *name, const char *const *names) {
    while (*names != NULL && strcmp(*names, name) != 0) names++;
    return *names != NULL;
}

// The attributes asked for from the scope, then those that the query has too, then all parameters of the scope.
static bool read_bindings(const json_t *inputs, const json_t *query, struct arena *arena, struct kayenta_bindings *ret, struct error *err) {
    static const char *const properties[] = {"scope",   "location",     "start", "end", "step", "extendedScopeParams",
                                             "project", "resourceType", NULL};
    const json_t *asked = json_object_get(inputs, "baseScopeAttributes"), *scope = json_object_get(inputs, "scope");
    struct name_values params;
    read_map(json_object_get(scope, "extendedScopeParams"), arena, &params);
    struct kayenta_binding *items = arena_array(arena, 2 * json_array_size(asked) + params.count + 1, sizeof *items);
    const json_t *beans[] = {scope, query};
    size_t count = 0;
    for (size_t bean = 0; bean < 2; bean++) {
        for (size_t i = 0; i < json_array_size(asked); i++) {
            const char *name = json_string_value(json_array_get(asked, i));
            if (name == NULL || (bean == 0 && !known(name, properties)))
                return error_set(err, ERROR_CONFIG, "Unable to find property '%s'.", name != NULL ? name : "null");
            const json_t *value = json_object_get(beans[bean], name);
            const char *text = json_is_object(value) ? NULL : conform_scalar(value, arena);
            if (text != NULL && text[0] != '\0') items[count++] = (struct kayenta_binding){name, text};
        }
    }
    for (size_t i = 0; i < params.count; i++) items[count++] = (struct kayenta_binding){params.items[i].name, params.items[i].value};
    *ret = (struct kayenta_bindings){items, count};
    return true;
}

static bool expand(const json_t *inputs, struct arena *arena, struct buf *out, bool *ret_given, struct error *err) {
    const json_t *nested = json_object_get(inputs, "query");
    const json_t *query_json = json_is_object(nested) ? nested : inputs;
    struct kayenta_query_config query;
    struct name_values templates;
    struct kayenta_bindings bindings = {0};
    read_map(json_object_get(inputs, "templates"), arena, &templates);
    if (!read_query(query_json, arena, &query, err)) return false;
    bool any = (query.inline_template != NULL && *query.inline_template) || (query.filter_template != NULL && *query.filter_template);
    if (any && !read_bindings(inputs, query_json, arena, &bindings, err)) return false;
    return kayenta_filter_expand(&query, &templates, &bindings, out, ret_given, err);
}

static json_t *template_expand(const json_t *inputs, struct error *err) {
    struct arena arena = {0};
    struct buf out;
    bool given;
    buf_init(&out, MOST_TEXT);
    bool ok = expand(inputs, &arena, &out, &given, err);
    json_t *json = ok ? json_pack("{s:o}", "result", given ? json_string(buf_text(&out)) : json_null()) : NULL;
    buf_finish(&out);
    arena_finish(&arena);
    return json;
}

static json_t *template_unescape(const json_t *inputs, struct error *err) {
    const char *text = conform_text(inputs, "template");
    if (text == NULL) {
        error_set(err, ERROR_DATA, "no template");
        return NULL;
    }
    struct buf out;
    buf_init(&out, MOST_TEXT);
    kayenta_template_unescape(text, &out);
    json_t *json = json_pack("{s:s}", "result", buf_text(&out));
    buf_finish(&out);
    return json;
}

const struct conform_kind conform_kayenta_query[] = {
    {"promql.build", promql_build},
    {"template.expand", template_expand},
    {"template.unescape", template_unescape},
    {NULL, NULL},
};
