// SPDX-License-Identifier: GPL-3.0-or-later
// Template first; only what it leaves open is filled in from the resource type.
#include "analyzer/kayenta_query.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define MOST_TEXT ((size_t)1 << 20)
#define PROMQL "PromQL:"
#define FIXED_NAMES 5

static bool filled(const char *text) {
    return text != NULL && text[0] != '\0';
}

static const char *value_of(const struct name_values *values, const char *name) {
    for (size_t i = 0; i < values->count; i++) {
        if (strcmp(values->items[i].name, name) == 0) return values->items[i].value;
    }
    return NULL;
}

static bool template_of(const struct kayenta_query_config *query, const struct name_values *templates, const char **ret_text,
                        struct error *err) {
    *ret_text = NULL;
    if (filled(query->inline_template)) {
        *ret_text = query->inline_template;
        return true;
    }
    if (!filled(query->filter_template)) return true;
    if (templates->count == 0)
        return error_set(err, ERROR_CONFIG, "Custom filter template '%s' was referenced, but no templates were defined.",
                         query->filter_template);
    *ret_text = value_of(templates, query->filter_template);
    return *ret_text != NULL || error_set(err, ERROR_CONFIG, "Custom filter template '%s' was not found.", query->filter_template);
}

bool kayenta_filter_expand(const struct kayenta_query_config *query, const struct name_values *templates,
                           const struct kayenta_bindings *bindings, struct buf *out, bool *ret_given, struct error *err) {
    const char *text;
    if (!template_of(query, templates, &text, err)) return false;
    *ret_given = text != NULL;
    if (text == NULL) return true;
    struct buf plain;
    buf_init(&plain, MOST_TEXT);
    kayenta_template_unescape(text, &plain);
    bool ok = kayenta_template_expand(buf_text(&plain), bindings, out, NULL);
    if (!ok) error_set(err, ERROR_CONFIG, "Problem evaluating custom filter template: %s", buf_text(&plain));
    buf_finish(&plain);
    return ok;
}

static void bind(struct kayenta_binding *items, size_t *count, const char *name, const char *value) {
    if (filled(value)) items[(*count)++] = (struct kayenta_binding){name, value};
}

// Into items with room for the parameters and FIXED_NAMES more; returns how many there are.
static size_t bind_all(const struct kayenta_query_config *query, const struct kayenta_query_scope *scope, struct kayenta_binding *items) {
    size_t count = 0;
    bind(items, &count, "project", scope->project);
    bind(items, &count, "resourceType", scope->resource_type);
    bind(items, &count, "scope", scope->scope);
    bind(items, &count, "location", scope->location);
    bind(items, &count, "resourceType", query->resource_type);
    for (size_t i = 0; i < scope->params.count; i++)
        items[count++] = (struct kayenta_binding){scope->params.items[i].name, scope->params.items[i].value};
    return count;
}

static void join(struct buf *out, const char *part, const char *separator, bool *first) {
    if (!*first) buf_str(out, separator);
    buf_str(out, part);
    *first = false;
}

static bool resource_filter(const char *resource, const struct kayenta_query_scope *scope, const char *scope_label, struct buf *out,
                            bool *first, struct error *err) {
    bool gce = filled(resource) && strcmp(resource, "gce_instance") == 0;
    bool ec2 = filled(resource) && strcmp(resource, "aws_ec2_instance") == 0;
    if (!filled(resource)) return error_set(err, ERROR_CONFIG, "Either a resource type or a custom filter is required.");
    if (!gce && !ec2)
        return error_set(
            err, ERROR_CONFIG,
            "There is no explicit support for resourceType '%s'. You may build whatever query makes sense for your environment "
            "via label bindings and custom filter templates.",
            resource);
    if (!filled(scope->location))
        return error_set(err, ERROR_CONFIG, "Location (i.e. region) is required when resourceType is '%s'.", resource);
    if (filled(scope->scope)) {
        if (!*first) buf_char(out, ',');
        *first = false;
        if (gce)
            buf_printf(out, "%s=~\"%s-.{4}\"", scope_label, scope->scope);
        else
            buf_printf(out, "asg_groupName=\"%s\"", scope->scope);
    }
    if (!*first) buf_char(out, ',');
    *first = false;
    if (ec2)
        buf_printf(out, "zone=~\"%s.{1}\"", scope->location);
    else if (filled(scope->project))
        buf_printf(out, "zone=~\".+/projects/%s/zones/%s-.{1}\"", scope->project, scope->location);
    else
        buf_printf(out, "zone=~\".+/zones/%s-.{1}\"", scope->location);
    return true;
}

static bool label_list(const struct kayenta_query_config *query, const struct kayenta_query_scope *scope, const char *scope_label,
                       const char *filter, struct buf *out, struct error *err) {
    bool first = true;
    size_t len = strlen(filter);
    while (len > 0 && filter[len - 1] == ',') len--;
    if (len > 0) {
        buf_bytes(out, filter, len);
        first = false;
    }
    for (size_t i = 0; i < query->label_bindings.count; i++) join(out, query->label_bindings.items[i], ",", &first);
    if (filter[0] != '\0') return true;
    const char *resource = filled(query->resource_type) ? query->resource_type : scope->resource_type;
    return resource_filter(resource, scope, scope_label, out, &first, err);
}

static bool average(const struct kayenta_query_config *query, const struct kayenta_query_scope *scope, const char *scope_label,
                    const char *filter, struct buf *out, struct error *err) {
    if (!filled(query->metric_name)) return error_set(err, ERROR_CONFIG, "Metric name is required.");
    struct buf labels;
    buf_init(&labels, MOST_TEXT);
    bool ok = label_list(query, scope, scope_label, filter, &labels, err);
    buf_printf(out, "avg(%s", query->metric_name);
    if (labels.len > 0) buf_printf(out, "{%s}", buf_text(&labels));
    buf_char(out, ')');
    buf_finish(&labels);
    bool first = true;
    if (query->group_by.count > 0) buf_str(out, " by (");
    for (size_t i = 0; i < query->group_by.count; i++) join(out, query->group_by.items[i], ",", &first);
    if (query->group_by.count > 0) buf_char(out, ')');
    return ok;
}

bool kayenta_query_build(const struct kayenta_query_config *query, const struct name_values *templates,
                         const struct kayenta_query_scope *scope, const char *scope_label, struct buf *out, struct error *err) {
    struct buf filter;
    buf_init(&filter, MOST_TEXT);
    struct kayenta_binding *items = mem_zero(scope->params.count + FIXED_NAMES, sizeof *items);
    struct kayenta_bindings bindings = {items, bind_all(query, scope, items)};
    bool given, ok = kayenta_filter_expand(query, templates, &bindings, &filter, &given, err);
    if (ok && strncmp(buf_text(&filter), PROMQL, strlen(PROMQL)) == 0)
        buf_str(out, buf_text(&filter) + strlen(PROMQL));
    else if (ok)
        ok = average(query, scope, scope_label, buf_text(&filter), out, err);
    if (ok && (out->failed || filter.failed)) ok = error_set(err, ERROR_LIMIT, "the query is too long");
    free(items);
    buf_finish(&filter);
    return ok;
}

bool kayenta_query_of(const struct canary_config *config, const struct metric_config *metric, const struct kayenta_scope *scope,
                      struct buf *out, struct error *err) {
    struct kayenta_query_scope lifted = {
        .scope = scope->scope,
        .location = scope->location,
        .project = value_of(&scope->params, "project"),
        .resource_type = value_of(&scope->params, "resourceType"),
        .params = scope->params,
    };
    return kayenta_query_build(metric->kayenta, &config->kayenta_templates, &lifted, KAYENTA_SCOPE_LABEL, out, err);
}
